import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dashboardServices } from '../../test/support/dashboard-services.js';
import { emptyAssets } from '../../test/support/empty-assets.js';
import { createDataFolder, type TestDataFolder } from '../../test/support/embedded-data-folder.js';
import { jobDetailSchema, jobPageSchema } from '../api/contract.js';
import { apiServer, listen, stop } from '../api/server.js';
import { storedToken } from '../domain/api-token.js';
import { packagingGroups } from '../status/packaging-groups.js';
import { publishServer } from '../status/running-server.js';
import { openEngine, stageWorkflows, type Stage } from '../workflow/engine-fixture.case.js';

let place: TestDataFolder;
let stage: Stage;
let workflows: ReturnType<typeof stageWorkflows>;
const program = fileURLToPath(new URL('../../bin/reelway.js', import.meta.url));

beforeAll(async () => {
  place = await createDataFolder();
  stage = { folder: await mkdtemp(path.join(tmpdir(), 'reelway-stage-')) };
  workflows = stageWorkflows(stage);
  const { engine, close } = await openEngine({ ...place, workflows: Object.values(workflows) });
  await engine.submit(workflows.chain, 'chain:a', { key: 'a', steps: 2 });
  const children = [{ key: 'b1', code: 'source_invalid', failures: 1 }];
  await engine.submit(workflows.family, 'family:b', { key: 'b', children });
  await engine.result('chain:a');
  await engine.result('family:b').catch(() => undefined);
  await close();
});
afterAll(async () => {
  await place.remove();
  await rm(stage.folder, { recursive: true });
});

async function reelway(args: readonly string[], dataFolder = place.dataFolder) {
  const child = spawn(process.execPath, [program, 'jobs', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, REELWAY_DATA_DIR: dataFolder },
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, out, err };
}

/** What a test has left open. */
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of open.splice(0)) await end();
});

/** The server of the data folder, in this process, until the test ends. */
async function serve() {
  const { engine, database, close } = await openEngine({ ...place, workflows: Object.values(workflows) });
  const tokens: ReturnType<typeof storedToken>[] = [];
  const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
  const app = await apiServer(
    {
      ...{ log: pino({ level: 'silent' }), version: '0.0.0', checks: [], assets: emptyAssets },
      ...dashboardServices(),
      ...{ ...engine, tokens: () => tokens },
      packagingGroups: packagingGroups(path.join(stage.folder, 'groups')),
      endpoints: { find: () => Promise.resolve(undefined) },
    },
    options,
  );
  const { token, withdraw } = await publishServer(database.lock!, await listen(app, options));
  tokens.push(storedToken('local', token));
  open.push(async () => {
    await withdraw();
    await stop(app);
    await close();
  });
  return engine;
}

describe('reelway jobs', () => {
  it('lists the jobs of a data folder that nobody serves', async () => {
    const listed = await reelway(['list']);
    expect(listed).toMatchObject({ code: 0, err: '' });
    const [head, ...rows] = listed.out.trim().split('\n');
    expect(head).toMatch(/^JOB +STATUS +CREATED +TOOK +DETAIL$/);
    expect(rows.map((row) => row.split(/ +/).slice(0, 2))).toEqual([
      ['family:b', 'failed'],
      ['chain:a', 'done'],
    ]);
    expect(rows[0]).toContain('[source_invalid]');
  });

  it('leaves a retried job to the next server, which then does it', async () => {
    expect(await reelway(['retry', 'family:b'])).toEqual({
      code: 0,
      out: 'family:b goes on when `reelway serve` runs.\n',
      err: '',
    });
    const engine = await serve();
    await engine.result('family:b');
  });

  it('asks the running server, which owns the database', async () => {
    const engine = await serve();
    const family = await reelway(['show', 'family:b', '--json']);
    expect(jobDetailSchema.parse(JSON.parse(family.out))).toMatchObject({
      attempt: 2,
      children: [{ id: 'family:b:b1' }],
    });
    await engine.submit(workflows.failing, 'failing:c', { key: 'c', code: 'source_invalid', failures: 1 });
    await engine.result('failing:c').catch(() => undefined);
    const dead = await reelway(['list', '--dead', '--status', 'failed', '--limit', '5', '--json']);
    expect(jobPageSchema.parse(JSON.parse(dead.out)).jobs.map(({ id }) => id)).toEqual(['failing:c']);
    const shown = await reelway(['show', 'failing:c']);
    expect(shown.out).toMatch(/^failure:\n {2}c failed at .* \[source_invalid\]$/m);
    expect(shown.out).toMatch(/^ {2}work +failed/m);
    expect(await reelway(['retry', 'failing:c'])).toEqual({ code: 0, out: 'failing:c goes on.\n', err: '' });
    await engine.result('failing:c');
    const refused = await reelway(['cancel', 'failing:c']);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^error: The job failing:c is done: .* \[conflict\]/);
  });

  it('names the process that holds the data folder when it does not serve', async () => {
    open.push((await openEngine({ ...place, workflows: Object.values(workflows) })).close);
    const { code, err } = await reelway(['list']);
    expect(code).toBe(1);
    expect(err).toContain(`in use by process ${process.pid}`);
  });

  it('makes no database only to say that there are no jobs', async () => {
    const missing = path.join(stage.folder, 'nowhere');
    expect(await reelway(['list'], missing)).toEqual({ code: 0, out: '', err: 'There are no such jobs.\n' });
    expect(await reelway(['show', 'x'], missing)).toMatchObject({ code: 1, out: '' });
  });

  it.each([[['list', '--limit', '0']], [['list', '--status', 'lost']], [['show']]])(
    'answers %j with usage',
    async (args) => {
      expect(await reelway(args)).toMatchObject({ code: 2, out: '' });
    },
  );
});
