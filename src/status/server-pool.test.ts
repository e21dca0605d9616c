import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cuttableLink, type CuttableLink } from '../../test/support/cuttable-link.js';
import { createDatabase, type TestDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { defineWorkflow } from '../workflow/definition.js';
import { openEngine } from '../workflow/engine-fixture.case.js';
import { isDatabaseAway } from '../workflow/database-away.js';
import { serverPool, type ServerPool } from './server-pool.js';

const log = pino({ level: 'silent' });
const asleep =
  "SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()";

describe.runIf(requires('postgres'))('connections to a PostgreSQL server', () => {
  let database: TestDatabase;
  let link: CuttableLink;
  let linked: ServerPool;
  let linkedUrl: string;
  /** Of somebody else, past the link. */
  let other: pg.Client;

  beforeEach(async () => {
    database = await createDatabase();
    const url = new URL(database.url);
    link = await cuttableLink({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${link.port}`;
    linkedUrl = url.href;
    linked = serverPool({ databaseUrl: linkedUrl, connections: 2, connectWithinMs: 2000, log });
    linked.pool.on('error', () => undefined);
    other = new pg.Client({ connectionString: database.url });
    await other.connect();
    await other.query('CREATE TABLE place (id integer PRIMARY KEY); INSERT INTO place VALUES (1)');
  });
  afterEach(async () => {
    await linked.end();
    await link.close();
    await other.end();
    await database.drop();
  });

  it('are given up, and the next one gets through, when the server is silent on those that there are', async () => {
    linked.limitSilence(300);
    await linked.pool.query('SELECT 1');
    link.lose();
    const error: unknown = await linked.pool.query('SELECT 1').catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('the database has not answered for 0.3 s');
    expect(isDatabaseAway(error)).toBe(true);
    await expect(linked.pool.query('SELECT 1')).resolves.toMatchObject({ rowCount: 1 });
  });

  it('take as long as it takes until they are told otherwise', async () => {
    await expect(linked.pool.query('SELECT pg_sleep(0.5)')).resolves.toMatchObject({ rowCount: 1 });
    linked.limitSilence(200);
    await expect(linked.pool.query('SELECT pg_sleep(0.5)')).rejects.toThrow('has not answered for 0.2 s');
  });

  it('are kept while they are idle, however silent, and watched again when they are used', async () => {
    const broken: string[] = [];
    linked.pool.on('error', ({ message }) => broken.push(message));
    linked.limitSilence(200);
    const backend = async () => (await linked.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const before = await backend();
    await sleep(800);
    expect(await backend()).toEqual(before);
    expect(broken).toEqual([]);
    await expect(linked.pool.query('SELECT pg_sleep(60)')).rejects.toThrow('has not answered for 0.2 s');
  });

  it('have as long as ever for the jobs that a stop of the engine lets come to their end', async () => {
    const process: { pool?: pg.Pool } = {};
    let began = false;
    const asking = defineWorkflow({
      ...{ name: 'asking', queue: 'assets' as const, input: z.object({}), title: () => 'asking' },
      run: (_, job) =>
        job.step(
          'ask',
          async () => {
            began = true;
            return (await process.pool!.query('SELECT pg_sleep(7)')).rowCount;
          },
          { attempts: 1 },
        ),
    });
    const opened = await openEngine({
      ...{ dataFolder: '', databaseUrl: database.url, workflows: [asking], drainMs: 60_000 },
    });
    process.pool = opened.database.pool;
    await opened.engine.submit(asking, 'asking', {});
    await expect.poll(() => began).toBe(true);
    await opened.close();
    const { rows } = await other.query("SELECT status FROM dbos.workflow_status WHERE workflow_uuid = 'asking'");
    expect(rows).toEqual([{ status: 'SUCCESS' }]);
  });

  it('are given up at the end, too, in the middle of a query', async () => {
    const query = linked.pool.query('SELECT pg_sleep(60)').catch(String);
    await expect.poll(async () => (await other.query(asleep)).rowCount).toBe(1);
    link.cut();
    await linked.end();
    expect(await query).toContain('has not answered');
    linked = serverPool({ databaseUrl: linkedUrl, connections: 2, connectWithinMs: 2000, log });
  });

  it('give the locks of a transaction free within 15 seconds after its process was cut off in the middle', async () => {
    const client = await linked.pool.connect();
    client.on('error', () => undefined);
    await client.query('BEGIN');
    await client.query('SELECT * FROM place WHERE id = 1 FOR UPDATE');
    link.cut();
    await other.query(`SET lock_timeout = '15s'`);
    await expect(other.query('UPDATE place SET id = 2 WHERE id = 1')).resolves.toMatchObject({ rowCount: 1 });
    client.release(true);
  });

  it('have the server look for dead ones: those of the engine, too', async () => {
    const { database: opened, close } = await openEngine({
      ...{ dataFolder: '', databaseUrl: database.url, workflows: [] },
    });
    const names = ['idle_in_transaction_session_timeout', 'tcp_keepalives_idle', 'tcp_keepalives_count'];
    const more = ['tcp_keepalives_interval', 'tcp_user_timeout', 'client_connection_check_interval'];
    const { rows } = await opened.pool.query<{ name: string; setting: string }>(
      'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1)',
      [[...names, ...more]],
    );
    await close();
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      idle_in_transaction_session_timeout: '10s',
      tcp_keepalives_idle: '10',
      tcp_keepalives_interval: '5',
      tcp_keepalives_count: '3',
      tcp_user_timeout: '20000',
      client_connection_check_interval: '10s',
    });
  });
});
