import type { Recording, RecordingPresence, RecordingStateEvent } from './recording.js';

/** Something that Zoom told us about recordings. */
export type ZoomEvent = ZoomNews & {
  readonly accountId: string;
  /** milliseconds since 1970, by Zoom's clock */
  readonly at: number;
};

type ZoomNews =
  /** Recording started, paused, resumed or stopped; the recording has no files yet. */
  | { readonly kind: 'state'; readonly state: RecordingStateEvent['kind']; readonly recording: Recording }
  /** A meeting or webinar ended; most were not recorded. */
  | { readonly kind: 'ended'; readonly uuid: string }
  /** Files are ready; a meeting may have several such events. */
  | { readonly kind: 'completed'; readonly recording: Recording }
  /** Files are said to be ready, and what is told of them cannot be used. */
  | { readonly kind: 'unusable'; readonly recording: Recording; readonly reason: string }
  /** `hasStart`: Zoom says when the meeting began; otherwise the recording's start is the time of the event. */
  | { readonly kind: 'transcript_completed'; readonly recording: Recording; readonly hasStart: boolean }
  | { readonly kind: 'presence'; readonly presence: RecordingPresence; readonly items: readonly AffectedRecording[] }
  | { readonly kind: 'renamed'; readonly uuid: string; readonly topic: string };

export interface AffectedRecording {
  readonly uuid: string;
  /** The files that it happened to; absent: all. */
  readonly fileIds?: readonly string[];
}

/** Events of Zoom that are counted by name, those that ask for nothing too; all others count as one. */
export const countedZoomEvents = [
  'meeting.started',
  'meeting.ended',
  'webinar.started',
  'webinar.ended',
  'recording.started',
  'recording.paused',
  'recording.resumed',
  'recording.stopped',
  'recording.completed',
  'recording.transcript_completed',
  'recording.renamed',
  'recording.trashed',
  'recording.deleted',
  'recording.recovered',
  'recording.batch_trashed',
  'recording.batch_deleted',
  'recording.batch_recovered',
  'endpoint.url_validation',
  'other',
] as const;
export type CountedZoomEvent = (typeof countedZoomEvents)[number];

/** @param body of a webhook */
export function countedZoomEvent(body: unknown): CountedZoomEvent {
  const name = typeof body === 'object' && body !== null && 'event' in body ? body.event : undefined;
  return countedZoomEvents.find((each) => each === name) ?? 'other';
}
