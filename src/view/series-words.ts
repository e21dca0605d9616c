import type { RecordingStatus } from '../domain/recording-status.js';
import type { SeriesReason } from '../intake/explain-series.js';
import { moodOf } from './recording-state.js';

/** What is known of the series of a recording, as `/api/recordings/{uuid}` says it. */
export interface SeriesOfRecording {
  /** Ingests that have a series, oldest first. */
  readonly taken: readonly {
    readonly trackingId: string;
    readonly seriesId: string;
    readonly because: SeriesReason;
    readonly courseCode: string | null;
    readonly title: string | null;
  }[];
  readonly ingests: readonly { readonly trackingId: string; readonly status: RecordingStatus }[];
  /** What would be decided now. */
  readonly match: { readonly seriesId: string | null; readonly reason: string | null };
}

const because: Record<SeriesReason, string> = {
  class: 'it is that of its class',
  asked: 'somebody asked for it',
  default: 'no class was found, and this is the default series',
  'earlier-schedule': 'the schedule had its class at that time',
};

/** A series that a recording was taken for. */
export interface SeriesWords {
  readonly seriesId: string;
  readonly begin: string;
  readonly course: string;
  readonly because: string;
}

/** Which series it was taken for and why: of each series the newest ingest tells. */
export function takenWords({ taken, ingests }: Pick<SeriesOfRecording, 'taken' | 'ingests'>): readonly SeriesWords[] {
  const newest = new Map(taken.map((each) => [each.seriesId, each]));
  return [...newest.values()].map((each) => ({
    seriesId: each.seriesId,
    begin: beginOf(ingests.find(({ trackingId }) => trackingId === each.trackingId)),
    course: [each.courseCode, each.title].filter((text) => text !== null && text !== '').join(' '),
    because: because[each.because],
  }));
}

function beginOf(ingest: SeriesOfRecording['ingests'][number] | undefined): string {
  if (!ingest || ingest.status === 'IGNORED') return 'It was meant for series';
  const begins = { done: 'It went into series', running: 'It goes into series' } as const;
  const mood = moodOf(ingest.status);
  return mood === 'done' || mood === 'running' ? begins[mood] : 'It was to go into series';
}

/** What would be decided now, where that is not what was done; the present schedule knows nothing of old recordings. */
export function nowWords({ match, taken }: Pick<SeriesOfRecording, 'match' | 'taken'>): string | undefined {
  if (taken.some(({ seriesId }) => seriesId === match.seriesId)) return undefined;
  if (match.seriesId === null) return `By itself it would not be ingested now: ${reasonText(match.reason)}`;
  return `As the schedule is now, it would go into series ${match.seriesId}.`;
}

/** Why a recording is not ingested, as a sentence. @param reason as the API has it */
export function reasonText(reason: string | null): string {
  if (reason === 'No opencast series match') return 'the schedule has no class of this meeting at that time.';
  if (reason === 'No mp4 files') return 'it has nothing to see or to hear.';
  return reason ?? 'the reason is not known.';
}
