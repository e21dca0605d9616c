import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';

/**
 * `reelway vod run --batch` of many small assets, on PostgreSQL: how many requests are stored in a second, and what the first and the last of
 * them cost, to store and to make. The source is a segment of the sample. Jobs are made while the rest is stored, by the same process.
 * `tsx bench/batch.ts [assets] [--stored-only]` after `npm run build`; needs a PostgreSQL server, REELWAY_BENCH_DATABASE_URL, on which it makes
 * and drops a database of its own. `--stored-only` stops when all are stored.
 */
const { values: flags, positionals } = parseArgs({
  options: { 'stored-only': { type: 'boolean', default: false } },
  allowPositionals: true,
});
const total = Number(positionals[0] ?? 10_000);
const tenth = Math.ceil(total / 10);
const server = process.env.REELWAY_BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const name = `reelway_bench_${process.pid}`;
const url = new URL(server);
url.pathname = `/${name}`;
const command = path.resolve(import.meta.dirname, '../bin/reelway.js');

async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function writeBatch(folder: string): Promise<void> {
  const sample = path.resolve(import.meta.dirname, '../examples/sample/180p');
  const segment = (await readdir(sample)).find((file) => file.endsWith('.ts'))!;
  await copyFile(path.join(sample, segment), path.join(folder, '0.ts'));
  const source = path.join(folder, 'source.m3u8');
  await writeFile(source, `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:4,\n0.ts\n#EXT-X-ENDLIST\n`);
  await writeFile(path.join(folder, 'group.json'), '[{ "Id": "cmaf", "CmafPackage": { "HlsManifests": [{}] } }]');
  const line = (n: number) =>
    JSON.stringify({ id: `a${n}`, packagingGroupId: 'bench', source, destination: { path: 'vod' } });
  await writeFile(path.join(folder, 'list.jsonl'), Array.from({ length: total }, (_, n) => line(n)).join('\n'));
}

/** Milliseconds, in order. */
async function times(client: pg.Client, column: 'created_at' | 'completed_at'): Promise<number[]> {
  const { rows } = await client.query<{ at: number }>(
    `SELECT ${column}::float8 AS at FROM dbos.workflow_status WHERE name = 'package-asset' AND ${column} IS NOT NULL ORDER BY 1`,
  );
  return rows.map(({ at }) => at);
}

async function allOf(client: pg.Client, column: 'created_at' | 'completed_at'): Promise<number[]> {
  for (;;) {
    const found = await times(client, column).catch(() => []);
    if (found.length >= total) return found;
    await sleep(500);
  }
}

function show(what: string, at: readonly number[]): void {
  const first = at[tenth - 1]! - at[0]!;
  const last = at.at(-1)! - at[total - tenth]!;
  console.log(`${what}: ${((1000 * total) / (at.at(-1)! - at[0]!)).toFixed(0)}/s over all`);
  console.log(
    `  first ${tenth} ${(first / tenth).toFixed(2)} ms each, last ${(last / tenth).toFixed(2)} ms each, ratio ${(last / first).toFixed(2)}`,
  );
}

const folder = await mkdtemp(path.join(tmpdir(), 'reelway-bench-'));
await writeBatch(folder);
await maintain(`CREATE DATABASE ${name}`);
const client = new pg.Client({ connectionString: url.href });
await client.connect();
const batch = spawn(
  process.execPath,
  [command, 'vod', 'run', '--batch', 'list.jsonl', '--group', 'group.json', '--json'],
  {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      REELWAY_DATA_DIR: path.join(folder, 'data'),
      REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
      DATABASE_URL: url.href,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
const ended = once(batch, 'exit');
let peakMiB = 0;
/** The process ends when all are made, and nothing is left to be read of it. */
const sampling = setInterval(() => {
  readFile(`/proc/${batch.pid}/status`, 'utf8').then(
    (status) => (peakMiB = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024 || peakMiB),
    () => undefined,
  );
}, 500);
try {
  show('stored', await allOf(client, 'created_at'));
  console.log(`  peak memory so far ${peakMiB.toFixed(0)} MiB`);
  if (!flags['stored-only']) {
    show('made', await allOf(client, 'completed_at'));
    const { rows } = await client.query(
      "SELECT count(*) AS failed FROM dbos.workflow_status WHERE name = 'package-asset' AND status <> 'SUCCESS'",
    );
    console.log(`  peak memory ${peakMiB.toFixed(0)} MiB, failed: ${(rows[0] as { failed: string }).failed}`);
  }
} finally {
  clearInterval(sampling);
  if (flags['stored-only']) batch.kill('SIGKILL');
  await ended;
  await client.end();
  await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
  await rm(folder, { recursive: true, force: true });
}
