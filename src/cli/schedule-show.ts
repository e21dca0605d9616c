import { Command } from 'commander';
import type { RecordingPage, RecordingSummary, Schedule } from '../api/contract.js';
import type { ScheduledClass } from '../domain/schedule.js';
import { weekdays } from '../domain/weekday.js';
import {
  isClassWith,
  later,
  meetingWords,
  mondayOf,
  recordingDays,
  today,
  weekOf,
  type MeetingState,
  type Week,
} from '../view/schedule-week.js';
import { withApi, type ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { queryOf } from './list-page.js';
import { date } from './option-values.js';
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
  const schedule = await api.get<Schedule>('/api/schedule');
  const isWanted = (each: ScheduledClass) => isClassWith(each, search ?? '');
  if (week === undefined) {
    const wanted = { ...schedule, classes: schedule.classes.filter(isWanted) };
    return json ? terminal.printJson(wanted) : printClasses(terminal, wanted);
  }
  const now = Date.now();
  const { timeZone } = schedule;
  const monday = mondayOf(week === true ? today(timeZone, now) : week);
  const found = weekOf(schedule, await recordingsOf(api, monday), { monday, now });
  const meetings = found.meetings.filter((meeting) => isWanted(meeting.class));
  // What came outside of the schedule is outside of all of it, not of what was searched for.
  const shown = { ...found, meetings, others: search === undefined ? found.others : [] };
  if (json) return terminal.printJson({ timeZone, ...shown });
  printWeek(terminal, shown, timeZone);
}

/** Of the week, and of the days around it: days are of UTC there. */
async function recordingsOf(api: ApiDoor, monday: string): Promise<readonly RecordingSummary[]> {
  const found: RecordingSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get<RecordingPage>(
      `/api/recordings${queryOf({ ...recordingDays(monday), limit: 500, cursor })}`,
    );
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

type ClassWeek = Week<Schedule['classes'][number], RecordingSummary>;

function printWeek(terminal: Terminal, { monday, meetings, others }: ClassWeek, timeZone: string): void {
  const count = (...states: MeetingState[]) => meetings.filter(({ state }) => states.includes(state)).length;
  const lines = tableLines(meetings, [
    { title: 'DATE', value: (meeting) => `${meeting.class.day} ${meeting.date}` },
    { title: 'TIME', value: (meeting) => meeting.class.time },
    { title: 'COURSE', value: (meeting) => meeting.class.courseCode },
    { title: 'TITLE', value: (meeting) => meeting.class.title },
    { title: 'MEETING', value: (meeting) => meeting.class.meetingId },
    { title: 'STATE', value: ({ state }) => meetingWords[state] },
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
