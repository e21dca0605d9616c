import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { defineWorkflow } from './definition.js';
import { openEngine, stageWorkflows } from './engine-fixture.case.js';

describe.runIf(requires('postgres'))('a job that starts another', () => {
  let folder: string;
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let running: Awaited<ReturnType<typeof openEngine>>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-enqueue-'));
    database = await createDatabase();
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('goes on when its connection is cut while it takes the turn of its child', async () => {
    const { turn } = stageWorkflows({ folder });
    const parent = defineWorkflow({
      name: 'parent',
      queue: 'assets',
      input: z.object({}),
      title: () => 'parent',
      async run(_, job) {
        const child = await job.startChild(turn, 'turn:1', { group: 'a', n: 1 });
        return (await job.settleChildren([child])).map(({ status }) => status);
      },
    });
    running = await openEngine({ dataFolder: folder, databaseUrl: database.url, workflows: [parent, turn] });
    const admin = new pg.Pool({ connectionString: database.url });
    const locking = await admin.connect();
    try {
      await locking.query('BEGIN; LOCK TABLE reelway.queue_share IN ACCESS EXCLUSIVE MODE');
      await running.engine.submit(parent, 'parent:1', {});
      const cutWhoWaits = async () => {
        const { rows } = await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%queue_share%'`,
        );
        return rows.length;
      };
      await expect.poll(cutWhoWaits, { timeout: 20_000 }).toBe(1);
      await locking.query('ROLLBACK');
      // Asked from outside, the cut connection may be met once more.
      await expect.poll(() => running.engine.result('parent:1'), { timeout: 20_000 }).toEqual(['done']);
    } finally {
      locking.release();
      await admin.end();
    }
  });
});
