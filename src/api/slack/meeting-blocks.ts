import type { ScheduledClass } from '../../domain/schedule.js';
import { isZoomStatus } from '../../domain/recording-status.js';
import type { IntakeRules } from '../../intake/decide-ingest.js';
import { matchSchedule } from '../../intake/match-schedule.js';
import type { CatalogIngest } from '../../status/recording-progress.js';
import type { CatalogRecording } from '../../status/recording-views.js';
import { showMeetingNumber } from './meeting-number.js';
import { hasFailed, statusWords, zoomWords } from './status-words.js';

/** A block of Slack's Block Kit. */
export type Block = Readonly<Record<string, unknown>>;

/** What is known of a meeting, and the rules that it is shown by. */
export interface MeetingFacts {
  readonly meetingId: string;
  /** oldest first */
  readonly recordings: readonly CatalogRecording[];
  readonly classes: readonly ScheduledClass[];
  readonly rules: Pick<IntakeRules, 'timeZone' | 'bufferMinutes' | 'defaultSeriesId'>;
  /** the installation that answers, for people who have several */
  readonly source: string;
}

/** Which recordings of a meeting a message shows. */
export interface MeetingPage {
  /** of the newest recording when the meeting was first asked for: what is newer does not push the others on */
  readonly newestStartTime: string | undefined;
  readonly startIndex: number;
  readonly count: number;
}

/** Recordings that are shown at first, and more with each press of the button. */
export const pageSize = 2;
/** Recordings of one message; after those a new one begins. */
export const messageSize = 6;
/** characters of a header and of a section (Block Kit) */
const headerLimit = 150;
const sectionLimit = 3000;
const buttonsLimit = 4;

export function meetingBlocks(facts: MeetingFacts, page: MeetingPage): Block[] {
  const newestFirst = facts.recordings
    .filter(({ ingests }) => ingests.length > 0)
    .filter(({ recording }) => page.newestStartTime === undefined || recording.startTime <= page.newestStartTime)
    .reverse();
  const shown = newestFirst.slice(page.startIndex, page.startIndex + page.count);
  const head = page.startIndex === 0 ? headBlocks(facts) : [];
  if (newestFirst.length === 0) return [...head, divider, section('No recent recordings found.')];
  const isPaged = page.newestStartTime !== undefined;
  const end = page.startIndex + shown.length;
  if (end >= newestFirst.length)
    return [...head, ...bodyBlocks(facts, shown), ...(isPaged ? [divider, section('End of results.')] : [])];
  const value: PageValue = {
    ...{ version: 1, mid: Number(facts.meetingId), start_index: page.startIndex, count: shown.length },
    newest_start_time: page.newestStartTime ?? newestFirst[0]?.recording.startTime ?? '',
  };
  const left = newestFirst.length - end;
  const more = button(`Next ${Math.min(pageSize, left)} of ${left} more`, 'more_results', value);
  return [...head, ...bodyBlocks(facts, shown), divider, { type: 'actions', elements: [more] }];
}

/** What the button for more carries. */
export interface PageValue {
  readonly version: number;
  readonly mid: number;
  readonly newest_start_time: string;
  readonly count: number;
  readonly start_index: number;
}

function headBlocks({ meetingId, recordings, classes, source, rules }: MeetingFacts): Block[] {
  const number = showMeetingNumber(meetingId);
  const course = classes[0]?.courseCode;
  const topic = recordings.at(-1)?.recording.topic;
  const title = topic || (course ? `${course} Zoom Meeting` : `Zoom Meeting ${number}`);
  const series = [...new Set(classes.map(({ seriesId }) => seriesId))].join(', ');
  const scheduled = classes.map(
    ({ courseCode, title: name, day, time }) =>
      `:calendar: ${courseCode} ${name} on ${dayNames[day]} at ${clock(time)}`,
  );
  const { defaultSeriesId } = rules;
  const otherwise =
    defaultSeriesId === undefined ? 'are not ingested by themselves' : `go into the default series ${defaultSeriesId}`;
  const none = `:warning: This meeting is not in the class schedule: its recordings ${otherwise}.`;
  return [
    { type: 'header', text: { type: 'plain_text', text: cut(title, headerLimit) } },
    { type: 'context', elements: [markdown(`Source: ${source}, times of ${rules.timeZone}`)] },
    section(`*Zoom meeting:* ${number}  *Opencast series:* ${escaped(series || 'none')}`),
    section(escaped(scheduled.length === 0 ? none : scheduled.join('\n'))),
  ];
}

