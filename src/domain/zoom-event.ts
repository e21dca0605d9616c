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
  | { readonly kind: 'transcript_completed'; readonly recording: Recording }
  | { readonly kind: 'presence'; readonly presence: RecordingPresence; readonly items: readonly AffectedRecording[] }
  | { readonly kind: 'renamed'; readonly uuid: string; readonly topic: string };

export interface AffectedRecording {
  readonly uuid: string;
  /** The files that it happened to; absent: all. */
  readonly fileIds?: readonly string[];
}
