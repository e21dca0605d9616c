import type { RecordingDetail } from '../api/contract.js';
import { nowWords, takenWords } from '../view/series-words.js';
import { suggestionWords } from '../view/suggestion-words.js';
import { formatBytes, formatDuration, quantities } from './quantity.js';
import { factLines, section } from './sections.js';
import { tableLines } from './table.js';

/** One recording with all there is to know, for people. */
export function recordingLines(recording: RecordingDetail): string[] {
  return [
    ...factLines(factsOf(recording)),
    ...section('classes that it may belong to', suggestionLines(recording)),
    ...section('files', fileLines(recording)),
    ...section('ingests', ingestLines(recording)),
    ...section('in Opencast', opencastLines(recording)),
    ...section('to watch', streamLines(recording)),
    ...section('what happened', timeLines(recording)),
    ...section('what Zoom sent', eventLines(recording)),
  ];
}

function factsOf(recording: RecordingDetail): [string, string][] {
  const { uuid, topic, startTime, durationMinutes, meetingId, hostEmail, files, bytes } = recording;
  const { presence, zoomUrl } = recording;
  return [
    ['recording', uuid],
    ['topic', topic],
    ['started', `${startTime}, ${formatDuration(durationMinutes * 60_000)}`],
    ['meeting', meetingId],
    ...(hostEmail === null ? [] : ([['host', hostEmail]] as [string, string][])),
    ['files', bytes === null ? String(files) : `${files}, ${formatBytes(bytes)}`],
    ['in Zoom', `${presence === 'available' ? 'still there' : presence}: ${zoomUrl}`],
    ...classFacts(recording),
  ];
}

/** What was done, before what would be done now. */
function classFacts(recording: RecordingDetail): [string, string][] {
  const { match, taken } = recording;
  const now = taken.length === 0 ? matchText(match) : nowWords(recording);
  return [
    ...takenWords(recording).map(({ seriesId, begin, course, because }): [string, string] => [
      'series',
      `${begin} ${seriesId}${course === '' ? '' : ` (${course})`}: ${because}.`,
    ]),
    ...(now === undefined ? [] : ([['class', now]] as [string, string][])),
  ];
}

function matchText({ seriesId, title, reason }: RecordingDetail['match']): string {
  if (seriesId === null) return `none: ${reason ?? 'the reason is not known'}`;
  return `${title ?? ''} of series ${seriesId}`.trimStart();
}

function suggestionLines({ suggestions }: RecordingDetail): string[] {
  if (suggestions.length === 0) return [];
  return tableLines(suggestions, [
    { title: 'SERIES', value: ({ class: of }) => of.seriesId },
    { title: 'COURSE', value: ({ class: of }) => of.courseCode },
    { title: 'TITLE', value: ({ class: of }) => of.title },
    { title: 'TIME', value: ({ class: of }) => `${of.day} ${of.time}` },
    { title: 'BECAUSE', value: (suggestion) => suggestionWords(suggestion, quantities) },
  ]);
}

function fileLines({ fileList }: RecordingDetail): string[] {
  if (fileList.length === 0) return [];
  return tableLines(fileList, [
    { title: 'FILE', value: ({ name }) => name },
    { title: 'TYPE', value: ({ fileType, recordingType }) => recordingType ?? fileType },
    {
      title: 'LENGTH',
      value: ({ startsAt, endsAt }) =>
        startsAt === null || endsAt === null ? '-' : formatDuration(Date.parse(endsAt) - Date.parse(startsAt)),
      align: 'right',
    },
    { title: 'IN ZOOM', value: ({ bytes }) => (bytes === null ? '-' : formatBytes(bytes)), align: 'right' },
    {
      title: 'HERE',
      value: ({ stored, status }) => stored?.path ?? (status === 'processing' ? 'Zoom works on it' : '-'),
    },
  ]);
}

function ingestLines({ ingests }: RecordingDetail): string[] {
  if (ingests.length === 0) return [];
  return tableLines(ingests, [
    { title: 'STATUS', value: ({ status }) => status },
    { title: 'ASKED BY', value: ({ origin }) => origin },
    { title: 'SERIES', value: ({ seriesId }) => seriesId ?? '-' },
    { title: 'CHANGED', value: ({ updatedAt }) => updatedAt },
    { title: 'JOB', value: ({ job }) => job ?? '-' },
    { title: 'REASON', value: ({ reason }) => reason ?? '' },
  ]);
}

function opencastLines({ opencast }: RecordingDetail): string[] {
  return opencast.map(({ eventId, workflowId, state }) =>
    [`event ${eventId}`, workflowId === null ? '' : `workflow ${workflowId}`, state ?? 'under way']
      .filter(Boolean)
      .join(', '),
  );
}

function streamLines({ stream }: RecordingDetail): string[] {
  if (stream === null) return [];
  const states = { SUCCEEDED: 'can be watched', FAILED: 'failed' } as const;
  return [
    `${stream.job}: ${stream.state === null ? 'is being packaged' : states[stream.state]}`,
    ...stream.views.flatMap(({ assetId, view, playbackUrls }) => [`${view}: asset ${assetId}`, ...playbackUrls]),
  ];
}

function timeLines({ timeline }: RecordingDetail): string[] {
  return timeline.map(({ at, source, what, detail }) =>
    [at, source.padEnd(7), detail === null ? what : `${what}: ${detail}`].join('  '),
  );
}

function eventLines({ events }: RecordingDetail): string[] {
  return events.map(
    ({ key, event, receivedAt, outcome, failure }) =>
      `${key}  ${event} at ${receivedAt}: ${outcome ?? failure?.message ?? 'waits'}`,
  );
}
