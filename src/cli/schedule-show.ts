import { Command } from 'commander';
import type { RecordingPage, RecordingSummary, Schedule } from '../api/contract.js';
import { weekdays, type ScheduledClass } from '../domain/schedule.js';
import { withApi, type ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { queryOf } from './list-page.js';
import { date } from './option-values.js';
import { later, mondayOf, weekOf, type Meeting, type Week } from './schedule-week.js';
import { section } from './sections.js';
import { tableLines } from './table.js';
import type { Terminal } from './terminal.js';
import { withExamples } from './with-examples.js';

interface ShowOptions {
  readonly week?: string | true;
  readonly search?: string;
  readonly json?: true;
}

/** `reelway schedule show`: the classes, or a week of them with what came. */
export function showCommand(context: CommandContext): Command {
  return new Command('show')
    .summary('the classes that count, or a week with what came and what is missing')
    .option('--week [date]', 'the week of this date, or this one: which recordings came, which are missing', date)
    .option('--search <text>', 'only classes with this in course, title, meeting or series')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      withExamples(
        'reelway schedule show --json',
        'reelway schedule show --week',
        'reelway schedule show --week 2026-11-23',
      ),
    )
    .action((options: ShowOptions) => withApi(context, (api) => show(context, api, options), { creates: true }));
}

async function show({ terminal }: CommandContext, api: ApiDoor, { week, search, json }: ShowOptions): Promise<void> {
  const all = await api.get<Schedule>('/api/schedule');
  const schedule = { ...all, classes: all.classes.filter((each) => holds(each, search?.toLowerCase() ?? '')) };
  if (week === undefined) return json ? terminal.printJson(schedule) : printClasses(terminal, schedule);
  const now = Date.now();
  const monday = mondayOf(week === true ? undefined : week, schedule.timeZone, now);
  const found = weekOf(schedule, await recordingsOf(api, monday), { monday, now });
  // What came outside of the schedule is outside of all of it, not of what was searched for.
  const shown = search === undefined ? found : { ...found, others: [] };
  if (json) return terminal.printJson({ timeZone: schedule.timeZone, ...shown });
  printWeek(terminal, shown, schedule.timeZone);
}

function holds({ courseCode, title, meetingId, seriesId }: ScheduledClass, wanted: string): boolean {
  return [courseCode, title, meetingId, seriesId].some((text) => text.toLowerCase().includes(wanted));
}

/** Of the week, and of the days around it: days are of UTC there. */
async function recordingsOf(api: ApiDoor, monday: string): Promise<readonly RecordingSummary[]> {
  const range = { from: later(monday, -1), to: later(monday, 7), limit: 500 };
  const found: RecordingSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get<RecordingPage>(`/api/recordings${queryOf({ ...range, cursor })}`);
    found.push(...page.recordings);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

function printClasses(terminal: Terminal, schedule: Schedule): void {
  if (schedule.classes.length === 0) return terminal.say('The schedule has no classes.');
  const order = ({ day, time }: ScheduledClass) => `${weekdays.indexOf(day)} ${time}`;
  const classes = [...schedule.classes].sort((a, b) => order(a).localeCompare(order(b)));
  const lines = tableLines(classes, [
    { title: 'DAY', value: ({ day }) => day },
    { title: 'TIME', value: ({ time }) => time },
    { title: 'MEETING', value: ({ meetingId }) => meetingId },
    { title: 'TITLE', value: ({ title }) => title },
    { title: 'COURSE', value: ({ courseCode }) => courseCode },
    { title: 'SERIES', value: ({ seriesId }) => seriesId },
    { title: 'PUBLISH', value: ({ publish = '-' }) => publish },
    { title: 'SOURCE', value: ({ source }) => source },
  ]);
  for (const line of lines) terminal.print(line);
  terminal.say(`Times are those of ${schedule.timeZone}; ${schedule.bufferMinutes} minutes of tolerance.`);
}

const stateWords = { came: 'came', missing: 'missing', soon: 'not yet', expected: 'expected' } as const;

function printWeek(terminal: Terminal, { monday, meetings, others }: Week, timeZone: string): void {
  const count = (...states: Meeting['state'][]) => meetings.filter(({ state }) => states.includes(state)).length;
  const lines = tableLines(meetings, [
    { title: 'DATE', value: (meeting) => `${meeting.class.day} ${meeting.date}` },
    { title: 'TIME', value: (meeting) => meeting.class.time },
    { title: 'COURSE', value: (meeting) => meeting.class.courseCode },
    { title: 'TITLE', value: (meeting) => meeting.class.title },
    { title: 'MEETING', value: (meeting) => meeting.class.meetingId },
    { title: 'STATE', value: ({ state }) => stateWords[state] },
    { title: 'RECORDING', value: ({ recordings }) => recordings.map(({ uuid }) => uuid).join(', ') },
  ]);
  if (meetings.length > 0) for (const line of lines) terminal.print(line);
  const outside = others.map(
    ({ startTime, meetingId, topic, uuid }) => `${startTime}  ${meetingId}  ${topic}  ${uuid}`,
  );
  for (const line of section('came outside of the schedule', outside)) terminal.print(line);
  terminal.say(
    `${monday} to ${later(monday, 6)}, times of ${timeZone}: ${count('came')} came, ${count('missing')} missing, ${count('soon', 'expected')} expected.`,
  );
}
