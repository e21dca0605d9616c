import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { metricTable, openMetrics } from '../src/status/metrics.js';

const folder = path.join(import.meta.dirname, '../deploy/observability');
const known = new Set(openMetrics().names());

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
      const { labels } = metricTable[metric as keyof typeof metricTable];
      const named = [...selector!.matchAll(/([a-z]+)=/g)].map(([, label]) => label!);
      expect(
        named.filter((label) => !(labels as readonly string[]).includes(label)),
        metric,
      ).toEqual([]);
    }
  },
);
