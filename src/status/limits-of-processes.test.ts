import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundled } from '../../test/support/bundled.js';
import { createDatabase, type TestDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { openEngine } from '../workflow/engine-fixture.case.js';

/** One of the processes of limits-process.case.ts. */
interface Process {
  ask<T>(task: string): Promise<T>;
  kill(): void;
}

describe.runIf(requires('postgres'))('two processes on one PostgreSQL server', () => {
  let database: TestDatabase;
  let engine: Awaited<ReturnType<typeof openEngine>>;
  let pair: readonly Process[] = [];
  /** Asks at the same time. */
  const both = <T>(task: string) => Promise.all(pair.map((process) => process.ask<T>(task)));

  let inside = 0;
  let most = 0;
  const host = createServer((_, response) => {
    most = Math.max(most, ++inside);
    setTimeout(() => {
      inside--;
      response.end('x');
    }, 30);
  });

  beforeAll(async () => {
    database = await createDatabase();
    engine = await openEngine({ dataFolder: '', databaseUrl: database.url, workflows: [] });
    host.listen(0, '127.0.0.1');
    await once(host, 'listening');
    const address = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    const script = await bundled(fileURLToPath(new URL('limits-process.case.ts', import.meta.url)));
    pair = ['a', 'b'].map((name) => startProcess(script, { databaseUrl: database.url, name, address }));
  });
  afterAll(async () => {
    for (const process of pair) process.kill();
    host.close();
    await engine.close();
    await database.drop();
  });

  it('begin together no more in a second than one may', async () => {
    const starts = (await both<number[]>('turns')).flat().sort((a, b) => a - b);
    expect(starts).toHaveLength(30);
    // 29 spaces of 50 ms; each by itself would need 14 of them.
    expect(starts.at(-1)! - starts[0]!).toBeGreaterThan(1300);
  });

  it('share the places for jobs, and a job that has ended has none', async () => {
    const { pool } = engine.database;
    await pool.query(`
      INSERT INTO dbos.workflow_status (workflow_uuid, name, status)
      SELECT name || ' ' || n, 'test', 'PENDING' FROM unnest(ARRAY['a', 'b']) name, generate_series(0, 39) n`);
    const [a = 0, b = 0] = await both<number>('places');
    expect(a + b).toBe(5);
    await pool.query(`
      UPDATE dbos.workflow_status SET status = 'ERROR' WHERE workflow_uuid IN (SELECT job_id FROM reelway.job_place LIMIT 2)`);
    const [c = 0, d = 0] = await both<number>('more places');
    expect(c + d).toBe(2);
  });

  it('share the requests that a host may have in flight, and one that has gone leaves them to the other', async () => {
    await both('meet');
    await both('visits');
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(8);

    await pair[1]!.ask('end');
    const { pool } = engine.database;
    const { rows } = await pool.query('SELECT count(*)::int AS count FROM reelway.host_visitor');
    expect(rows).toEqual([{ count: 1 }]);
    most = 0;
    await expect
      .poll(
        async () => {
          await pair[0]!.ask('visits');
          return most;
        },
        { timeout: 20_000 },
      )
      .toBe(8);
  });
});

function startProcess(script: string, argument: object): Process {
  const child = spawn(process.execPath, [script, JSON.stringify(argument)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask<T>(task: string) {
      child.stdin.write(`${task}\n`);
      return JSON.parse((await answers.next()).value as string) as T;
    },
    kill: () => child.kill('SIGKILL'),
  };
}
