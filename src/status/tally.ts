import { sql, type Kysely } from 'kysely';
import { metricTable, type MetricName, type MetricsOf } from './metric-table.js';
import type { Tables } from './tables.js';

/** Counters and histograms that no restart sets back, and that are the same from every process. */
type TalliedName = MetricsOf<'of', 'database'> & MetricsOf<'type', 'counter' | 'histogram'>;

export interface Addition {
  readonly metric: TalliedName;
  /** of a counter: its label; of a histogram: the upper bound of a bucket, or `sum` */
  readonly label: string;
  readonly value: number;
}

/** By metric and label; what was never counted is absent. */
export type Tally = ReadonlyMap<MetricName, ReadonlyMap<string, number>>;

/** Adds within the transaction that makes it so. */
export async function addToTally(tables: Kysely<Tables>, additions: readonly Addition[]): Promise<void> {
  if (additions.length === 0) return;
  // In the same order everywhere, so that no two transactions wait for each other.
  const rows = [...additions].sort((a, b) => (`${a.metric} ${a.label}` < `${b.metric} ${b.label}` ? -1 : 1));
  await tables
    .insertInto('tally')
    .values(rows)
    .onConflict((row) => row.columns(['metric', 'label']).doUpdateSet({ value: sql`tally.value + excluded.value` }))
    .execute();
}

/** One value of a histogram. */
export function observation(
  metric: TalliedName & MetricsOf<'type', 'histogram'>,
  value: number,
): readonly [Addition, Addition] {
  const bucket = metricTable[metric].buckets.find((bound) => value <= bound);
  return [
    { metric, label: bucket === undefined ? '+Inf' : String(bucket), value: 1 },
    { metric, label: 'sum', value },
  ];
}

export async function readTally(tables: Kysely<Tables>): Promise<Tally> {
  const tally = new Map<MetricName, Map<string, number>>();
  for (const { metric, label, value } of await tables.selectFrom('tally').selectAll().execute()) {
    const name = metric as MetricName;
    tally.set(name, (tally.get(name) ?? new Map<string, number>()).set(label, value));
  }
  return tally;
}
