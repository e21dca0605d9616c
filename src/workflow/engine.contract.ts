import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DBOSClient } from '@dbos-inc/dbos-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bundled } from '../../test/support/bundled.js';
import { Failure } from '../domain/failure.js';
import { queueState } from '../status/queue-watch.js';
import { systemView } from '../status/system-view.js';
import { defineWorkflow } from './definition.js';
import { did, effects, openEngine, openGate, stageWorkflows, type Stage } from './engine-fixture.case.js';
import type { JobStatus, JobSummary } from './job-view.js';
import type { AnyWorkflow } from './register.js';

/** A database of the kind under test, empty. */
interface TestPlace {
  readonly dataFolder: string;
  readonly databaseUrl?: string;
  remove(): Promise<void>;
}

type Running = Awaited<ReturnType<typeof openEngine>>;

/** What Reelway promises of its engine, whichever database is under it; call it in a `describe`. */
export function engineContract(kind: 'embedded' | 'server', createPlace: () => Promise<TestPlace>): void {
  let place: TestPlace;
  let stage: Stage;
  let workflows: ReturnType<typeof stageWorkflows>;
  let running: Running | undefined;
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    place = await createPlace();
    stage = { folder: await mkdtemp(path.join(tmpdir(), 'reelway-stage-')) };
    workflows = stageWorkflows(stage);
  });
  afterEach(() => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await stop();
    await place.remove();
    await rm(stage.folder, { recursive: true });
  });

  /** One engine serves most tests: the process can hold one at a time. */
  async function engine(extra: readonly AnyWorkflow[] = []) {
    running ??= await openEngine({ ...place, workflows: [...Object.values(workflows), ...extra] });
    return running.engine;
  }
  async function stop() {
    await running?.close();
    running = undefined;
  }
  async function otherProcess(options: object = {}): Promise<ChildProcess> {
    const script = await bundled(fileURLToPath(new URL('engine-process.case.ts', import.meta.url)));
    const argument = JSON.stringify({ folder: stage.folder, ...place, ...options });
    const child = spawn(process.execPath, [script, argument], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    await once(child.stdout, 'data');
    return child;
  }
  async function ended(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM') {
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  const until = (effect: string) =>
    expect.poll(() => effects(stage), { timeout: 30_000, interval: 20 }).toContain(effect);
  const times = (effect: string) => effects(stage).filter((found) => found === effect).length;
  async function reaches(id: string, status: JobStatus) {
    const { jobs } = await engine();
    await expect.poll(async () => (await jobs.show(id)).status, { timeout: 30_000, interval: 30 }).toBe(status);
    return jobs.show(id);
  }
  const failureOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => expect.unreachable('it should have failed'),
      (error: unknown) => error as Failure,
    );

  describe('steps', () => {
    it('are done once each, in order, and their results are the job’s', async () => {
      const { submit, result } = await engine();
      expect(await submit(workflows.chain, 'chain:a', { key: 'a', steps: 3 })).toEqual({
        id: 'chain:a',
        created: true,
      });
      expect(await result('chain:a')).toEqual({ results: ['result 1', 'result 2', 'result 3'] });
      expect(effects(stage).filter((effect) => effect.endsWith('done'))).toEqual(['a 1 done', 'a 2 done', 'a 3 done']);
      const { steps, status, title, attempt, input } = await (await engine()).jobs.show('chain:a');
      expect({ status, title, attempt, input }).toEqual({
        status: 'done',
        title: 'chain a',
        attempt: 1,
        input: { key: 'a', steps: 3 },
      });
      expect(steps.map(({ name, status, failedAttempts }) => [name, status, failedAttempts])).toEqual([
        ['step 1', 'done', 0],
        ['step 2', 'done', 0],
        ['step 3', 'done', 0],
      ]);
      for (const { startedAt, endedAt } of steps)
        expect(Date.parse(endedAt!)).toBeGreaterThanOrEqual(Date.parse(startedAt!));
    });

    it('try a passing failure again until it passes', async () => {
      const { submit, result, jobs } = await engine();
      await submit(workflows.failing, 'failing:b', { key: 'b', code: 'source_unavailable', failures: 3 });
      expect(await result('failing:b')).toEqual({ token: 'token of b', tried: 4 });
      const { steps, failure } = await jobs.show('failing:b');
      expect(failure).toBeNull();
      expect(steps.find(({ name }) => name === 'work')).toMatchObject({ status: 'done', failedAttempts: 3 });
    });

    it('fail at once when the failure is permanent, with its code, details and help', async () => {
      const { submit, result, jobs } = await engine();
      await submit(workflows.failing, 'failing:c', { key: 'c', code: 'source_invalid', failures: 1 });
      expect(await failureOf(result('failing:c'))).toMatchObject({ code: 'source_invalid', details: { segment: 7 } });
      expect(times('c tried')).toBe(1);
      const { status, failure, steps } = await jobs.show('failing:c');
      expect(status).toBe('failed');
      expect(failure).toMatchObject({
        code: 'source_invalid',
        title: 'The source cannot be packaged',
        help: 'Repair or re-encode the source at the named place.',
        details: { segment: 7 },
      });
      expect(steps.map(({ name, status }) => [name, status])).toEqual([
        ['prepare', 'done'],
        ['work', 'failed'],
      ]);
    });

    it('fail when a passing failure does not pass within their attempts', async () => {
      const { submit, result } = await engine();
      await submit(workflows.failing, 'failing:d', {
        key: 'd',
        code: 'storage_unavailable',
        failures: 99,
        attempts: 4,
      });
      expect(await failureOf(result('failing:d'))).toMatchObject({ code: 'storage_unavailable' });
      expect(times('d tried')).toBe(4);
    });

    it('look at the unexpected three times and then report a defect', async () => {
      const { submit, result } = await engine();
      await submit(workflows.failing, 'failing:e', { key: 'e', code: 'defect', failures: 99 });
      expect(await failureOf(result('failing:e'))).toMatchObject({ code: 'internal', message: 'a defect in e' });
      expect(times('e tried')).toBe(3);
    });

    it('store no secrets of failures: neither causes nor what URLs carry', async () => {
      const { submit, result } = await engine();
      await submit(workflows.failing, 'failing:f', { key: 'f', code: 'source_unavailable', failures: 99, attempts: 2 });
      await failureOf(result('failing:f'));
      const { rows: tables } = await running!.database.pool.query<{ name: string }>(
        `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
         WHERE table_schema IN ('dbos', 'reelway') AND table_type = 'BASE TABLE'`,
      );
      expect(tables.length).toBeGreaterThan(8);
      for (const { name } of tables) {
        const { rows } = await running!.database.pool.query(
          `SELECT t::text FROM ${name} t WHERE t::text LIKE '%hunter2%'`,
        );
        expect({ name, rows }).toEqual({ name, rows: [] });
      }
    });

    it('sleep as long as they are told', async () => {
      const { submit, result } = await engine();
      await submit(workflows.sleeper, 'sleeper', { milliseconds: 300 });
      expect(await result<{ slept: number }>('sleeper')).toSatisfy(({ slept }: { slept: number }) => slept >= 300);
    });
  });

  describe('a job', () => {
    it('is the same for the same id, and refuses other input under it', async () => {
      const { submit, result } = await engine();
      const ids = await Promise.all(
        Array.from({ length: 5 }, () => submit(workflows.chain, 'chain:g', { key: 'g', steps: 2 })),
      );
      expect(ids.map(({ created }) => created).sort()).toEqual([false, false, false, false, true]);
      await result('chain:g');
      expect(await submit(workflows.chain, 'chain:g', { key: 'g', steps: 2 })).toMatchObject({ created: false });
      expect(times('g 1 done')).toBe(1);
      expect(await failureOf(submit(workflows.chain, 'chain:g', { key: 'g', steps: 3 }))).toMatchObject({
        code: 'conflict',
      });
    });

    it('is stored once however many ask at the same time, and beside one that is refused', async () => {
      const { submit, result } = await engine();
      await submit(workflows.chain, 'chain:few', { key: 'few', steps: 1 });
      const asked = Array.from({ length: 300 }, (_, n) => `many${n % 100}`);
      const [refused, ...stored] = await Promise.all([
        failureOf(submit(workflows.chain, 'chain:few', { key: 'few', steps: 7 })),
        ...asked.map((key) => submit(workflows.chain, `chain:${key}`, { key, steps: 1 })),
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
      await submit(workflows.chain, 'chain:h', { key: 'h', steps: 1 }, again);
      await result('chain:h');
      expect(await submit(workflows.chain, 'chain:h', { key: 'h', steps: 2 }, again)).toMatchObject({ created: true });
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
      await submit(workflows.failing, id, child);
      await result(id);
      const again = { whenEnded: 'again', starts: [id] } as const;
      await submit(workflows.family, 'family:h2', { key: 'h2', children: [child] }, again);
      await result('family:h2');
      expect(times('h1 tried')).toBe(2);
    });

    it('is refused with every problem of its input named', async () => {
      const { submit } = await engine();
      const failure = await failureOf(submit(workflows.chain, 'chain:i', { key: 1, steps: 'x' } as never));
      expect(failure.code).toBe('invalid_request');
      expect(failure.message).toMatch(/key: .*steps: /);
    });

    it('goes on after a kill in the middle, without redoing what was done', async () => {
      const { submit } = await engine();
      await submit(workflows.chain, 'chain:j', { key: 'j', steps: 4, gate: 3 });
      await until('j 3 begins');
      await stop();
      for (const begun of [2, 3]) {
        const worker = await otherProcess();
        await expect.poll(() => times('j 3 begins'), { timeout: 30_000, interval: 20 }).toBe(begun);
        await ended(worker, 'SIGKILL');
      }
      openGate(stage, 'j');
      await reaches('chain:j', 'done');
      expect(['j 1 begins', 'j 2 begins', 'j 3 done', 'j 4 done'].map(times)).toEqual([1, 1, 1, 1]);
      const { result } = await engine();
      expect(await result('chain:j')).toEqual({ results: ['result 1', 'result 2', 'result 3', 'result 4'] });
    });

    it('is let go by a stop, waiting parents too, and goes on with the next start', async () => {
      const { submit } = await engine();
      await submit(workflows.chain, 'chain:k', { key: 'k', steps: 2, gate: 2 });
      await submit(workflows.family, 'family:k', {
        key: 'fk',
        children: [{ key: 'k1', code: 'source_unavailable', failures: 1 }],
      });
      await until('k 2 begins');
      await until('k1 tried');
      await stop();
      const { jobs } = await engine();
      expect((await jobs.show('chain:k')).status).toMatch(/queued|running/);
      openGate(stage, 'k');
      await reaches('chain:k', 'done');
      await reaches('family:k', 'done');
      expect(times('k 1 begins')).toBe(1);
      expect(times('k1 prepared')).toBe(1);
    });

    it('is stopped by a cancel in the middle of a step, at once, and goes on when retried', async () => {
      const { submit, jobs } = await engine();
      await submit(workflows.crowd, 'crowd:l', { key: 'l', gate: 'l' });
      await until('l in');
      expect(await jobs.cancel('crowd:l')).toMatchObject({ status: 'cancelled', deadLetter: false });
      await until('l interrupted');
      expect(await failureOf((await engine()).result('crowd:l'))).toMatchObject({ code: 'cancelled' });
      expect(await failureOf(jobs.cancel('crowd:l'))).toMatchObject({ code: 'conflict' });
      openGate(stage, 'l');
      expect((await jobs.retry('crowd:l')).id).toBe('crowd:l');
      await reaches('crowd:l', 'done');
    });

    it('is stopped by a cancel that came from another process', async () => {
      const { submit } = await engine();
      await submit(workflows.crowd, 'crowd:m', { key: 'm', gate: 'm' });
      await until('m in');
      const client = await DBOSClient.create({
        systemDatabaseUrl: 'postgresql://reelway:unused@pool/reelway',
        systemDatabasePool: running!.database.pool,
      });
      await client.cancelWorkflow('crowd:m');
      await until('m interrupted');
      await client.destroy();
      expect((await reaches('crowd:m', 'cancelled')).steps).toEqual([]);
    });

    it('that waits in its queue is cancelled without ever running', async () => {
      const { submit, jobs } = await engine();
      for (const key of ['n1', 'n2', 'n3']) await submit(workflows.crowd, `crowd:${key}`, { key, gate: 'n' });
      await until('n1 in');
      await until('n2 in');
      expect((await jobs.cancel('crowd:n3')).status).toBe('cancelled');
      openGate(stage, 'n');
      await reaches('crowd:n1', 'done');
      await reaches('crowd:n2', 'done');
      expect(times('n3 in')).toBe(0);
    });

    it('retried goes on from the step that failed, under its old id, with what earlier steps gave', async () => {
      const { submit, jobs, result } = await engine();
      await submit(workflows.failing, 'failing:o', { key: 'o', code: 'source_forbidden', failures: 1 });
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
      await submit(workflows.failing, 'failing:o2', { key: 'o2', code: 'source_forbidden', failures: 1 });
      await failureOf(result('failing:o2'));
      await stop();
      running = await openEngine({ ...place, workflows: [] });
      expect(await running.engine.jobs.show('failing:o2')).toMatchObject({ status: 'failed', queue: 'endpoints' });
      expect(await running.engine.jobs.retry('failing:o2')).toMatchObject({ status: 'queued', queue: 'endpoints' });
      await stop();
      expect(await (await engine()).result('failing:o2')).toEqual({ token: 'token of o2', tried: 2 });
    });

    it('waits in its queue since it came there the last time: a retry is no old job, a turn taken anew no new one', async () => {
      const { submit, result } = await engine();
      await submit(workflows.failing, 'failing:o3', { key: 'o3', code: 'source_forbidden', failures: 1 });
      await failureOf(result('failing:o3'));
      await submit(workflows.sleeper, 'sleeper:o4', { milliseconds: 0 });
      await result('sleeper:o4');
      await stop();
      // One that takes nothing out of the queues.
      running = await openEngine({ ...place, workflows: [] });
      const { engine: idle, database } = running;
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
                did(stage, `${key} ${name}`);
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
      expect(effects(stage).filter((effect) => /^(old|new) /.test(effect))).toEqual([
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

  describe('a family of jobs', () => {
    it('finishes every sibling of a child that fails, and its retry redoes only that child', async () => {
      const { submit, jobs, result } = await engine();
      const children = [
        { key: 'p1', code: 'source_invalid', failures: 1 },
        { key: 'p2', code: 'source_unavailable', failures: 2 },
        { key: 'p3', code: 'source_unavailable', failures: 0 },
      ];
      await submit(workflows.family, 'family:p', { key: 'p', children });
      expect(await failureOf(result('family:p'))).toMatchObject({ code: 'source_invalid' });
      const failed = await jobs.show('family:p');
      expect(failed.children.map(({ id, status }) => [id, status])).toEqual([
        ['family:p:p1', 'failed'],
        ['family:p:p2', 'done'],
        ['family:p:p3', 'done'],
      ]);
      expect(failed.children.every(({ parent }) => parent === 'family:p')).toBe(true);
      await jobs.retry('family:p');
      expect(await result('family:p')).toEqual(['family:p:p1', 'family:p:p2', 'family:p:p3']);
      expect(['p1 tried', 'p1 prepared', 'p2 tried', 'p3 tried', 'p told'].map(times)).toEqual([2, 1, 3, 1, 1]);
    });

    it('goes on as a whole when the child that failed is retried', async () => {
      const { submit, jobs, result } = await engine();
      await submit(workflows.family, 'family:q', {
        key: 'q',
        children: [{ key: 'q1', code: 'source_invalid', failures: 1 }],
      });
      await failureOf(result('family:q'));
      await jobs.retry('family:q:q1');
      expect(await result('family:q')).toEqual(['family:q:q1']);
    });

    it('is cancelled as a whole', async () => {
      const { submit, jobs } = await engine();
      const children = [{ key: 'r1', code: 'source_unavailable', failures: 99 }];
      await submit(workflows.family, 'family:r', { key: 'r', children });
      await until('r1 tried');
      await jobs.cancel('family:r');
      expect((await jobs.show('family:r:r1')).status).toBe('cancelled');
      openGate(stage, 'r1');
      await jobs.retry('family:r');
      await reaches('family:r', 'done');
    });
  });

  describe('queues', () => {
    it('run no more jobs at a time than their limit', async () => {
      const { submit, jobs } = await engine();
      const keys = ['s1', 's2', 's3', 's4', 's5'];
      for (const key of keys) await submit(workflows.crowd, `crowd:${key}`, { key, gate: 's' });
      await until('s2 in');
      const { jobs: queued } = await jobs.list({ status: ['queued'], kind: ['crowd'] });
      expect(queued.map(({ id }) => id)).toEqual(['crowd:s5', 'crowd:s4', 'crowd:s3']);
      openGate(stage, 's');
      for (const key of keys) await reaches(`crowd:${key}`, 'done');
      let inside = 0;
      let most = 0;
      for (const effect of effects(stage).filter((found) => /^s\d (in|out)$/.test(found))) {
        inside += effect.endsWith('in') ? 1 : -1;
        most = Math.max(most, inside);
      }
      expect(most).toBe(2);
    });
  });

  describe('places of a share', () => {
    it('are its own: messages that wait for one who does not answer hold up nobody else, and are told when he does', async () => {
      await stop();
      running = await openEngine({
        ...place,
        workflows: Object.values(workflows),
        limits: { notices: { perProcess: 2 } },
      });
      const { submit, result, jobs } = running.engine;
      const count = 5;
      const idOf = (to: string, n: number) => `message:${to}:${n}`;
      const send = (to: string, n: number) => submit(workflows.message, idOf(to, n), { to, n });
      for (let n = 0; n < count; n++) await send('dead', n);
      await until('message 1 to dead begins');
      openGate(stage, 'alive');
      for (let n = 0; n < 3; n++) await send('alive', n);
      for (let n = 0; n < 3; n++) await result(idOf('alive', n));
      expect(effects(stage).filter((effect) => effect.endsWith('to dead done'))).toEqual([]);

      // A retry goes back to the share, which the engine forgets at a cancel.
      await jobs.cancel(idOf('dead', 1));
      await jobs.retry(idOf('dead', 1));
      openGate(stage, 'dead');
      for (let n = 0; n < count; n++) await result(idOf('dead', n));
      await stop();
    });
  });

  describe('turns', () => {
    /** Fills both places of the queue, so that what comes then waits; answers how to let it go. */
    async function busy(name: string) {
      const { submit, result } = await engine();
      const blockers = [1, 2].map((n) => ({ group: `${name} blocker `, n, gate: name }));
      for (const input of blockers) await submit(workflows.turn, `turn:${input.group}${input.n}`, input);
      for (const { group, n } of blockers) await until(`turn ${group}${n}`);
      return async (ids: readonly string[]) => {
        openGate(stage, name);
        for (const id of ids) await result(id);
      };
    }
    const order = (group: RegExp) => effects(stage).filter((effect) => group.test(effect));

    it.each([
      ['one after the other', 'ABC'],
      ['at the same time', 'DEF'],
    ])('go round among groups whose jobs come %s: one with many does not hold up another', async (how, groups) => {
      const letGo = await busy(`fair ${groups}`);
      const { submit } = await engine();
      const [many = '', two = '', single = ''] = groups;
      const waiting = [1, 2, 3, 4, 5, 6].map((n) => ({ group: many, n }));
      waiting.push({ group: two, n: 1 }, { group: two, n: 2 }, { group: single, n: 1 });
      const idOf = ({ group, n }: { group: string; n: number }) => `turn:${group}${n}`;
      if (how === 'at the same time')
        await Promise.all(waiting.map((input) => submit(workflows.turn, idOf(input), input)));
      else for (const input of waiting) await submit(workflows.turn, idOf(input), input);
      await letGo(waiting.map(idOf));
      const began = order(new RegExp(`^turn [${groups}]\\d$`)).map((effect) => effect.slice(5));
      // Two run at a time, so neighbours may change places.
      expect(began.indexOf(`${two}1`)).toBeLessThanOrEqual(3);
      expect(began.indexOf(`${single}1`)).toBeLessThanOrEqual(3);
      expect(began.indexOf(`${two}2`)).toBeLessThanOrEqual(5);
      expect(began.slice(-3)).toEqual(expect.arrayContaining([`${many}5`, `${many}6`]));
    });

    it('go to what somebody waits for before sweeps, and to sweeps before batches', async () => {
      const letGo = await busy('urgency');
      const { submit, jobs } = await engine();
      const ids: string[] = [];
      for (const urgency of ['batch', 'sweep', 'on-demand'] as const) {
        for (let n = 1; n <= 3; n++) {
          ids.push(`turn:${urgency}${n}`);
          await submit(workflows.turn, ids.at(-1)!, { group: urgency, n }, { urgency });
        }
      }
      // Who begins next is known before it begins.
      const next = (await jobs.next(4)).filter(({ queue }) => queue === 'endpoints').map(({ id }) => id);
      expect(next).toEqual([...[1, 2, 3].map((n) => `turn:on-demand${n}`), 'turn:sweep1']);
      await letGo(ids);
      const began = order(/^turn (batch|sweep|on-demand)\d$/).map((effect) => effect.slice(5, -1));
      const last = (urgency: string) => began.lastIndexOf(urgency);
      expect(began.indexOf('sweep')).toBeGreaterThanOrEqual(last('on-demand') - 1);
      expect(began.indexOf('batch')).toBeGreaterThanOrEqual(last('sweep') - 1);
    });
  });

  describe('watching', () => {
    it('sees jobs come, report progress and end, as it happens', async () => {
      const { submit, feed } = await engine();
      const seen: JobSummary[] = [];
      const unsubscribe = feed.subscribe((job) => seen.push(job));
      await submit(workflows.crowd, 'crowd:t', { key: 't', gate: 't' });
      const of = () => seen.filter(({ id }) => id === 'crowd:t');
      await expect
        .poll(() => of().at(-1)?.progress, { timeout: 10_000 })
        .toEqual({ done: 1, total: 2, unit: 'visits', bytesRead: 10 });
      expect(of().at(-1)).toMatchObject({
        status: 'running',
        step: { name: 'stay', failedAttempts: 0, nextAttemptAt: null },
      });
      openGate(stage, 't');
      await expect.poll(() => of().at(-1)?.status, { timeout: 10_000 }).toBe('done');
      expect(of().at(-1)).toMatchObject({ progress: { done: 2, total: 2, bytesRead: 20 }, step: null });
      unsubscribe();
      expect(new Set(of().map((job) => JSON.stringify(job))).size).toBe(of().length);
    });

    it('finds failed jobs among the dead letters until they are dismissed or retried', async () => {
      const { submit, jobs, result } = await engine();
      const letters = async () =>
        (await jobs.list({ deadLetter: true, kind: ['failing', 'family'] })).jobs.map(({ id }) => id);
      const before = await letters();
      await submit(workflows.failing, 'failing:u', { key: 'u', code: 'source_invalid', failures: 1 });
      await submit(workflows.family, 'family:v', {
        key: 'v',
        children: [{ key: 'v1', code: 'source_invalid', failures: 1 }],
      });
      await failureOf(result('failing:u'));
      await failureOf(result('family:v'));
      expect(await letters()).toEqual(['family:v', 'failing:u', ...before]);
      expect(await jobs.dismiss('failing:u')).toMatchObject({ status: 'failed', deadLetter: false });
      expect(await letters()).toEqual(['family:v', ...before]);
      await jobs.retry('family:v');
      await result('family:v');
      expect(await letters()).toEqual(before);
      expect(await failureOf(jobs.dismiss('family:v'))).toMatchObject({ code: 'conflict' });
    });

    it('lists jobs page by page, newest first, without losing or repeating any', async () => {
      const { submit, jobs, result } = await engine();
      const ids = Array.from({ length: 11 }, (_, n) => `chain:z${n}`);
      for (const id of ids) await submit(workflows.chain, id, { key: id, steps: 1 });
      for (const id of ids) await result(id);
      const { jobs: all } = await jobs.list({ parent: 'any', limit: 500 });
      const paged: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await jobs.list({ parent: 'any', limit: 4, ...(cursor && { cursor }) });
        paged.push(...page.jobs.map(({ id }) => id));
        cursor = page.next;
      }
      expect(paged).toEqual(all.map(({ id }) => id));
      expect(paged).toEqual(expect.arrayContaining(ids));
      expect((await jobs.list()).jobs.every(({ parent }) => parent === null)).toBe(true);
      expect((await jobs.list({ kind: ['chain'] })).jobs.every(({ kind }) => kind === 'chain')).toBe(true);
      expect(await failureOf(jobs.list({ cursor: 'x' }))).toMatchObject({ code: 'invalid_request' });
    });
  });

  describe.runIf(kind === 'server')('several workers', () => {
    /** A worker process with a job whose second step waits for its gate; this process then becomes another worker. */
    async function workerWithJob(key: string): Promise<ChildProcess> {
      await stop();
      const worker = await otherProcess({ chain: { key, steps: 3, gate: 2 } });
      await until(`${key} 2 begins`);
      running = await openEngine({ ...place, workflows: Object.values(workflows), lostAfterMs: 1500 });
      return worker;
    }

    it('take over the jobs of one that was killed', async () => {
      const worker = await workerWithJob('w');
      await ended(worker, 'SIGKILL');
      await expect.poll(() => times('w 2 begins'), { timeout: 30_000, interval: 20 }).toBe(2);
      openGate(stage, 'w');
      await reaches('chain:w', 'done');
      expect(['w 1 begins', 'w 2 begins', 'w 3 begins'].map(times)).toEqual([1, 2, 1]);
    });

    it('take over from one that is frozen, and its waking does nothing after a checkpoint twice', async () => {
      const worker = await workerWithJob('x');
      worker.kill('SIGSTOP');
      await expect.poll(() => times('x 2 begins'), { timeout: 30_000, interval: 20 }).toBe(2);
      worker.kill('SIGCONT');
      openGate(stage, 'x');
      await reaches('chain:x', 'done');
      await ended(worker, 'SIGTERM');
      expect(['x 1 begins', 'x 3 begins', 'x 3 done'].map(times)).toEqual([1, 1, 1]);
    });

    it('start in a process in which a start has failed', async () => {
      await stop();
      const beat = () => Promise.reject(new Error('the database has crashed'));
      await expect(openEngine({ ...place, workflows: Object.values(workflows), beat })).rejects.toThrow('crashed');
      await (await engine()).submit(workflows.chain, 'chain:again', { key: 'again', steps: 1 });
      await reaches('chain:again', 'done');
    });

    it('share the jobs of a queue', async () => {
      await stop();
      const worker = await otherProcess();
      const { submit } = await engine();
      for (const key of ['y1', 'y2', 'y3', 'y4']) await submit(workflows.crowd, `crowd:${key}`, { key, gate: 'y' });
      // Two at a time in each of two processes.
      for (const key of ['y1', 'y2', 'y3', 'y4']) await until(`${key} in`);
      openGate(stage, 'y');
      for (const key of ['y1', 'y2', 'y3', 'y4']) await reaches(`crowd:${key}`, 'done');
      await ended(worker, 'SIGTERM');
    });
  });
}
