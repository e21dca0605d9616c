import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { recordingOutcomes } from '../src/domain/recording-outcome.js';
import { countedZoomEvents } from '../src/domain/zoom-event.js';
import { metricTable, type MetricName } from '../src/status/metric-table.js';
import { openMetrics } from '../src/status/metrics.js';

const folder = path.join(import.meta.dirname, '../deploy/observability');
const known = new Set(openMetrics().names());
/** Labels of which all values are known. */
const valuesOf: Readonly<Record<string, readonly string[]>> = {
  event: countedZoomEvents,
  outcome: [...recordingOutcomes, 'again'],
};

it('every metric of the table is there to be scraped', () => {
  expect(Object.keys(metricTable).filter((name) => !known.has(name))).toEqual([]);
});

it.each(['alerts.yml', 'grafana-dashboard.json'])(
  '%s names metrics that exist, and labels that they have',
  async (name) => {
    const text = await readFile(path.join(folder, name), 'utf8');
    const used = [...text.matchAll(/\b(?:reelway|nodejs|process)_[a-z0-9_]+/g)].map(([metric]) => metric);
    expect(used.length).toBeGreaterThan(9);
    const series = (metric: string) => metric.replace(/_(bucket|sum|count)$/, '');
    expect(used.filter((metric) => !known.has(metric) && !known.has(series(metric)))).toEqual([]);

    for (const [, metric, selector] of text.matchAll(/\b(reelway_[a-z0-9_]+)\{([^}]*)\}/g)) {
      const { labels } = metricTable[(known.has(metric!) ? metric : series(metric!)) as MetricName];
      const pairs = [...selector!.matchAll(/([a-z]+)=~?\\?"([^"\\]*)/g)].map(([, label, value]) => ({ label, value }));
      const allowed = [...labels, 'le'] as readonly string[];
      expect(
        pairs.filter(({ label }) => !allowed.includes(label!)),
        metric,
      ).toEqual([]);
      for (const { label, value } of pairs) expect(valuesOf[label!] ?? [value]).toContain(value);
    }
  },
);

it('alerts.yml has a rule for every alarm that zoom-recording-ingester had', async () => {
  const text = await readFile(path.join(folder, 'alerts.yml'), 'utf8');
  const rules = [...text.matchAll(/- alert: (\w+)\n\s+expr: (.+)/g)].map(([, name, expression]) => [name, expression]);
  expect(Object.fromEntries(rules)).toMatchObject({
    // errors of a function; a queue that grows
    ReelwayDeadLetters: expect.any(String) as string,
    ReelwayQueueOld: expect.any(String) as string,
    ReelwayWebhooksRefused: expect.stringMatching(/new_recording\|\/ingest.*4\.\./) as string,
    ReelwayDoorsFail: expect.stringMatching(/new_recording\|\/ingest.*5\.\./) as string,
    ReelwayWebhooksSlow: expect.stringContaining(
      'reelway_http_request_seconds_bucket{route="/new_recording"}',
    ) as string,
    ReelwayNothingDone: expect.stringContaining('> 24 * 3600') as string,
  });
});
