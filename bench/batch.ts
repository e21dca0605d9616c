import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pLimit from 'p-limit';
import pg from 'pg';
import { pino } from 'pino';
import { readConfig } from '../src/config/config.js';
import { parsePackagingGroup } from '../src/domain/packaging-configuration.js';
import { openServices } from '../src/wiring.js';

/**
 * Many small assets in one batch, on PostgreSQL: how many requests are stored in a second, and what the first and the last of them cost, to
 * store and to make. The source is a segment of the sample. Storing comes first; the jobs are made meanwhile and after.
 * `tsx bench/batch.ts [assets]`; needs a PostgreSQL server, REELWAY_BENCH_DATABASE_URL, on which it makes and drops a database of its own.
 */
const total = Number(process.argv[2] ?? 10_000);
const tenth = Math.ceil(total / 10);
const server = process.env.REELWAY_BENCH_DATABASE_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const name = `reelway_bench_${process.pid}`;

async function maintain(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

const folder = await mkdtemp(path.join(tmpdir(), 'reelway-bench-'));
const sample = path.resolve(import.meta.dirname, '../examples/sample/180p');
const source = path.join(folder, 'source.m3u8');
await writeFile(source, `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:4,\n0.ts\n#EXT-X-ENDLIST\n`);
const { readdir, copyFile } = await import('node:fs/promises');
const segment = (await readdir(sample)).find((file) => file.endsWith('.ts'))!;
await copyFile(path.join(sample, segment), path.join(folder, '0.ts'));

await maintain(`CREATE DATABASE ${name}`);
const url = new URL(server);
url.pathname = `/${name}`;
const environment = {
  REELWAY_DATA_DIR: folder,
  REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
  DATABASE_URL: url.href,
};
const services = await openServices({
  config: readConfig(environment),
  environment,
  log: pino({ level: 'silent' }),
  publicUrl: () => 'http://127.0.0.1',
  onLost: () => process.exit(1),
});
const { pool } = services.database;
const group = parsePackagingGroup([{ Id: 'cmaf', CmafPackage: { HlsManifests: [{}] } }]);
const limit = pLimit(16);
const began = performance.now();
const storedAt: number[] = [];
await Promise.all(
  Array.from({ length: total }, (_, n) =>
    limit(async () => {
      const request = { id: `a${n}`, packagingGroupId: 'bench', source, destination: { path: 'vod' } };
      await services.submitAsset(request, group, { urgency: 'batch', whenDone: 'leave' });
      storedAt[n] = performance.now() - began;
    }),
  ),
);
const stored = Math.max(...storedAt) / 1000;
const sorted = [...storedAt].sort((a, b) => a - b);
console.log(`stored: ${(total / stored).toFixed(0)}/s over all`);
show('stored', sorted);

for (;;) {
  const { rows } = await pool.query<{ left: string }>(
    "SELECT count(*) AS left FROM dbos.workflow_status WHERE name = 'package-asset' AND status IN ('ENQUEUED', 'PENDING')",
  );
  if (rows[0]?.left === '0') break;
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
const { rows: ends } = await pool.query<{ at: string; status: string }>(
  "SELECT updated_at AS at, status FROM dbos.workflow_status WHERE name = 'package-asset' ORDER BY updated_at",
);
const times = ends.map(({ at }) => Number(at));
const failed = ends.filter(({ status }) => status !== 'SUCCESS').length;
console.log(`made: ${(total / ((performance.now() - began) / 1000)).toFixed(1)}/s over all, ${failed} failed`);
show(
  'made',
  times.map((time) => time - (times[0] ?? 0)),
);

function show(what: string, ms: readonly number[]): void {
  const first = ms[tenth - 1]! - ms[0]!;
  const last = ms.at(-1)! - ms[total - tenth]!;
  console.log(
    `${what}: first ${tenth} ${(first / tenth).toFixed(2)} ms each, last ${(last / tenth).toFixed(2)} ms each, ratio ${(last / first).toFixed(2)}`,
  );
}

await services.close();
await maintain(`DROP DATABASE ${name} WITH (FORCE)`);
await rm(folder, { recursive: true, force: true });
