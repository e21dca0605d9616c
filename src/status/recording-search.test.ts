import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { explainedTables } from '../../test/support/explained-tables.js';
import { createDataFolder, type TestDataFolder } from '../../test/support/embedded-data-folder.js';
import { createDatabase, type TestDatabase } from '../../test/support/postgres.js';
import { requires } from '../../test/support/requires.js';
import { writeRecordings } from '../../test/support/many-recordings.js';
import { openDatabase, type Database } from './database.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { scheduleTable } from './schedule-table.js';
import { recordingCatalog } from './recording-catalog.js';
import { listRecordings, type RecordingFilter } from './recording-list.js';

const log = pino({ level: 'silent' });
const count = 6000;

const seriesOf = (n: number) => `2026${String(n).padStart(7, '0')}5`;
const meetingOf = (n: number) => String(93_000_000_000 + (n % 500));
const none = { meetingId: '1', seriesId: 'none', day: 'M', time: '09:00', title: 'Section' } as const;
/** 1000 of them, and those that are looked for. */
const classes: ScheduledClass[] = [
  ...Array.from({ length: 500 }, (_, n) => ({ ...none, courseCode: `CHEM ${n + 100}`, meetingId: meetingOf(n) })),
  ...Array.from({ length: 500 }, (_, n) => ({ ...none, courseCode: `BIO ${n + 100}`, seriesId: seriesOf(n) })),
  { ...none, courseCode: 'MATH 55', meetingId: meetingOf(5), seriesId: seriesOf(77) },
  { ...none, courseCode: 'MATH 77', seriesId: seriesOf(77) },
  { ...none, courseCode: 'MATH 77', seriesId: seriesOf(76) },
  { ...none, courseCode: 'ZZ-9', seriesId: seriesOf(78) },
  { ...none, courseCode: 'HIST 1' },
];

describe.each(['embedded', 'server'] as const)('with many recordings in the %s database', (kind) => {
  const runs = kind === 'embedded' || requires('postgres');
  let place: TestDataFolder;
  let server: TestDatabase | undefined;
  let database: Database;
  beforeAll(async () => {
    if (!runs) return;
    place = await createDataFolder();
    server = kind === 'server' ? await createDatabase() : undefined;
    database = await openDatabase({ dataFolder: place.dataFolder, databaseUrl: server?.url, log });
    await writeRecordings(database.pool, count);
    await scheduleTable(database.tables).replace('file:fall.csv', classes);
    await database.pool.query('ANALYZE');
  }, 120_000);
  afterAll(async () => {
    if (!runs) return;
    await database.close();
    await server?.drop();
    await place.remove();
  });

  const found = async (filter: Omit<RecordingFilter, 'limit'>) => {
    const { tables, readWhole } = explainedTables(database.pool);
    const recordings = await listRecordings(tables, { ...filter, limit: 3 });
    // The schedule stays small, and is read whole, rightly.
    expect([...readWhole].filter((table) => table !== 'scheduled_class')).toEqual([]);
    return recordings.map(({ recording }) => recording.uuid);
  };

  const cases: [what: string, filter: Omit<RecordingFilter, 'limit'>, uuids: string[]][] = [
    ['the newest', {}, ['uuid-6000', 'uuid-5999', 'uuid-5998']],
    ['a rare topic, in any case', { search: 'SEMINAR 77 of' }, ['uuid-77']],
    ['a topic that all have', { search: 'lecture' }, ['uuid-6000', 'uuid-5999', 'uuid-5998']],
    ['what nothing holds', { search: 'there is none of this' }, []],
    ['signs of the language of patterns', { search: '100%_\\' }, []],
    ['a part of a series', { search: '260000155' }, ['uuid-155']],
    ['a part of a host', { search: 'host42@' }, ['uuid-5942', 'uuid-5842', 'uuid-5742']],
    ['the beginning of a word of two letters', { search: 'Zw' }, ['uuid-500']],
    ['a uuid', { search: 'uuid-1234' }, ['uuid-1234']],
    [
      'a course by its code: those of its series, and of its meeting',
      { search: 'math 55' },
      ['uuid-5505', 'uuid-5005', 'uuid-4505'],
    ],
    ['a course that has a series and no meeting here', { search: 'Math 77' }, ['uuid-77', 'uuid-76']],
    ['a course with the title of its classes', { search: 'MATH 77 sec' }, ['uuid-77', 'uuid-76']],
    ['a course that nothing came of', { search: 'hist 1' }, []],
    ['a course of two letters', { search: 'Zz' }, ['uuid-78']],
    ['a title that all classes have', { search: 'section' }, ['uuid-6000', 'uuid-5999', 'uuid-5998']],
    ['a status that few have', { status: ['OPENCAST_FAILED'] }, ['uuid-5000']],
    ['a status that most have', { status: ['OPENCAST_SUCCEEDED'] }, ['uuid-6000', 'uuid-5999', 'uuid-5998']],
  ];
  it.runIf(runs).each(cases)('%s is found without reading a table from end to end', async (_, filter, uuids) => {
    expect(await found(filter)).toEqual(uuids);
  });

  it.runIf(runs)('how far a meeting is, and what changed lately, is read through indexes', async () => {
    const { tables, readWhole } = explainedTables(database.pool);
    const views = recordingCatalog(tables);
    const meeting = await views.progressOfMeeting('93000000007');
    expect(meeting.map(({ uuid }) => uuid)).toEqual(Array.from({ length: 12 }, (_, n) => `uuid-${n * 500 + 7}`));
    expect(meeting.at(-1)).toMatchObject({
      topic: 'Lecture and seminar 5507 of the course',
      ingests: [{ status: 'OPENCAST_SUCCEEDED' }],
    });
    expect(meeting[0]!.playbackUrls).toEqual(['https://play/uuid-7']);
    expect(await views.justBefore({ meetingId: '93000000007', startTime: meeting[1]!.startTime })).toEqual([]);
    await database.pool.query(`UPDATE reelway.ingest SET updated_at = 1800000000000 WHERE uuid = 'uuid-77'`);
    expect(await views.progressSince(1_799_999_999_000)).toMatchObject([
      { uuid: 'uuid-77', topic: 'Lecture and seminar 77 of the course' },
    ]);
    expect([...readWhole]).toEqual([]);
  });

  it.runIf(runs)('a series is found as soon as an ingest has it, and the one before stays findable', async () => {
    const catalog = recordingCatalog(database.tables);
    await catalog.openIngest({ trackingId: 'late', uuid: 'uuid-9', origin: 'on_demand' }, 'ON_DEMAND_RECEIVED', {
      seriesId: 'LateSeries',
    });
    expect(await found({ search: 'lateseries' })).toEqual(['uuid-9']);
    await catalog.setStatus('late', 'SENT_TO_DOWNLOADER', { seriesId: 'OtherSeries' });
    expect(await found({ search: 'otherseries' })).toEqual(['uuid-9']);
    expect(await found({ search: 'lateseries' })).toEqual(['uuid-9']);
  });
});
