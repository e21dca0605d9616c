import { describe, expect, it } from 'vitest';
import { openGate } from './engine-fixture.case.js';
import type { EngineUnderTest } from './engine-under-test.case.js';
import type { JobSummary } from './job-view.js';

/** Of what is seen of jobs while they come and go. */
export function watchingContract(under: EngineUnderTest): void {
  const { engine, failureOf } = under;

  describe('watching', () => {
    it('sees jobs come, report progress and end, as it happens', async () => {
      const { submit, feed } = await engine();
      const seen: JobSummary[] = [];
      const unsubscribe = feed.subscribe((job) => seen.push(job));
      await submit(under.workflows.crowd, 'crowd:t', { key: 't', gate: 't' });
      const of = () => seen.filter(({ id }) => id === 'crowd:t');
      await expect
        .poll(() => of().at(-1)?.progress, { timeout: 10_000 })
        .toEqual({ done: 1, total: 2, unit: 'visits', bytesRead: 10 });
      expect(of().at(-1)).toMatchObject({
        status: 'running',
        step: { name: 'stay', failedAttempts: 0, nextAttemptAt: null },
      });
      openGate(under.stage, 't');
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
      await submit(under.workflows.failing, 'failing:u', { key: 'u', code: 'source_invalid', failures: 1 });
      await submit(under.workflows.family, 'family:v', {
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
      for (const id of ids) await submit(under.workflows.chain, id, { key: id, steps: 1 });
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
}
