import type { Metric, Registry } from 'prom-client';

export interface StoredHistogram {
  /** @param counts of each bucket by its upper bound, and the `sum`; undefined: nobody knows now */
  show(counts: ReadonlyMap<string, number> | undefined): void;
}

/** A histogram whose figures come from elsewhere: prom-client's own has what its process has seen. */
export function storedHistogram(
  register: Registry,
  { name, help, buckets }: { name: string; help: string; buckets: readonly number[] },
): StoredHistogram {
  let values: readonly { metricName: string; labels: Record<string, string>; value: number }[] = [];
  const metric = {
    ...{ name, help, type: 'histogram', aggregator: 'first' },
    get: () => Promise.resolve({ name, help, type: 'histogram', aggregator: 'first', values }),
  };
  register.registerMetric(metric as unknown as Metric);

  return {
    show(counts) {
      // Also of buckets that an earlier version had.
      const upTo = (bound: number) =>
        [...(counts ?? [])].reduce((sum, [label, count]) => (boundOf(label) <= bound ? sum + count : sum), 0);
      const series = (suffix: string, value: number, labels: Record<string, string> = {}) => ({
        ...{ metricName: `${name}_${suffix}`, labels, value },
      });
      values = counts
        ? [
            ...buckets.map((bound) => series('bucket', upTo(bound), { le: String(bound) })),
            series('bucket', upTo(Infinity), { le: '+Inf' }),
            series('sum', counts.get('sum') ?? 0),
            series('count', upTo(Infinity)),
          ]
        : [];
    },
  };
}

/** NaN of the sum, which is in no bucket. */
function boundOf(label: string): number {
  return label === '+Inf' ? Infinity : Number(label);
}
