import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createDataFolder } from '../../test/support/embedded-data-folder.js';
import { defineWorkflow } from './definition.js';
import { openEngine } from './engine-fixture.case.js';
import { noMeter } from './engine-meter.js';

it('a job that breaks because the process stops has not failed, and goes on with the next start', async () => {
  const place = await createDataFolder();
  const ends: string[] = [];
  const meter = { ...noMeter, jobEnded: (kind: string, status: string) => void ends.push(`${kind} ${status}`) };
  let taken: (() => void) | undefined;
  const between = defineWorkflow({
    ...{ name: 'between', queue: 'assets' as const, input: z.object({}), title: () => 'between two steps' },
    async run(_, job) {
      const first = await job.step('first', () => Promise.resolve(1));
      // As in the engine, on the way from one step to the next: what it needs is not there any more.
      if (taken === undefined)
        await new Promise((_resolve, reject) => (taken = () => reject(new TypeError('is undefined'))));
      return job.step('second', () => Promise.resolve(first + 1));
    },
  });
  const open = () => openEngine({ ...place, workflows: [between], meter });

  const stopped = await open();
  await stopped.engine.submit(between, 'between', {});
  await expect.poll(() => taken).toBeDefined();
  await stopped.close();
  taken?.();
  await sleep(100);
  expect(ends).toEqual([]);

  const next = await open();
  expect(await next.engine.result('between')).toBe(2);
  expect(ends).toEqual(['between done']);
  await next.close();
  await place.remove();
});
