import { DBOSClient } from '@dbos-inc/dbos-sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import { queueState } from '../status/queue-watch.js';
import { systemView } from '../status/system-view.js';
import { defineWorkflow } from './definition.js';
import { did, effects, openGate } from './engine-fixture.case.js';
import type { EngineUnderTest } from './engine-under-test.case.js';

/** Of a job: asked for, cancelled, retried, looked at. */
export function jobsContract(under: EngineUnderTest): void {
  const { engine, open, stop, otherProcess, ended, until, times, reaches, failureOf } = under;

  describe('a job', () => {
    it('is the same for the same id, and refuses other input under it', async () => {
      const { submit, result } = await engine();
      const ids = await Promise.all(
        Array.from({ length: 5 }, () => submit(under.workflows.chain, 'chain:g', { key: 'g', steps: 2 })),
      );
      expect(ids.map(({ created }) => created).sort()).toEqual([false, false, false, false, true]);
      await result('chain:g');
      expect(await submit(under.workflows.chain, 'chain:g', { key: 'g', steps: 2 })).toMatchObject({ created: false });
      expect(times('g 1 done')).toBe(1);
      expect(await failureOf(submit(under.workflows.chain, 'chain:g', { key: 'g', steps: 3 }))).toMatchObject({
        code: 'conflict',
      });
    });

    it('is stored once however many ask at the same time, and beside one that is refused', async () => {
      const { submit, result } = await engine();
      await submit(under.workflows.chain, 'chain:few', { key: 'few', steps: 1 });
      const asked = Array.from({ length: 300 }, (_, n) => `many${n % 100}`);
      const [refused, ...stored] = await Promise.all([
        failureOf(submit(under.workflows.chain, 'chain:few', { key: 'few', steps: 7 })),
        ...asked.map((key) => submit(under.workflows.chain, `chain:${key}`, { key, steps: 1 })),
      ]);
      expect(refused).toMatchObject({ code: 'conflict' });
      expect(stored.map(({ id }) => id)).toEqual(asked.map((key) => `chain:${key}`));
      expect(new Set(stored.filter(({ created }) => created).map(({ id }) => id)).size).toBe(100);
      expect(stored.filter(({ created }) => created)).toHaveLength(100);
      await Promise.all(stored.map(({ id }) => result(id)));
      expect(asked.map((key) => times(`${key} 1 done`))).toEqual(asked.map(() => 1));
    });

    it('is done again from the start when that is asked for, also with other input', async () => {
      const { submit, result, jobs } = await engine();
      const again = { whenEnded: 'again' } as const;
      await submit(under.workflows.chain, 'chain:h', { key: 'h', steps: 1 }, again);
      await result('chain:h');
      expect(await submit(under.workflows.chain, 'chain:h', { key: 'h', steps: 2 }, again)).toMatchObject({
        created: true,
      });
      expect(await result('chain:h')).toEqual({ results: ['result 1', 'result 2'] });
      expect(times('h 1 done')).toBe(2);
      const { attempt, earlierAttempts } = await jobs.show('chain:h');
      expect(attempt).toBe(2);
      expect(earlierAttempts).toMatchObject([{ attempt: 1, status: 'done', failure: null }]);
    });

    it('is done again with the jobs that it starts, also where another job had started them', async () => {
      const { submit, result } = await engine();
      const child = { key: 'h1', code: 'source_unavailable', failures: 0 };
      const id = 'family:h2:h1';
      await submit(under.workflows.failing, id, child);
      await result(id);
      const again = { whenEnded: 'again', starts: [id] } as const;
      await submit(under.workflows.family, 'family:h2', { key: 'h2', children: [child] }, again);
      await result('family:h2');
      expect(times('h1 tried')).toBe(2);
    });

    it('is refused with every problem of its input named', async () => {
      const { submit } = await engine();
      const failure = await failureOf(submit(under.workflows.chain, 'chain:i', { key: 1, steps: 'x' } as never));
      expect(failure.code).toBe('invalid_request');
      expect(failure.message).toMatch(/key: .*steps: /);
    });

    it('goes on after a kill in the middle, without redoing what was done', async () => {
      const { submit } = await engine();
      await submit(under.workflows.chain, 'chain:j', { key: 'j', steps: 4, gate: 3 });
      await until('j 3 begins');
      await stop();
      for (const begun of [2, 3]) {
        const worker = await otherProcess();
        await expect.poll(() => times('j 3 begins'), { timeout: 30_000, interval: 20 }).toBe(begun);
        await ended(worker, 'SIGKILL');
      }
      openGate(under.stage, 'j');
      await reaches('chain:j', 'done');
      expect(['j 1 begins', 'j 2 begins', 'j 3 done', 'j 4 done'].map(times)).toEqual([1, 1, 1, 1]);
      const { result } = await engine();
      expect(await result('chain:j')).toEqual({ results: ['result 1', 'result 2', 'result 3', 'result 4'] });
    });

    it('is let go by a stop, waiting parents too, and goes on with the next start', async () => {
      const { submit } = await engine();
      await submit(under.workflows.chain, 'chain:k', { key: 'k', steps: 2, gate: 2 });
      await submit(under.workflows.family, 'family:k', {
        key: 'fk',
        children: [{ key: 'k1', code: 'source_unavailable', failures: 1 }],
      });
      await until('k 2 begins');
      await until('k1 tried');
      await stop();
      const { jobs } = await engine();
      expect((await jobs.show('chain:k')).status).toMatch(/queued|running/);
      openGate(under.stage, 'k');
      await reaches('chain:k', 'done');
      await reaches('family:k', 'done');
      expect(times('k 1 begins')).toBe(1);
      expect(times('k1 prepared')).toBe(1);
    });

    it('is stopped by a cancel in the middle of a step, at once, and goes on when retried', async () => {
      const { submit, jobs } = await engine();
      await submit(under.workflows.crowd, 'crowd:l', { key: 'l', gate: 'l' });
      await until('l in');
      expect(await jobs.cancel('crowd:l')).toMatchObject({ status: 'cancelled', deadLetter: false });
      await until('l interrupted');
      expect(await failureOf((await engine()).result('crowd:l'))).toMatchObject({ code: 'cancelled' });
      expect(await failureOf(jobs.cancel('crowd:l'))).toMatchObject({ code: 'conflict' });
      openGate(under.stage, 'l');
      expect((await jobs.retry('crowd:l')).id).toBe('crowd:l');
      await reaches('crowd:l', 'done');
    });

    it('is stopped by a cancel that came from another process', async () => {
      const { submit } = await engine();
      await submit(under.workflows.crowd, 'crowd:m', { key: 'm', gate: 'm' });
      await until('m in');
      const client = await DBOSClient.create({
        systemDatabaseUrl: 'postgresql://reelway:unused@pool/reelway',
        systemDatabasePool: under.running!.database.pool,
      });
      await client.cancelWorkflow('crowd:m');
      await until('m interrupted');
      await client.destroy();
      expect((await reaches('crowd:m', 'cancelled')).steps).toEqual([]);
    });

    it('that waits in its queue is cancelled without ever running', async () => {
      const { submit, jobs } = await engine();
      for (const key of ['n1', 'n2', 'n3']) await submit(under.workflows.crowd, `crowd:${key}`, { key, gate: 'n' });
      await until('n1 in');
      await until('n2 in');
      expect((await jobs.cancel('crowd:n3')).status).toBe('cancelled');
      openGate(under.stage, 'n');
      await reaches('crowd:n1', 'done');
      await reaches('crowd:n2', 'done');
      expect(times('n3 in')).toBe(0);
    });

    it('retried goes on from the step that failed, under its old id, with what earlier steps gave', async () => {
      const { submit, jobs, result } = await engine();
      await submit(under.workflows.failing, 'failing:o', { key: 'o', code: 'source_forbidden', failures: 1 });
      await failureOf(result('failing:o'));
      await jobs.retry('failing:o');
      expect(await result('failing:o')).toEqual({ token: 'token of o', tried: 2 });
      expect(times('o prepared')).toBe(1);
      const { attempt, earlierAttempts } = await jobs.show('failing:o');
      expect(attempt).toBe(2);
      expect(earlierAttempts).toMatchObject([{ attempt: 1, status: 'failed', failure: { code: 'source_forbidden' } }]);
      expect(await failureOf(jobs.retry('failing:o'))).toMatchObject({ code: 'conflict' });
    });

    it('can be looked at and retried by a process that runs none', async () => {
      const { submit, result } = await engine();
      await submit(under.workflows.failing, 'failing:o2', { key: 'o2', code: 'source_forbidden', failures: 1 });
      await failureOf(result('failing:o2'));
      await stop();
      await open({ workflows: [] });
      expect(await under.running!.engine.jobs.show('failing:o2')).toMatchObject({
        status: 'failed',
        queue: 'endpoints',
      });
      expect(await under.running!.engine.jobs.retry('failing:o2')).toMatchObject({
        status: 'queued',
        queue: 'endpoints',
      });
      await stop();
      expect(await (await engine()).result('failing:o2')).toEqual({ token: 'token of o2', tried: 2 });
    });

    it('waits in its queue since it came there the last time: a retry is no old job, a turn taken anew no new one', async () => {
      const { submit, result } = await engine();
      await submit(under.workflows.failing, 'failing:o3', { key: 'o3', code: 'source_forbidden', failures: 1 });
      await failureOf(result('failing:o3'));
      await submit(under.workflows.sleeper, 'sleeper:o4', { milliseconds: 0 });
      await result('sleeper:o4');
      await stop();
      // One that takes nothing out of the queues.
      await open({ workflows: [] });
      const { engine: idle, database } = under.running!;
      const { pool, tables } = database;
      const older = (id: string) =>
        pool.query('UPDATE dbos.workflow_status SET created_at = created_at - 7200000 WHERE workflow_uuid = $1', [id]);
      const waited = async (name: string) => {
        const { oldestWaiting } = (await systemView(tables).queues()).find((queue) => queue.name === name)!;
        return (Date.now() - oldestWaiting!) / 1000;
      };
      await older('failing:o3');
      await idle.jobs.retry('failing:o3');
      expect(await waited('endpoints')).toBeLessThan(3600);
      expect((await queueState(tables)).oldestSeconds).toBeLessThan(3600);

      // Written anew, as when the job above is taken over and takes its turn again.
      await pool.query(`UPDATE dbos.workflow_status SET status = 'ENQUEUED', queue_name = 'none', attributes = '{}', recovery_attempts = 0
        WHERE workflow_uuid = 'sleeper:o4'`);
      await older('sleeper:o4');
      expect(await waited('none')).toBeGreaterThanOrEqual(7200);
      expect((await queueState(tables)).oldestSeconds).toBeGreaterThanOrEqual(7200);
      await pool.query(`DELETE FROM dbos.workflow_status WHERE workflow_uuid = 'sleeper:o4'`);
      await stop();
      expect(await (await engine()).result('failing:o3')).toEqual({ token: 'token of o3', tried: 2 });
    });

    it('that changed goes on as it was begun, and new ones run the new code', async () => {
      const definition = (patched: boolean) =>
        defineWorkflow({
          name: 'changing',
          queue: 'assets',
          input: z.object({ key: z.string() }),
          title: ({ key }) => key,
          async run({ key }, job) {
            const effect = (name: string) =>
              job.step(name, async ({ signal }) => {
                did(under.stage, `${key} ${name}`);
                if (name === 'two' && key === 'old' && !patched)
                  await new Promise((_, reject) => signal.addEventListener('abort', reject));
              });
            if (patched && (await job.patched('inserted step'))) await effect('inserted');
            await effect('one');
            await effect('two');
          },
        });
      await stop();
      const before = await engine([definition(false)]);
      await before.submit(definition(false), 'changing:old', { key: 'old' });
      await until('old two');
      await stop();
      const after = await engine([definition(true)]);
      await after.result('changing:old');
      await after.submit(definition(true), 'changing:new', { key: 'new' });
      await after.result('changing:new');
      expect(effects(under.stage).filter((effect) => /^(old|new) /.test(effect))).toEqual([
        ...['old one', 'old two', 'old two'],
        ...['new inserted', 'new one', 'new two'],
      ]);
    });

    it('keeps its title and why it failed, whatever text others made them of', async () => {
      let attempts = 0;
      const definition = defineWorkflow({
        name: 'odd texts',
        queue: 'assets',
        input: z.object({ topic: z.string() }),
        title: ({ topic }) => `recording "${topic}"`,
        run: ({ topic }, job) =>
          job.step(
            'ask',
            () => {
              if (++attempts === 1)
                throw new Failure('source_unavailable', `it says "${topic}"`, { details: { given: topic } });
              return Promise.resolve(topic);
            },
            { pauseMs: 10 },
          ),
      });
      await stop();
      const { submit, result, jobs } = await engine([definition]);
      await submit(definition, 'odd:1', { topic: 'cut \ud83d, nul \0' });
      expect(await result('odd:1')).toBe('cut \ud83d, nul \0');
      const { title, steps } = await jobs.show('odd:1');
      expect({ title, message: steps[0]?.failure?.message }).toEqual({
        title: 'recording "cut \ufffd, nul "',
        message: 'it says "cut \ufffd, nul "',
      });
      await stop();
    });

    it('that does not exist is not found', async () => {
      const { jobs, result } = await engine();
      for (const action of [jobs.show, jobs.cancel, jobs.retry, jobs.dismiss, result]) {
        expect(await failureOf(action('nobody'))).toMatchObject({ code: 'not_found' });
      }
    });
  });
}
