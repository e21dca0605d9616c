import type { RecordingDetail } from '../src/api/contract';
import { moodOf } from './ingest-words';

type Taken = RecordingDetail['taken'][number];

const because: Record<Taken['because'], string> = {
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
export function takenWords({ taken, ingests }: Pick<RecordingDetail, 'taken' | 'ingests'>): readonly SeriesWords[] {
  const newest = new Map(taken.map((each) => [each.seriesId, each]));
  return [...newest.values()].map((each) => ({
    seriesId: each.seriesId,
    begin: beginOf(ingests.find(({ trackingId }) => trackingId === each.trackingId)),
    course: [each.courseCode, each.title].filter((text) => text !== null && text !== '').join(' '),
    because: because[each.because],
  }));
}

function beginOf(ingest: RecordingDetail['ingests'][number] | undefined): string {
  if (!ingest || ingest.status === 'IGNORED') return 'It was meant for series';
  const begins = { done: 'It went into series', running: 'It goes into series' } as const;
  const mood = moodOf(ingest.status);
  return mood === 'done' || mood === 'running' ? begins[mood] : 'It was to go into series';
}

/** What would be decided now, where that is not what was done; the present schedule knows nothing of old recordings. */
export function nowWords({ match, taken }: Pick<RecordingDetail, 'match' | 'taken'>): string | undefined {
  if (taken.some(({ seriesId }) => seriesId === match.seriesId)) return undefined;
  if (match.seriesId === null) return `By itself it would not be ingested now: ${reasonText(match.reason)}`;
  return `As the schedule is now, it would go into series ${match.seriesId}.`;
}

export function reasonText(reason: string | null): string {
  if (reason === 'No opencast series match') return 'the schedule has no class of this meeting at that time.';
  if (reason === 'No mp4 files') return 'it has nothing to see or to hear.';
  return reason ?? 'the reason is not known.';
}
