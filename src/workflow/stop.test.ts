import { setTimeout as sleep } from 'node:timers/promises';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createDataFolder } from '../../test/support/embedded-data-folder.js';
import { defineWorkflow } from './definition.js';
import { openEngine, type OpenOptions } from './engine-fixture.case.js';
import { noMeter } from './engine-meter.js';

let place: Awaited<ReturnType<typeof createDataFolder>>;
beforeEach(async () => {
  place = await createDataFolder();
  ends = [];
  breaking = [];
});
afterEach(() => place.remove());

let ends: string[];
const meter = { ...noMeter, jobEnded: (kind: string, status: string) => void ends.push(`${kind} ${status}`) };

/** Of each run that is between its two steps, what breaks it there. */
let breaking: (() => void)[];
let goesOn = false;
/** milliseconds; a stop takes a tenth of that */
const longerThanAStop = 1500;
const between = defineWorkflow({
  ...{ name: 'between', queue: 'assets' as const, input: z.object({}), title: () => 'between two steps' },
  async run(_, job) {
    const first = await job.step('first', () => Promise.resolve(1));
    // As in the engine, on the way from one step to the next: what it needs is not there any more.
    if (!goesOn) await new Promise((_resolve, reject) => breaking.push(() => reject(new TypeError('is undefined'))));
    return job.step('second', () => Promise.resolve(first + 1));
  },
});
const open = (options: Pick<OpenOptions, 'makeIndexes'> = {}) =>
  openEngine({ ...place, workflows: [between], meter, ...options });

async function breakAll(): Promise<void> {
  for (const breaks of breaking) breaks();
  await sleep(100);
}

async function begun() {
  const opened = await open();
  await opened.engine.submit(between, 'between', {});
  await expect.poll(() => breaking).toHaveLength(1);
  return opened;
}

async function goesOnWithNextStart(): Promise<void> {
  expect(ends).toEqual([]);
  goesOn = true;
  const next = await open();
  expect(await next.engine.result('between')).toBe(2);
  expect(ends).toEqual(['between done']);
  await next.close();
  goesOn = false;
}

it('a job that breaks because the process stops has not failed, and goes on with the next start', async () => {
  const stopped = await begun();
  await stopped.close();
  await breakAll();
  await goesOnWithNextStart();
});

it('a job that an engine took up which then could not start has not failed, and goes on with the next start', async () => {
  const stopped = await begun();
  await stopped.close();
  async function crash(): Promise<void> {
    await expect.poll(() => breaking).toHaveLength(2);
    throw new Error('the database has crashed');
  }
  await expect(open({ makeIndexes: crash })).rejects.toThrow('crashed');
  await breakAll();
  await goesOnWithNextStart();
});

it('a step that is on its way to its action when the process stops has not failed, and is taken with the next start', async () => {
  goesOn = true;
  const opened = await open();
  const { systemDatabase } = DBOSExecutor.globalInstance!;
  const asked = systemDatabase.checkIfCanceled.bind(systemDatabase);
  let onTheWay = false;
  systemDatabase.checkIfCanceled = async (id) => {
    onTheWay = true;
    await sleep(longerThanAStop);
    return asked(id);
  };
  await opened.engine.submit(between, 'between', {});
  await expect.poll(() => onTheWay).toBe(true);
  await opened.engine.stop();
  await sleep(longerThanAStop);
  await opened.database.close();
  await goesOnWithNextStart();
});
