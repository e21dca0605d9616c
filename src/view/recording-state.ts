import type { RecordingStatus } from '../domain/recording-status.js';

/** How an ingest is, for the eye: each has a colour. */
export type Mood = 'running' | 'done' | 'failed' | 'again' | 'queued';

interface Words {
  readonly text: string;
  readonly mood: Mood;
}

const words: Record<RecordingStatus, Words> = {
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

export function moodOf(status: RecordingStatus): Mood {
  return words[status].mood;
}

/** `OPENCAST_FAILED` and the like in words; what is no status stays as it is. */
export function statusText(what: string): string {
  return Object.hasOwn(words, what) ? words[what as RecordingStatus].text : what;
}

/** What a list is filtered by: statuses that mean the same to whoever looks. */
export const statusGroups = {
  failed: { name: 'failed', statuses: ofMood('failed') },
  work: { name: 'in work', statuses: ofMood('running').filter((status) => !status.startsWith('RECORDING_')) },
  zoom: { name: 'still in Zoom', statuses: statusesOf((status) => status.startsWith('RECORDING_')) },
  ignored: { name: 'not ingested', statuses: ['IGNORED'] },
  done: { name: 'done', statuses: ofMood('done') },
} as const satisfies Record<string, { name: string; statuses: readonly RecordingStatus[] }>;

function ofMood(mood: Mood): readonly RecordingStatus[] {
  return statusesOf((status) => words[status].mood === mood);
}

function statusesOf(wanted: (status: RecordingStatus) => boolean): readonly RecordingStatus[] {
  return (Object.keys(words) as RecordingStatus[]).filter(wanted);
}

interface Known {
  /** oldest first */
  readonly ingests: readonly { readonly status: RecordingStatus }[];
  readonly awaitsSchedule: boolean;
}

/** How a recording is on the whole: the ingest that succeeded says so, else the newest; one that waits for a class says that. */
export function stateOf({ ingests, awaitsSchedule }: Known): Words {
  const decisive = decisiveIngest(ingests);
  if (awaitsSchedule && (!decisive || words[decisive.status].mood !== 'done'))
    return { text: 'no class found', mood: 'again' };
  return decisive ? words[decisive.status] : { text: 'known', mood: 'queued' };
}

/** What says how a recording is on the whole: the ingest that succeeded, else the newest. @param ingests oldest first */
export function decisiveIngest<Ingest extends { readonly status: RecordingStatus }>(
  ingests: readonly Ingest[],
): Ingest | undefined {
  return ingests.find(({ status }) => words[status].mood === 'done') ?? ingests.at(-1);
}
