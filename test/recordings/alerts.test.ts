import { expect, it } from 'vitest';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';

const minute = 60_000;

it('an operator is told once of what goes wrong, and once when it is over', async () => {
  const stage = await recordingsStage({ LOCAL_TIME_ZONE: 'UTC' });
  const { services } = await startReelway(stage);
  const { watch } = services;
  const told = async (count: number) => {
    await expect.poll(() => stage.notices, { timeout: 20_000 }).toHaveLength(count);
    return stage.notices.at(-1);
  };
  const now = Date.now();
  await watch.look(now);

  stage.opencast.fault = () => ({ kind: 'cut' });
  await watch.look(now + minute);
  await watch.look(now + 5 * minute);
  await watch.look(now + 6 * minute);
  expect(await told(1)).toMatch(/^Alert: Opencast does not answer/);
  stage.opencast.fault = undefined;
  await watch.look(now + 7 * minute);
  expect(await told(2)).toMatch(/^Over: Opencast does not answer/);

  const begin = new Date(now - 5 * 60 * minute);
  const day = 'UMTWRFS'[begin.getUTCDay()]!;
  await services.database.tables
    .insertInto('scheduled_class')
    .values({
      ...{ source: 'file:tests', position: 1, meeting_id: '555666777', series_id: 's', course_code: 'MATH 1' },
      ...{ day: day as 'M', time: begin.toISOString().slice(11, 16), title: 'Lecture' },
    })
    .execute();
  await watch.look(now + 8 * minute);
  await watch.look(now + 9 * minute);
  expect(await told(3)).toMatch(/^Alert: MATH 1 Lecture at .* has no recording/);
  // A day later it still has none: that is no end to tell of.
  await watch.look(now + 20 * 60 * minute);
  const { tables } = services.database;
  expect(
    await tables.selectFrom('alert').select('subject').where('kind', '=', 'class_without_recording').execute(),
  ).toEqual([]);
  await watch.look(now + 21 * 60 * minute);
  expect((await services.engine.jobs.list({ kind: ['tell'], parent: 'any' })).jobs).toHaveLength(3);
});
