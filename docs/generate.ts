/** Writes the pages of `docs/` that are lists of what the code says: `npm run docs`. `test/docs.test.ts` fails when one is out of date. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { settingSections, shownText, type SettingName } from '../src/config/config.js';
import { failureTable } from '../src/domain/failure.js';
import { metricTable } from '../src/status/metric-table.js';
import type { Settings } from '../src/domain/setting.js';
import { apiPage } from './api-reference.js';
import { packagingConfigurationPage } from './packaging-fields.js';

/** Every page by its file name. */
export async function generatedPages(): Promise<Map<string, string>> {
  const pages = new Map([
    ['failures.md', failuresPage()],
    ['settings.md', settingsPage()],
    ['metrics.md', metricsPage()],
    ['packaging-configuration.md', packagingConfigurationPage(note, table)],
    ['api.md', await apiPage(note, table)],
  ]);
  const style = await resolveConfig(import.meta.filename);
  for (const [name, text] of pages) pages.set(name, await format(text, { ...style, parser: 'markdown' }));
  return pages;
}

const note = '<!-- Written by `npm run docs` from the code; do not edit. -->';

function failuresPage(): string {
  const rows = Object.entries(failureTable).map(([code, { kind, status, title, help }]) => [
    `\`${code}\``,
    title,
    kind,
    String(status),
    help,
  ]);
  return [
    '# Failures',
    note,
    'Every failure that Reelway expects has a stable code. The command line prints it in brackets, `--json` and the HTTP API give it as',
    '`code` of a problem document (RFC 9457), jobs keep it, and notices carry it.\n',
    '- **permanent**: the same input fails again; somebody has to change something. The job lands in the dead-letter view at once.',
    '- **passing**: waiting may cure it; it is tried again with growing pauses before the job lands in the dead-letter view.\n',
    table(['Code', 'What', 'Kind', 'HTTP status', 'What to do'], rows),
  ].join('\n');
}

function settingsPage(): string {
  const sections = Object.entries<Settings>(settingSections).map(([title, settings]) => {
    const rows = Object.entries(settings).map(([name, setting]) => [
      `\`${name}\``,
      setting.about,
      setting.allowed,
      setting.default === undefined ? '' : `\`${shownText(name as SettingName, setting.default)}\``,
    ]);
    return `## ${title}\n\n${table(['Name', 'What for', 'Allowed', 'Default'], rows)}`;
  });
  return [
    '# Settings',
    note,
    'Settings are environment variables; a file `.env` in the working folder is read too, and what the environment says wins.',
    'All problems are reported at once, by name. `reelway doctor` prints the settings in force, with secrets masked.\n',
    ...sections,
  ].join('\n');
}

function metricsPage(): string {
  const rows = Object.entries(metricTable).map(([name, { type, help, labels, of }]) => [
    `\`${name}\``,
    type,
    help,
    labels.map((label) => `\`${label}\``).join(', '),
    of,
  ]);
  return [
    '# Metrics',
    note,
    '`/metrics` answers in the text format of Prometheus. It needs a token of the API, from the same machine too, because a proxy there would',
    'else show it to everybody:\n',
    '```yaml',
    'scrape_configs:',
    '  - job_name: reelway',
    '    authorization: { credentials_file: /etc/prometheus/reelway-token }',
    '    static_configs: [{ targets: [media.example.edu:8080] }]',
    '```\n',
    'What is of the _database_ is the same from every process, and no restart sets its counters back: take `max` of it over instances. What is of the _process_ is',
    'its own and begins at 0 with it, which `rate` and `increase` allow for: take `sum`. Sizes are bytes, times seconds. Labels have few values: kinds, queues, codes',
    'and patterns of routes, never ids.\n',
    'A `reelway worker` has `/metrics` of its own where `REELWAY_WORKER_METRICS_PORT` is set, at 127.0.0.1 unless `REELWAY_WORKER_METRICS_HOST` says otherwise and behind',
    "the same tokens: add it to the targets. Without it what the worker counts (jobs that ended, steps that failed, bytes) is in nobody's figures; those of the",
    'database are complete all the same.\n',
    table(['Name', 'Type', 'What', 'Labels', 'Of'], rows),
    'Beside them stand the metrics of the process and of Node that prom-client knows: `process_cpu_seconds_total`,',
    '`process_resident_memory_bytes`, `nodejs_eventloop_lag_p99_seconds` and their like.\n',
    'A dashboard for Grafana and alerting rules for Prometheus that use them lie in [deploy/observability](../deploy/observability).',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  for (const [name, text] of await generatedPages()) await writeFile(path.join(import.meta.dirname, name), text);
}
