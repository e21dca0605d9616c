import type { RecordingSummary } from '../src/api/contract';

type Ingest = RecordingSummary['ingests'][number];
export type IngestStatus = Ingest['status'];

/** How an ingest is, for the eye: the colours of `.status` in the style sheet. */
export type Mood = 'running' | 'done' | 'failed' | 'again' | 'queued';

interface Words {
  readonly text: string;
  readonly mood: Mood;
}

const words: Record<IngestStatus, Words> = {
  RECORDING_IN_PROGRESS: { text: 'Zoom is recording', mood: 'running' },
  RECORDING_PAUSED: { text: 'paused in Zoom', mood: 'queued' },
  RECORDING_STOPPED: { text: 'stopped in Zoom', mood: 'queued' },
  RECORDING_PROCESSING: { text: 'Zoom prepares the files', mood: 'queued' },
  ON_DEMAND_RECEIVED: { text: 'asked for', mood: 'running' },
  WEBHOOK_RECEIVED: { text: 'announced', mood: 'running' },
  WEBHOOK_FAILED: { text: 'announcement not usable', mood: 'failed' },
  IGNORED: { text: 'not ingested', mood: 'queued' },
  SENT_TO_DOWNLOADER: { text: 'about to be fetched', mood: 'running' },
  OC_SERIES_FOUND: { text: 'files are being fetched', mood: 'running' },
  DOWNLOADER_FAILED: { text: 'fetching failed', mood: 'failed' },
  SENT_TO_UPLOADER: { text: 'files are here', mood: 'running' },
  UPLOADER_RECEIVED: { text: 'going to Opencast', mood: 'running' },
  UPLOADER_FAILED: { text: 'Opencast did not take it', mood: 'failed' },
  SENT_TO_OPENCAST: { text: 'Opencast works on it', mood: 'running' },
  OPENCAST_SUCCEEDED: { text: 'in Opencast', mood: 'done' },
  OPENCAST_FAILED: { text: 'failed in Opencast', mood: 'failed' },
  STREAM_SUCCEEDED: { text: 'can be watched', mood: 'done' },
  STREAM_FAILED: { text: 'packaging failed', mood: 'failed' },
};

export function moodOf(status: IngestStatus): Mood {
  return words[status].mood;
}

/** `OPENCAST_FAILED` and the like in words; what is no status stays as it is. */
export function statusText(what: string): string {
  return what in words ? words[what as IngestStatus].text : what;
}

/** What a list is filtered by: statuses that mean the same to whoever looks. */
export const statusGroups = {
  failed: { name: 'failed', statuses: ofMood('failed') },
  work: { name: 'in work', statuses: ofMood('running').filter((status) => !status.startsWith('RECORDING_')) },
  zoom: { name: 'still in Zoom', statuses: statusesOf((status) => status.startsWith('RECORDING_')) },
  ignored: { name: 'not ingested', statuses: ['IGNORED'] },
  done: { name: 'done', statuses: ofMood('done') },
} as const satisfies Record<string, { name: string; statuses: readonly IngestStatus[] }>;

function ofMood(mood: Mood): readonly IngestStatus[] {
  return statusesOf((status) => words[status].mood === mood);
}

function statusesOf(wanted: (status: IngestStatus) => boolean): readonly IngestStatus[] {
  return (Object.keys(words) as IngestStatus[]).filter(wanted);
}

/** How a recording is on the whole: its newest ingest says so; one that waits for a class says that. */
export function stateOf({ ingests, awaitsSchedule }: Pick<RecordingSummary, 'ingests' | 'awaitsSchedule'>): Words {
  const done = ingests.find(({ status }) => words[status].mood === 'done');
  if (done) return words[done.status];
  if (awaitsSchedule) return { text: 'no class found', mood: 'again' };
  const newest = ingests.at(-1);
  return newest ? words[newest.status] : { text: 'known', mood: 'queued' };
}

const fileWords: Readonly<Record<string, string>> = {
  shared_screen: 'Shared screen',
  active_speaker: 'Active speaker',
  gallery_view: 'Gallery',
  shared_screen_with_speaker_view: 'Shared screen with speaker',
  shared_screen_with_gallery_view: 'Shared screen with gallery',
  audio_only: 'Sound only',
  audio_transcript: 'Transcript',
  closed_caption: 'Closed captions',
  chat_file: 'Chat',
  timeline: 'Timeline',
};

export function fileText({ recordingType, fileType }: { recordingType: string | null; fileType: string }): string {
  if (recordingType === null) return fileType;
  return fileWords[recordingType] ?? recordingType.replaceAll('_', ' ');
}

export const dayNames = {
  ...{ M: 'Monday', T: 'Tuesday', W: 'Wednesday', R: 'Thursday', F: 'Friday', S: 'Saturday', U: 'Sunday' },
} as const;
export const weekdays = ['M', 'T', 'W', 'R', 'F', 'S', 'U'] as const;
