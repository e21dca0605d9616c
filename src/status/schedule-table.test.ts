import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedDatabase, serverDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { scheduleTable, type ScheduleTable } from './schedule-table.js';

describe('the schedule on the embedded database', () => scheduleContract(embeddedDatabase));
describe.runIf(requires('postgres'))('the schedule on a PostgreSQL server', () => scheduleContract(serverDatabase));

function scheduleContract(open: () => Promise<OpenedDatabase>): void {
  let opened: OpenedDatabase;
  let schedule: ScheduleTable;
  beforeAll(async () => {
    opened = await open();
    schedule = scheduleTable(opened.database.tables);
  });
  afterAll(() => opened.remove());

  const monday: ScheduledClass = {
    ...{ meetingId: '1', seriesId: 's1', courseCode: 'A', day: 'M', time: '09:00', title: 'Lecture' },
  };
  const tuesday = { ...monday, day: 'T' } as const;
  const friday = { ...monday, day: 'F', meetingId: '2' } as const;

  it('is replaced source by source: what is no longer there is gone', async () => {
    expect(await schedule.replace('file:a', [monday, tuesday, monday])).toMatchObject({ added: [monday, tuesday] });
    await schedule.replace('file:b', [friday]);
    const renamed = { ...tuesday, title: 'Section', publish: 'stream' } as const;
    const difference = {
      ...{ added: [friday], removed: [monday], unchanged: 0 },
      changed: [{ before: tuesday, after: renamed }],
    };
    expect(await schedule.compare('file:a', [renamed, friday])).toEqual(difference);
    expect(await schedule.classes()).toEqual([monday, tuesday, friday]);
    expect(await schedule.replace('file:a', [renamed, friday])).toEqual(difference);
    expect(await schedule.replace('file:a', [renamed, friday])).toMatchObject({ added: [], removed: [], unchanged: 2 });
    expect(await schedule.classes()).toEqual([renamed, friday, friday]);
    expect(await schedule.classes('1')).toEqual([renamed]);
  });

  it('is not emptied by a source that has suddenly nothing, unless that is meant', async () => {
    await schedule.replace('sheets', [monday]);
    await expect(schedule.replace('sheets', [])).rejects.toMatchObject({ code: 'schedule_invalid' });
    expect((await schedule.compare('sheets', [])).removed).toEqual([monday]);
    expect(await schedule.replace('sheets', [], { mayEmpty: true })).toMatchObject({ removed: [monday] });
    expect(await schedule.replace('sheets', [])).toMatchObject({ removed: [] });
  });

  it('is one or the other when two replace it at the same time', async () => {
    const many = (seriesId: string) =>
      Array.from({ length: 1500 }, (_, n) => ({ ...monday, seriesId, meetingId: String(n) }));
    await Promise.all([schedule.replace('sheets', many('x')), schedule.replace('sheets', many('y'))]);
    const found = (await schedule.classes()).filter(({ seriesId }) => ['x', 'y'].includes(seriesId));
    expect(found).toHaveLength(1500);
    expect(new Set(found.map(({ seriesId }) => seriesId)).size).toBe(1);
  });
}
