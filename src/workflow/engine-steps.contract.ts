import { describe, expect, it } from 'vitest';
import { effects } from './engine-fixture.case.js';
import type { EngineUnderTest } from './engine-under-test.case.js';

/** Of steps: once each, again while that may help, and on after a kill. */
export function stepsContract(under: EngineUnderTest): void {
  const { engine, times, failureOf } = under;

  describe('steps', () => {
    it('are done once each, in order, and their results are the job’s', async () => {
      const { submit, result } = await engine();
      expect(await submit(under.workflows.chain, 'chain:a', { key: 'a', steps: 3 })).toEqual({
        id: 'chain:a',
        created: true,
      });
      expect(await result('chain:a')).toEqual({ results: ['result 1', 'result 2', 'result 3'] });
      expect(effects(under.stage).filter((effect) => effect.endsWith('done'))).toEqual([
        'a 1 done',
        'a 2 done',
        'a 3 done',
      ]);
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
      await submit(under.workflows.failing, 'failing:b', { key: 'b', code: 'source_unavailable', failures: 3 });
      expect(await result('failing:b')).toEqual({ token: 'token of b', tried: 4 });
      const { steps, failure } = await jobs.show('failing:b');
      expect(failure).toBeNull();
      expect(steps.find(({ name }) => name === 'work')).toMatchObject({ status: 'done', failedAttempts: 3 });
    });

    it('fail at once when the failure is permanent, with its code, details and help', async () => {
      const { submit, result, jobs } = await engine();
      await submit(under.workflows.failing, 'failing:c', { key: 'c', code: 'source_invalid', failures: 1 });
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
      await submit(under.workflows.failing, 'failing:d', {
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
      await submit(under.workflows.failing, 'failing:e', { key: 'e', code: 'defect', failures: 99 });
      expect(await failureOf(result('failing:e'))).toMatchObject({ code: 'internal', message: 'a defect in e' });
      expect(times('e tried')).toBe(3);
    });

    it('store no secrets of failures: neither causes nor what URLs carry', async () => {
      const { submit, result } = await engine();
      await submit(under.workflows.failing, 'failing:f', {
        key: 'f',
        code: 'source_unavailable',
        failures: 99,
        attempts: 2,
      });
      await failureOf(result('failing:f'));
      const { rows: tables } = await under.running!.database.pool.query<{ name: string }>(
        `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
         WHERE table_schema IN ('dbos', 'reelway') AND table_type = 'BASE TABLE'`,
      );
      expect(tables.length).toBeGreaterThan(8);
      for (const { name } of tables) {
        const { rows } = await under.running!.database.pool.query(
          `SELECT t::text FROM ${name} t WHERE t::text LIKE '%hunter2%'`,
        );
        expect({ name, rows }).toEqual({ name, rows: [] });
      }
    });

    it('sleep as long as they are told', async () => {
      const { submit, result } = await engine();
      await submit(under.workflows.sleeper, 'sleeper', { milliseconds: 300 });
      expect(await result<{ slept: number }>('sleeper')).toSatisfy(({ slept }: { slept: number }) => slept >= 300);
    });
  });
}
