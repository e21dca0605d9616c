import { describe, expect, it } from 'vitest';
import type { Failure } from '../../domain/failure.js';
import { readCsvTimetable } from './csv-timetable.js';
import { readJsonTimetable } from './json-timetable.js';

const header = 'Course Code,Type,Day,Start,Meeting ID with Password,OC Series,Producer';
const zoom = 'https://harvard.zoom.us/j/93812345678?pwd=x';
const series = 'https://opencast.example.edu/admin/index.html#/2021/01/12345';
const read = (...rows: string[]) => readCsvTimetable([header, ...rows].join('\n'), 'fall.csv');
const reasons = (...rows: string[]) => read(...rows).problems.map(({ line, reason }) => `${line}: ${reason}`);

function refusal(attempt: () => unknown): Failure {
  try {
    attempt();
  } catch (error) {
    return error as Failure;
  }
  throw new Error('was not refused');
}

describe('a timetable in CSV', () => {
  it('has a class for each day of a row', () => {
    const { classes, problems } = read(`HIST E-1,lecture,"M, W",9:05,${zoom},${series},someone`);
    const facts = { meetingId: '93812345678', seriesId: '20210112345', courseCode: 'HIST E-1', title: 'Lecture' };
    expect(classes).toEqual([
      { ...facts, day: 'M', time: '09:05' },
      { ...facts, day: 'W', time: '09:05' },
    ]);
    expect(problems).toEqual([]);
  });

  it('may have several courses for one meeting', () => {
    const other = series.replace('12345', '99999');
    const { classes } = read(`A,Lecture,M,09:00,${zoom},${series}`, `B,SECTION meeting,T,14:00,${zoom},${other}`);
    expect(classes.map(({ courseCode, seriesId, title }) => [courseCode, seriesId, title])).toEqual([
      ['A', '20210112345', 'Lecture'],
      ['B', '20210199999', 'Section Meeting'],
    ]);
  });

  it('may say where the recordings of a class go, in a column of its own', () => {
    const rows = [['both'], ['Stream '], [''], ['youtube'], []].map(([publish = ''], index) =>
      [`C${index}`, 'Lecture', 'M', `1${index}:00`, zoom, series, publish].join(','),
    );
    const { classes, problems } = readCsvTimetable(
      [`${header},PUBLISH`.replace('Producer,', ''), ...rows].join('\n'),
      'x',
    );
    expect(classes.map(({ courseCode, publish }) => [courseCode, publish])).toEqual([
      ['C0', 'both'],
      ['C1', 'stream'],
      ['C2', undefined],
      ['C4', undefined],
    ]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      'C3: publish must be opencast, stream, both or empty; given: "youtube"',
    ]);
    expect(read(rows[0]!).classes).not.toHaveProperty('0.publish');
  });

  it('keeps leading zeros of a meeting, and takes the last of rows that say the same', () => {
    const zero = 'https://zoom.us/j/0123456789';
    const { classes } = read(`A,Lecture,M,09:00,${zero},${series}`, `A2,Lab,M,9:00,${zero},${series}`);
    expect(classes).toMatchObject([{ meetingId: '0123456789', courseCode: 'A2', title: 'Lab' }]);
  });

  it('tells every bad row with its line and reason, and uses the good ones', () => {
    const rows = [
      `A,Lecture,M,09:00,,${series}`,
      `B,Lecture,M,09:00,http://zoom.us/j/93812345678,${series}`,
      `C,Lecture,M,9am,${zoom},${series}`,
      `D,Lecture,M,24:00,${zoom},${series}`,
      `E,Lecture,M,09:00,${zoom},https://opencast.example.edu/`,
      `F,Lecture,X,09:00,${zoom},${series}`,
      `G,Lecture,MX,09:00,${zoom},${series}`,
      `H,Lecture,M,09:00,https://zoom.us/my/room,${series}`,
      'I',
      '',
      ',,,,,,',
      `J,Lecture,F,10:00,${zoom},${series}`,
    ];
    expect(reasons(...rows)).toEqual([
      '2: A: meeting id with password is empty',
      '3: B: meeting id with password must be an https link',
      '4: C: start must be HH:MM; given: "9am"',
      '5: D: start must be HH:MM; given: "24:00"',
      '6: E: oc series must be a link with the series behind #; given: "https://opencast.example.edu/"',
      '7: F: day must hold one of M, T, W, R, F, S, U; given: "X"',
      '8: G: day "X" is none of M, T, W, R, F, S, U',
      '9: H: meeting id with password must end in the meeting\'s number; it ends in "room"',
      '10: I: meeting id with password is empty',
      '10: I: start must be HH:MM; given: ""',
      '10: I: oc series must be a link with the series behind #; given: ""',
      '10: I: day must hold one of M, T, W, R, F, S, U; given: ""',
    ]);
    expect(read(...rows).classes.map(({ courseCode }) => courseCode)).toEqual(['G', 'J']);
  });

  it('counts lines also where a cell has several, and whatever ends them', () => {
    const rows = [header, `"A\nof two lines",Lecture,M,09:00,,${series}`, `B,Lecture,M,09:00,,${series}`];
    for (const end of ['\n', '\r\n'])
      expect(readCsvTimetable(`\uFEFF${rows.join(end)}`, 'x').problems.map(({ line }) => line)).toEqual([2, 4]);
  });

  it('is read with quotes that spreadsheets write, and longer and shorter rows', () => {
    const { classes } = read(
      `"A ""one""",Lecture,M,09:00,${zoom},${series},x,y,z`,
      `B "two",Lecture,T,09:00,${zoom},${series}`,
    );
    expect(classes.map(({ courseCode }) => courseCode)).toEqual(['A "one"', 'B "two"']);
  });

  it('in another coding than UTF-8 is refused by its line: titles would be wrong on screen', () => {
    const text = `${header}\nÉTUDES E-1,Lecture,M,09:00,${zoom},${series}\n`;
    for (const coding of ['latin1', 'utf16le'] as const) {
      const failure = refusal(() => readCsvTimetable(Buffer.from(text, coding).toString('utf8'), 'fall.csv'));
      expect(failure.code).toBe('schedule_invalid');
      expect(failure.message).toContain('fall.csv is not in UTF-8: line 2 has');
    }
    expect(readCsvTimetable(text, 'fall.csv').classes[0]?.courseCode).toBe('ÉTUDES E-1');
  });

  it('without a column it needs is refused, also when it is empty', () => {
    const failure = refusal(() => readCsvTimetable('Course Code,Type,Day,Start\n', 'fall.csv'));
    expect(failure.code).toBe('schedule_invalid');
    expect(failure.message).toContain('fall.csv: Missing required field "meeting id with password", "oc series"');
    expect(refusal(() => readCsvTimetable('', 'fall.csv')).code).toBe('schedule_invalid');
    expect(refusal(() => readCsvTimetable('"', 'fall.csv')).code).toBe('schedule_invalid');
    expect(refusal(() => readCsvTimetable('x'.repeat(17 * 2 ** 20), 'fall.csv')).code).toBe('too_large');
  });
});

