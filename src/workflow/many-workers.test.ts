import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundled } from '../../test/support/bundled.js';
import { cuttableLink, type CuttableLink } from '../../test/support/cuttable-link.js';
import { mayMakeNetworks, networkNamespace, type NetworkNamespace } from '../../test/support/network-namespace.js';
import { createDatabase, type TestDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import {
  changingWorkflow,
  effects,
  openEngine,
  openGate,
  stageWorkflows,
  type OpenOptions,
  type Stage,
} from './engine-fixture.case.js';

/** milliseconds without a sign of life after which these workers count as lost */
const lostAfterMs = 1500;

describe.runIf(requires('postgres'))('many workers on one PostgreSQL server', () => {
  let folder: string;
  let stage: Stage;
  let database: TestDatabase;
  let workflows: ReturnType<typeof stageWorkflows>;
  let link: CuttableLink | undefined;
  let network: NetworkNamespace | undefined;
  const processes: ChildProcess[] = [];
  const engines: Awaited<ReturnType<typeof openEngine>>[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-workers-'));
    stage = { folder };
    workflows = stageWorkflows(stage);
    database = await createDatabase();
  });
  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    for (const engine of engines.splice(0)) await engine.close();
    await link?.close();
    await network?.close();
    link = network = undefined;
    await database.drop();
    await rm(folder, { recursive: true });
  });

  /** This process; `works: false` only submits and looks. */
  async function here({
    works = true,
    release = 1,
    ...options
  }: Partial<OpenOptions> & { works?: boolean; release?: 1 | 2 } = {}) {
    const opened = await openEngine({
      ...{ dataFolder: folder, databaseUrl: database.url, lostAfterMs },
      workflows: works ? [...Object.values(workflows), changingWorkflow(stage, release)] : [],
      ...options,
    });
    engines.push(opened);
    return opened.engine;
  }
  async function worker(options: object = {}): Promise<ChildProcess> {
    const script = await bundled(fileURLToPath(new URL('engine-process.case.ts', import.meta.url)));
    const argument = { folder, dataFolder: folder, databaseUrl: database.url, lostAfterMs, ...options };
    const parameters = [script, JSON.stringify(argument)];
    const child =
      network?.spawn(process.execPath, parameters) ??
      spawn(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
    processes.push(child);
    if (child.stdout) await once(child.stdout, 'data');
    return child;
  }
  /** One that reaches the database over the link. */
  async function linkedWorker(options: object): Promise<ChildProcess> {
    const url = new URL(database.url);
    link = await cuttableLink({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${link.port}`;
    return worker({ databaseUrl: url.href, ...options });
  }
  const until = (effect: string, count = 1) =>
    expect.poll(() => times(effect), { timeout: 30_000, interval: 20 }).toBeGreaterThanOrEqual(count);
  const times = (effect: string) => effects(stage).filter((found) => found === effect).length;
  async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    const exit = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    return (await exit)[0];
  }
  /** Cuts every connection to the database, as its restart does. */
  async function cutConnections(): Promise<void> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await client.end();
  }

  it('may all start at the same time on an empty database', async () => {
    const workers = await Promise.all([worker(), worker(), worker()]);
    expect(await Promise.all(workers.map((child) => ended(child, 'SIGTERM')))).toEqual([0, 0, 0]);
  });

  it('keep the limit of a queue together, also after one of them was killed', async () => {
    const limits = { endpoints: { perProcess: 2, everywhere: 3 } };
    const first = await worker({ limits });
    await worker({ limits });
    const { submit, result } = await here({ limits });
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const key of keys) await submit(workflows.crowd, `crowd:${key}`, { key, gate: 'all' });
    const inside = () => new Set(effects(stage).filter((effect) => / in$/.test(effect))).size;
    await expect.poll(inside, { timeout: 20_000 }).toBe(3);
    await ended(first, 'SIGKILL');
    openGate(stage, 'all');
    for (const key of keys) await result(`crowd:${key}`);
    let now = 0;
    let most = 0;
    // A killed worker's jobs come in twice and go out once.
    const killed = effects(stage).filter((effect) => effect.endsWith('in')).length - keys.length;
    for (const effect of effects(stage)) most = Math.max(most, (now += effect.endsWith('in') ? 1 : -1));
    expect(most).toBeLessThanOrEqual(3 + killed);
    expect(killed).toBeLessThanOrEqual(2);
  });

  it('let no fenced effect happen twice when a frozen one wakes after its job was taken over', async () => {
    const frozen = await worker({ chain: { key: 'x', steps: 3, gate: 2 } });
    await until('x 2 begins');
    const { result } = await here();
    frozen.kill('SIGSTOP');
    openGate(stage, 'x');
    await result('chain:x');
    frozen.kill('SIGCONT');
    expect(await ended(frozen, 'SIGTERM')).toBe(0);
    expect(['x 2 begins', 'x 2 done', 'x 3 begins'].map(times)).toEqual([2, 1, 1]);
  });

  it('go on without one that is cut off from the database, and it does no harm when the link is mended', async () => {
    const cutOff = await linkedWorker({ chain: { key: 'y', steps: 3, gate: 2 } });
    await until('y 2 begins');
    const { result } = await here();
    link?.cut();
    // Others take over only from a worker whose process cannot be seen to live: it gives no sign of life to the database.
    await until('y 2 begins', 2);
    openGate(stage, 'y');
    await result('chain:y');
    link?.mend();
    expect(await ended(cutOff, 'SIGTERM')).toBe(0);
    expect(['y 1 done', 'y 2 done', 'y 3 done'].map(times)).toEqual([1, 1, 1]);
  });

  it('keep their jobs when the database is silent on all connections and answers on new ones', async () => {
    const linked = await linkedWorker({
      lostAfterMs: 8000,
      answerWithinMs: 5000,
      chain: { key: 'f', steps: 3, gate: 2 },
    });
    await until('f 2 begins');
    const { result } = await here({ lostAfterMs: 8000 });
    link?.lose();
    const { pool } = engines.at(-1)!.database;
    const silence = async () => {
      const { rows } = await pool.query<{ seconds: number }>(
        'SELECT extract(epoch FROM now() - min(seen_at))::float8 AS seconds FROM reelway.worker',
      );
      return rows[0]!.seconds;
    };
    await expect.poll(silence, { timeout: 8000, interval: 50 }).toBeGreaterThan(2);
    await expect.poll(silence, { timeout: 8000, interval: 50 }).toBeLessThan(1);
    openGate(stage, 'f');
    await result('chain:f');
    expect(await ended(linked, 'SIGTERM')).toBe(0);
    expect(['f 2 begins', 'f 2 done', 'f 3 done'].map(times)).toEqual([1, 1, 1]);
  });

  it.runIf(requires('iproute2') && mayMakeNetworks())(
    'go on without one on another host whose cable is pulled, and it does no harm when it is plugged in again',
    async () => {
      network = networkNamespace();
      const { hostname, port } = new URL(database.url);
      const url = new URL(database.url);
      const { host, port: forwarded } = await network.forward({ host: hostname, port: Number(port || 5432) });
      [url.hostname, url.port] = [host, String(forwarded)];
      const alone = await worker({ databaseUrl: url.href, chain: { key: 'n', steps: 3, gate: 2 } });
      await until('n 2 begins');
      const { result } = await here();
      network.pullCable();
      await until('n 2 begins', 2);
      openGate(stage, 'n');
      await result('chain:n');
      network.plugIn();
      expect(await ended(alone, 'SIGTERM')).toBe(0);
      expect(['n 1 done', 'n 2 done', 'n 3 done'].map(times)).toEqual([1, 1, 1]);
    },
  );

  it('lose nothing when every connection to the database breaks in the middle of a step', async () => {
    const { submit, result, jobs } = await here();
    await submit(workflows.chain, 'chain:z', { key: 'z', steps: 3, gate: 2 });
    await until('z 2 begins');
    await cutConnections();
    openGate(stage, 'z');
    // Who asks at the moment of the cut is told so, and asks again.
    const status = () =>
      jobs.show('chain:z').then(
        (job) => job.status,
        () => 'the database is away',
      );
    await expect.poll(status, { timeout: 30_000 }).toBe('done');
    expect(await result('chain:z')).toEqual({ results: ['result 1', 'result 2', 'result 3'] });
    expect(['z 1 done', 'z 2 done', 'z 3 done'].map(times)).toEqual([1, 1, 1]);
  });

  it('that stop take nothing new and finish what they have begun', async () => {
    const stopping = await worker({ drainMs: 30_000, chain: { key: 'd', steps: 3, gate: 2 } });
    await until('d 2 begins');
    const exit = ended(stopping, 'SIGTERM');
    const { submit, jobs } = await here({ works: true });
    await submit(workflows.chain, 'chain:new', { key: 'new', steps: 1 });
    await until('new 1 done');
    openGate(stage, 'd');
    expect(await exit).toBe(0);
    expect(await jobs.find('chain:d')).toMatchObject({ status: 'done' });
    expect(['d 1 begins', 'd 2 begins', 'd 3 begins', 'new 1 begins'].map(times)).toEqual([1, 1, 1, 1]);
  });

  it('that stop hand over what does not end in time', async () => {
    const stopping = await worker({ drainMs: 200, lostAfterMs: 600_000, chain: { key: 'h', steps: 3, gate: 2 } });
    await until('h 2 begins');
    const { result } = await here({ lostAfterMs: 600_000 });
    expect(await ended(stopping, 'SIGTERM')).toBe(0);
    await until('h 2 begins', 2);
    openGate(stage, 'h');
    await result('chain:h');
    expect(['h 1 begins', 'h 2 done', 'h 3 done'].map(times)).toEqual([1, 1, 1]);
  });

  it.each(['refuses', 'is silent'])('that stop while the database %s end as usual', async (how) => {
    const stopping = await linkedWorker({ chain: { key: 's', steps: 3, gate: 2 } });
    await until('s 2 begins');
    if (how === 'refuses') await link?.close();
    else link?.cut();
    expect(await ended(stopping, 'SIGTERM')).toBe(0);
    const { result } = await here();
    openGate(stage, 's');
    await result('chain:s');
    expect(['s 1 begins', 's 2 done', 's 3 done'].map(times)).toEqual([1, 1, 1]);
  });

  it('are replaced by a new release in the middle of work: what was begun ends as it was begun, new jobs run the new code', async () => {
    const old = await worker({
      ...{ release: 1, limits: { assets: { perProcess: 2 } } },
      changing: ['early', 'late', 'waiting'],
    });
    openGate(stage, 'late first');
    await until('early first by 1');
    await until('late last by 1');
    const { submit, result } = await here({ release: 2 });
    await submit(changingWorkflow(stage, 2), 'changing:new', { key: 'new' });
    expect(await ended(old, 'SIGTERM')).toBe(0);
    for (const key of ['early', 'late', 'waiting', 'new']) {
      openGate(stage, `${key} first`);
      openGate(stage, `${key} last`);
    }
    // The old release had passed the place before `middle` with one job only.
    expect(await result('changing:late')).toEqual(['first', 'middle', 'last']);
    for (const key of ['early', 'waiting', 'new'])
      expect(await result(`changing:${key}`)).toEqual(['first', 'between', 'middle', 'last']);
    expect(['late first by 2', 'late middle by 2', 'late last by 2'].map(times)).toEqual([0, 0, 1]);
  });
});
