import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { openEngine, openGate } from './engine-fixture.case.js';
import type { EngineUnderTest } from './engine-under-test.case.js';

/** Of several processes on one server. */
export function workersContract(under: EngineUnderTest): void {
  const { engine, open, stop, otherProcess, ended, until, times, reaches } = under;

  describe('several workers', () => {
    /** A worker process with a job whose second step waits for its gate; this process then becomes another worker. */
    async function workerWithJob(key: string): Promise<ChildProcess> {
      await stop();
      const worker = await otherProcess({ chain: { key, steps: 3, gate: 2 } });
      await until(`${key} 2 begins`);
      await open({ workflows: Object.values(under.workflows), lostAfterMs: 1500 });
      return worker;
    }

    it('take over the jobs of one that was killed', async () => {
      const worker = await workerWithJob('w');
      await ended(worker, 'SIGKILL');
      await expect.poll(() => times('w 2 begins'), { timeout: 30_000, interval: 20 }).toBe(2);
      openGate(under.stage, 'w');
      await reaches('chain:w', 'done');
      expect(['w 1 begins', 'w 2 begins', 'w 3 begins'].map(times)).toEqual([1, 2, 1]);
    });

    it('take over from one that is frozen, and its waking does nothing after a checkpoint twice', async () => {
      const worker = await workerWithJob('x');
      worker.kill('SIGSTOP');
      await expect.poll(() => times('x 2 begins'), { timeout: 30_000, interval: 20 }).toBe(2);
      worker.kill('SIGCONT');
      openGate(under.stage, 'x');
      await reaches('chain:x', 'done');
      await ended(worker, 'SIGTERM');
      expect(['x 1 begins', 'x 3 begins', 'x 3 done'].map(times)).toEqual([1, 1, 1]);
    });

    it('start in a process in which a start has failed', async () => {
      await stop();
      const beat = () => Promise.reject(new Error('the database has crashed'));
      await expect(openEngine({ ...under.place, workflows: Object.values(under.workflows), beat })).rejects.toThrow(
        'crashed',
      );
      await (await engine()).submit(under.workflows.chain, 'chain:again', { key: 'again', steps: 1 });
      await reaches('chain:again', 'done');
    });

    it('share the jobs of a queue', async () => {
      await stop();
      const worker = await otherProcess();
      const { submit } = await engine();
      for (const key of ['y1', 'y2', 'y3', 'y4'])
        await submit(under.workflows.crowd, `crowd:${key}`, { key, gate: 'y' });
      // Two at a time in each of two processes.
      for (const key of ['y1', 'y2', 'y3', 'y4']) await until(`${key} in`);
      openGate(under.stage, 'y');
      for (const key of ['y1', 'y2', 'y3', 'y4']) await reaches(`crowd:${key}`, 'done');
      await ended(worker, 'SIGTERM');
    });
  });
}
