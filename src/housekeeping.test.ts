import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { createDataFolder } from '../test/support/embedded-data-folder.js';
import { startHousekeeping } from './housekeeping.js';
import { openEngine } from './workflow/engine-fixture.case.js';

const config = {
  ...{ REELWAY_KEEP_JOBS: 90, REELWAY_KEEP_FAILED_JOBS: 365, REELWAY_KEEP_EVENTS: 90 },
  ZOOM_TRASH_AFTER_DAYS: undefined,
};

it('is done by who works, not by who only looks: their turn is left to who can end it', async () => {
  const folder = await createDataFolder();
  onTestFinished(() => folder.remove());
  const { database, engine, close } = await openEngine({ dataFolder: folder.dataFolder, workflows: [] });
  onTestFinished(close);
  const tidied: string[] = [];
  const start = (name: string, idle: boolean) =>
    startHousekeeping({
      ...{ config, database, engine, idle, events: undefined, lookMs: 20, log: pino({ level: 'silent' }) },
      // What cannot be done keeps nothing else from being done.
      daily: [() => Promise.reject(new Error('not allowed')), () => Promise.resolve(void tidied.push(name))],
    });
  const looking = start('looking', true);
  await sleep(300);
  expect(await database.tables.selectFrom('upkeep').selectAll().execute()).toEqual([]);
  const working = start('working', false);
  await expect.poll(() => tidied).toEqual(['working']);
  await Promise.all([looking.stop(), working.stop()]);
});
