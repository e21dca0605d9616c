import { describe, expect, it, vi } from 'vitest';
import { effects, openGate } from './engine-fixture.case.js';
import type { EngineUnderTest } from './engine-under-test.case.js';

/** Of families of jobs, and of whose turn it is. */
export function queuesContract(under: EngineUnderTest): void {
  const { engine, open, stop, until, times, reaches, failureOf } = under;

  describe('a family of jobs', () => {
    it('finishes every sibling of a child that fails, and its retry redoes only that child', async () => {
      const { submit, jobs, result } = await engine();
      const children = [
        { key: 'p1', code: 'source_invalid', failures: 1 },
        { key: 'p2', code: 'source_unavailable', failures: 2 },
        { key: 'p3', code: 'source_unavailable', failures: 0 },
      ];
      await submit(under.workflows.family, 'family:p', { key: 'p', children });
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
      await submit(under.workflows.family, 'family:q', {
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
      await submit(under.workflows.family, 'family:r', { key: 'r', children });
      await until('r1 tried');
      await jobs.cancel('family:r');
      expect((await jobs.show('family:r:r1')).status).toBe('cancelled');
      openGate(under.stage, 'r1');
      await jobs.retry('family:r');
      await reaches('family:r', 'done');
    });
  });

  describe('queues', () => {
    it('run no more jobs at a time than their limit', async () => {
      const { submit, jobs } = await engine();
      const keys = ['s1', 's2', 's3', 's4', 's5'];
      for (const key of keys) await submit(under.workflows.crowd, `crowd:${key}`, { key, gate: 's' });
      await until('s2 in');
      const { jobs: queued } = await jobs.list({ status: ['queued'], kind: ['crowd'] });
      expect(queued.map(({ id }) => id)).toEqual(['crowd:s5', 'crowd:s4', 'crowd:s3']);
      openGate(under.stage, 's');
      for (const key of keys) await reaches(`crowd:${key}`, 'done');
      let inside = 0;
      let most = 0;
      for (const effect of effects(under.stage).filter((found) => /^s\d (in|out)$/.test(found))) {
        inside += effect.endsWith('in') ? 1 : -1;
        most = Math.max(most, inside);
      }
      expect(most).toBe(2);
    });
  });

  describe('places of a share', () => {
    it('are its own: messages that wait for one who does not answer hold up nobody else, and are told when he does', async () => {
      await stop();
      await open({
        workflows: Object.values(under.workflows),
        limits: { notices: { perProcess: 2 } },
      });
      const { submit, result, jobs } = under.running!.engine;
      const count = 5;
      const idOf = (to: string, n: number) => `message:${to}:${n}`;
      const send = (to: string, n: number) => submit(under.workflows.message, idOf(to, n), { to, n });
      for (let n = 0; n < count; n++) await send('dead', n);
      await until('message 1 to dead begins');
      openGate(under.stage, 'alive');
      for (let n = 0; n < 3; n++) await send('alive', n);
      for (let n = 0; n < 3; n++) await result(idOf('alive', n));
      expect(effects(under.stage).filter((effect) => effect.endsWith('to dead done'))).toEqual([]);

      // A retry goes back to the share, which the engine forgets at a cancel.
      await jobs.cancel(idOf('dead', 1));
      await jobs.retry(idOf('dead', 1));
      openGate(under.stage, 'dead');
      for (let n = 0; n < count; n++) await result(idOf('dead', n));
      await stop();
    });
  });

  describe('turns', () => {
    /** Fills both places of the queue, so that what comes then waits; answers how to let it go. */
    async function busy(name: string) {
      const { submit, result } = await engine();
      const blockers = [1, 2].map((n) => ({ group: `${name} blocker `, n, gate: name }));
      for (const input of blockers) await submit(under.workflows.turn, `turn:${input.group}${input.n}`, input);
      for (const { group, n } of blockers) await until(`turn ${group}${n}`);
      return async (ids: readonly string[]) => {
        openGate(under.stage, name);
        for (const id of ids) await result(id);
      };
    }
    const order = (group: RegExp) => effects(under.stage).filter((effect) => group.test(effect));

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
        await Promise.all(waiting.map((input) => submit(under.workflows.turn, idOf(input), input)));
      else for (const input of waiting) await submit(under.workflows.turn, idOf(input), input);
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
          await submit(under.workflows.turn, ids.at(-1)!, { group: urgency, n }, { urgency });
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

    it('go on beginning jobs when the clock is put back by an hour', async () => {
      const { submit, feed } = await engine();
      const seen: string[] = [];
      const unsubscribe = feed.subscribe(({ id, status }) => seen.push(`${id} ${status}`));
      await submit(under.workflows.crowd, 'crowd:back', { key: 'back', gate: 'back' });
      await until('back in');
      const clock = Date.now.bind(Date);
      const back = vi.spyOn(Date, 'now').mockImplementation(() => clock() - 3_600_000);
      try {
        await submit(under.workflows.chain, 'chain:back', { key: 'back', steps: 1 });
        openGate(under.stage, 'back');
        await expect
          .poll(() => seen, { timeout: 30_000 })
          .toEqual(expect.arrayContaining(['chain:back done', 'crowd:back done']));
      } finally {
        back.mockRestore();
        unsubscribe();
      }
    });
  });
}