describe('a timetable in JSON', () => {
  const item = { zoom_series_id: '93812345678', opencast_series_id: '20210112345', course_code: 'HIST E-1' };
  const event = { day: 'M', time: '9:05', title: 'Lecture' };

  it('is a list of items, or an object of them', () => {
    const list = [{ ...item, events: [event, { ...event, day: 'W' }] }];
    const expected = readCsvTimetable(`${header}\nHIST E-1,lecture,MW,09:05,${zoom},${series}`, 'x').classes;
    expect(readJsonTimetable(JSON.stringify(list), 'x')).toEqual({ classes: expected, problems: [] });
    expect(readJsonTimetable(JSON.stringify({ a: list[0] }), 'x').classes).toEqual(expected);
    const numbers = [{ ...item, zoom_series_id: 93_812_345_678, events: [event] }];
    expect(readJsonTimetable(JSON.stringify(numbers), 'x').classes).toHaveLength(1);
  });

  it('may say where the recordings of an item go', () => {
    const list = ['stream', 'youtube'].map((publish) => ({ ...item, publish, events: [event] }));
    const { classes, problems } = readJsonTimetable(JSON.stringify(list), 'x');
    expect(classes).toMatchObject([{ publish: 'stream' }]);
    expect(problems.map(({ reason }) => reason)).toEqual(['publish: must be one of opencast, stream, both']);
  });

  it("is also read as zoom-recording-ingester's oc-import wrote it, and its example has it", () => {
    const { zoom_series_id, opencast_series_id } = item;
    const older = {
      zoom_series_id,
      opencast_series_id,
      opencast_subject: 'HIST E-1 - section',
      Days: ['T', 'Sa'],
      Time: ['14:30'],
    };
    const facts = { meetingId: item.zoom_series_id, seriesId: item.opencast_series_id, courseCode: 'HIST E-1' };
    expect(readJsonTimetable(JSON.stringify({ [item.zoom_series_id]: older }), 'x')).toEqual({
      classes: ['T', 'S'].map((day) => ({ ...facts, title: 'Section', day, time: '14:30' })),
      problems: [],
    });
    // The half hours after a begin are its allowance for a late one; other times are classes.
    const times = (Time: string[]) =>
      readJsonTimetable(JSON.stringify([{ ...older, opencast_subject: 'HIST E-1', Days: ['M'], Time }]), 'x').classes;
    expect(times(['23:30', '00:00', '00:30'])).toEqual([{ ...facts, title: 'Lecture', day: 'M', time: '23:30' }]);
    expect(times(['9:00', '13:00']).map(({ time }) => time)).toEqual(['09:00', '13:00']);
    const bad = [{ ...older, Days: ['X'] }, { ...older, Days: [] }, { ...older, Time: ['25:00'] }, older];
    expect(
      readJsonTimetable(JSON.stringify(bad), 'x').problems.map(({ line, reason }) => `${line}: ${reason}`),
    ).toEqual([
      '1: Days.0: must be one of M, T, W, R, F, S, U',
      '2: Days: must not be empty',
      '3: Time.0: time must be HH:MM; given: "25:00"',
    ]);
  });

  it('is also the answer that oc-import asked an Opencast for', () => {
    const one = { zoomLink: zoom, seriesId: 20210112345, seriesNumber: 'HIST E-1', day: 'Tues', time: '12:05 PM' };
    const resultSet = [
      one,
      { ...one, day: 'R', time: '12:05 am' },
      { ...one, day: 'THURS', time: '5:30 PM' },
      { ...one, zoomLink: 'http://x/j/1', day: 'Never', time: '17:30' },
      { ...one, seriesId: undefined },
    ];
    const { classes, problems } = readJsonTimetable(JSON.stringify({ helixEvents: { total: 5, resultSet } }), 'x');
    const facts = { meetingId: '93812345678', seriesId: '20210112345', courseCode: 'HIST E-1', title: 'Lecture' };
    expect(classes).toEqual([
      { ...facts, day: 'T', time: '12:05' },
      { ...facts, day: 'R', time: '00:05' },
      { ...facts, day: 'R', time: '17:30' },
    ]);
    expect(problems.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      '4: zoomLink: must be an https link',
      '4: day: must be a weekday; given: "Never"',
      '4: time: must be like 2:30 PM; given: "17:30"',
      expect.stringMatching(/^5: seriesId: /),
    ]);
  });

  it('tells every bad item and event, and uses the good ones', () => {
    const list = [
      null,
      { ...item, zoom_series_id: 'room', events: [] },
      { ...item, events: [{ ...event, day: 'X' }, { ...event, time: '25:00' }, event] },
      { ...item, opencast_series_id: '', events: [event] },
    ];
    const { classes, problems } = readJsonTimetable(JSON.stringify(list), 'x.json');
    expect(classes).toHaveLength(1);
    expect(problems.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      expect.stringMatching(/^1: item: /),
      '2: zoom_series_id: must be the number of a Zoom meeting',
      '3: events.0: day must be one of M, T, W, R, F, S, U',
      '3: events.1: time must be HH:MM; given: "25:00"',
      '4: opencast_series_id: must not be empty',
    ]);
  });

  it.each(['', '{', '7', '"x"', 'null'])('%j is refused', (json) => {
    expect(refusal(() => readJsonTimetable(json, 'x.json')).code).toBe('schedule_invalid');
  });
});
