import { sql } from 'kysely';
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

    it('sees what comes behind a job whose time lies in the future, as a process whose clock is ahead writes it', async () => {
      const { submit, feed, result } = await engine();
      const { tables } = under.running!.database;
      const seen: JobSummary[] = [];
      const unsubscribe = feed.subscribe((job) => seen.push(job));
      await submit(under.workflows.chain, 'chain:ahead', { key: 'ahead', steps: 1 });
      await result('chain:ahead');
      await sql`UPDATE dbos.workflow_status SET updated_at = updated_at + 3600000 WHERE workflow_uuid = 'chain:ahead'`.execute(
        tables,
      );
      const ahead = () => seen.some(({ id, updatedAt }) => id === 'chain:ahead' && Date.parse(updatedAt) > Date.now());
      await expect.poll(ahead, { timeout: 10_000 }).toBe(true);
      await submit(under.workflows.chain, 'chain:behind', { key: 'behind', steps: 1 });
      await expect
        .poll(() => seen.findLast(({ id }) => id === 'chain:behind')?.status, { timeout: 10_000 })
        .toBe('done');
      unsubscribe();
    });

    it('sees every one of more jobs than one look holds, that changed in one moment', async () => {
      const { feed } = await engine();
      const { tables } = under.running!.database;
      const seen = new Set<string>();
      const unsubscribe = feed.subscribe(({ id }) => seen.add(id));
      await sql`INSERT INTO dbos.workflow_status (workflow_uuid, name, status, created_at, updated_at)
        SELECT 'at-once:' || n, 'chain', 'CANCELLED', now.at, now.at
        FROM generate_series(1, 1200) n, (SELECT (extract(epoch FROM now()) * 1000)::bigint AS at) now`.execute(tables);
      const found = () => [...seen].filter((id) => id.startsWith('at-once:')).length;
      await expect.poll(found, { timeout: 20_000 }).toBe(1200);
      unsubscribe();
      await sql`DELETE FROM dbos.workflow_status WHERE workflow_uuid LIKE 'at-once:%'`.execute(tables);
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