function bodyBlocks(facts: MeetingFacts, shown: readonly CatalogRecording[]): Block[] {
  return shown.flatMap((each) => [divider, ...recordingBlocks(facts, each)]);
}

function recordingBlocks({ recordings, classes, rules }: MeetingFacts, each: CatalogRecording): Block[] {
  const { recording, ingests } = each;
  const others = recordings.map((other) => other.recording);
  const found = matchSchedule(recording, others, classes, rules);
  const start = section(`:movie_camera: *Recording of ${localTime(recording.startTime, rules.timeZone)}*`);
  const inZoom = zoomWords(ingests);
  if (inZoom !== undefined) return [start, section(`*Status:* ${inZoom}`)];
  const lines = [...ingests].reverse().map((ingest) => ingestText(ingest, found !== undefined, rules.timeZone));
  const link = `https://zoom.us/recording/management/detail?meeting_id=${encodeURIComponent(recording.uuid)}`;
  const ready = ingests.some(({ status }) => !isZoomStatus(status));
  const buttons = recordingButtons(each, found, classes);
  return [
    start,
    // In one: a message has 50 blocks at most, and a recording may have been asked for any number of times.
    section(lines.join('\n')),
    ...(ready ? [section(`<${link}|View in Zoom>`)] : []),
    ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
  ];
}

function ingestText(ingest: CatalogIngest, isScheduled: boolean, timeZone: string): string {
  const { origin, requestedAt, updatedAt, seriesId } = ingest;
  const asked = requestedAt ? localTime(requestedAt.toISOString(), timeZone) : '[unknown]';
  const label = origin === 'on_demand' ? 'On-demand ingest' : 'Automated ingest';
  const updated = localTime(updatedAt.toISOString(), timeZone);
  return [
    `*${label}*, requested ${asked}`,
    `> *Status:* ${escaped(statusWords(ingest, isScheduled))} (updated ${updated})`,
    ...(origin === 'on_demand' && seriesId !== undefined ? [`> *Series:* ${escaped(seriesId)}`] : []),
  ].join('\n');
}

/** Going on with what failed, and ingesting what no class was found for: into its class's series, or one of the meeting's others. */
function recordingButtons(
  { recording: { uuid }, presence, ingests }: CatalogRecording,
  found: ScheduledClass | undefined,
  classes: readonly ScheduledClass[],
): Block[] {
  const failures = ingests.filter((ingest) => hasFailed(ingest) && ingest.jobId !== undefined);
  if (failures.length > 0)
    return failures.slice(-1).map(({ jobId }) => button('Retry', 'retry', { version: 1, retry: jobId }));
  const isIgnored = ingests.every(({ status }) => status === 'IGNORED' || status === 'WEBHOOK_FAILED');
  if (!isIgnored || presence !== 'available') return [];
  const series = found
    ? [found.seriesId]
    : [...new Set(classes.map(({ seriesId }) => seriesId))].slice(0, buttonsLimit);
  return series.map((id, index) =>
    button(`Ingest into ${id}`, `ingest_${index}`, { version: 1, ingest: uuid, series: id }),
  );
}

const dayNames = {
  ...{ M: 'Mondays', T: 'Tuesdays', W: 'Wednesdays', R: 'Thursdays' },
  ...{ F: 'Fridays', S: 'Saturdays', U: 'Sundays' },
} as const;

/** `14:05` as `2:05PM` */
function clock(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return `${hours % 12 || 12}:${String(minutes).padStart(2, '0')}${hours < 12 ? 'AM' : 'PM'}`;
}

function localTime(iso: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}

const divider: Block = { type: 'divider' };

function section(text: string): Block {
  return { type: 'section', text: markdown(cut(text, sectionLimit)) };
}

function markdown(text: string): Block {
  return { type: 'mrkdwn', text };
}

function button(text: string, action: string, value: object): Block {
  return {
    type: 'button',
    text: { type: 'plain_text', text: cut(text, 75) },
    action_id: action,
    value: JSON.stringify(value),
  };
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Slack's three control characters. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
