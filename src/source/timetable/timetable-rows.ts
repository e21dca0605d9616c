import { Failure } from '../../domain/failure.js';
import {
  distinctClasses,
  publishTargets,
  type PublishTarget,
  type ReadSchedule,
  type RowProblem,
  type ScheduledClass,
} from '../../domain/schedule.js';
import { weekdays, type Weekday } from '../../domain/weekday.js';

/** A row as it stands in a file or sheet. */
export interface TimetableRow {
  /** from 1 */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Columns by name, in any order, among others that are of no interest. */
const needed = ['course code', 'type', 'day', 'start', 'meeting id with password', 'oc series'] as const;
/** `publish`, which is ours, may be left out as a whole or in rows. */
const columns = [...needed, 'publish'] as const;
type Column = (typeof columns)[number];
type Fields = Readonly<Record<Column, string>>;

/**
 * Reads a timetable: its first row names the columns. A row that cannot be used is reported with its line and the reason, and the others are used.
 * @param source file or sheet, for messages
 * @throws Failure schedule_invalid when a column is missing
 */
export function readTimetable(rows: readonly TimetableRow[], source: string): ReadSchedule {
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [header, ...body] = filled;
  const places = placesOf(header?.cells ?? [], source);
  const classes: ScheduledClass[] = [];
  const problems: RowProblem[] = [];
  for (const { line, cells } of body) {
    const fields = Object.fromEntries(
      columns.map((column) => [column, (cells[places[column]] ?? '').trim()]),
    ) as Fields;
    const read = readRow(fields);
    classes.push(...read.classes);
    problems.push(...read.reasons.map((reason) => ({ source, line, reason: about(fields, reason) })));
  }
  return { classes: distinctClasses(classes), problems };
}

function placesOf(header: readonly string[], source: string): Record<Column, number> {
  const names = header.map((cell) =>
    cell
      .replace(/^\uFEFF/, '')
      .trim()
      .toLowerCase(),
  );
  const places = Object.fromEntries(columns.map((column) => [column, names.indexOf(column)])) as Record<Column, number>;
  const missing = needed.filter((column) => places[column] === -1);
  if (missing.length === 0) return places;
  const given = names.filter((name) => name !== '').join(', ') || 'nothing';
  throw new Failure(
    'schedule_invalid',
    `${source}: Missing required field "${missing.join('", "')}"; the first row has: ${given.slice(0, 500)}.`,
    { details: { source, missing } },
  );
}

function about(fields: Fields, reason: string): string {
  return fields['course code'] === '' ? reason : `${fields['course code']}: ${reason}`;
}

function readRow(fields: Fields): { classes: ScheduledClass[]; reasons: string[] } {
  const meeting = meetingIdOf(fields['meeting id with password']);
  const time = timeOf(fields.start);
  const seriesId = seriesIdOf(fields['oc series']);
  const { days, unknown } = daysOf(fields.day);
  const publish = publishOf(fields.publish);
  const unusable = [
    ...(meeting.reason === undefined ? [] : [`meeting id with password ${meeting.reason}`]),
    ...(time === undefined ? [`start must be HH:MM; given: ${JSON.stringify(fields.start)}`] : []),
    ...(seriesId === ''
      ? [`oc series must be a link with the series behind #; given: ${JSON.stringify(fields['oc series'])}`]
      : []),
    ...(publish === undefined
      ? [`publish must be ${publishTargets.join(', ')} or empty; given: ${JSON.stringify(fields.publish)}`]
      : []),
    ...(days.length === 0 ? [`day must hold one of ${weekdays.join(', ')}; given: ${JSON.stringify(fields.day)}`] : []),
  ];
  if (meeting.id === undefined || time === undefined || unusable.length > 0) return { classes: [], reasons: unusable };
  const { id: meetingId } = meeting;
  const facts = {
    ...{ meetingId, seriesId, courseCode: fields['course code'], title: titleOf(fields.type), time },
    ...(publish !== '' && publish !== undefined && { publish }),
  };
  // The good days of a row with a bad one are used.
  const reasons = unknown.map((letter) => `day ${JSON.stringify(letter)} is none of ${weekdays.join(', ')}`);
  return { classes: days.map((day) => ({ ...facts, day })), reasons };
}

/** The last part of the link's path; leading zeros belong to it. @returns what is wrong with the link, without its name */
export function meetingIdOf(link: string): { id: string; reason?: undefined } | { id?: undefined; reason: string } {
  if (link === '') return { reason: 'is empty' };
  if (!URL.canParse(link) || new URL(link).protocol !== 'https:') return { reason: 'must be an https link' };
  const id = new URL(link).pathname.split('/').at(-1) ?? '';
  if (/^\d{1,20}$/.test(id)) return { id };
  return { reason: `must end in the meeting's number; it ends in ${JSON.stringify(id.slice(0, 50))}` };
}

/** In any case; empty: as the settings say. @returns undefined when it is none of those */
function publishOf(text: string): PublishTarget | '' | undefined {
  const given = text.toLowerCase();
  return given === '' ? '' : publishTargets.find((target) => target === given);
}

/** `9:05` as `09:05`. */
export function timeOf(text: string): string | undefined {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hours === '' || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return `${hours.padStart(2, '0')}:${minutes}`;
}

/** Of a time as `timeOf` gives it: minutes since midnight. */
export function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** `https://opencast.example.edu/engage/ui/index.html#/2021/01/12345` names the series 20210112345. */
function seriesIdOf(link: string): string {
  const at = link.indexOf('#');
  return at === -1
    ? ''
    : link
        .slice(at + 1)
        .replaceAll('/', '')
        .trim();
}

/** `MW`, `T, R`: a letter for each day. */
function daysOf(text: string): { days: Weekday[]; unknown: string[] } {
  const letters = [...new Set(text.replace(/[\s,]/g, ''))];
  const isDay = (letter: string): letter is Weekday => (weekdays as readonly string[]).includes(letter);
  return { days: letters.filter(isDay), unknown: letters.filter((letter) => !isDay(letter)) };
}

/** Every word with a capital: `LECTURE` as `Lecture`. */
export function titleOf(type: string): string {
  const title = type.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1));
  return title === '' ? 'Lecture' : title;
}
