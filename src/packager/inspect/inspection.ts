import type { RuleProblem } from '../rules/problem.js';

/** What `inspect` finds out. Times in seconds. */
export interface Inspection {
  /** What the address leads to. */
  readonly kind: 'HLS' | 'DASH' | 'Smooth Streaming' | 'media file';
  readonly tracks: readonly InspectedTrack[];
  /** What is left out of a source, or cannot be read of it. */
  readonly notes: readonly string[];
  readonly problems: readonly RuleProblem[];
}

export interface InspectedTrack {
  /** `r1` and its part between discontinuities, or the Representation's or quality level's name. */
  readonly name: string;
  readonly kind: string;
  /** RFC 6381, or the FourCC */
  readonly codec: string;
  readonly language?: string;
  /** `1280x720 25 fps`, `48000 Hz 2 channels` */
  readonly format: string;
  /** bits per second, as manifests say it */
  readonly bandwidth?: number;
  readonly timing?: TrackTiming;
}

export interface TrackTiming {
  readonly start: number;
  readonly end: number;
  readonly segments: number;
  readonly shortestSegment: number;
  readonly longestSegment: number;
  /** Segments that begin with an access unit at which decoding can begin. */
  readonly randomAccess: number;
  /** From key picture to key picture in the first segments; video only. */
  readonly groupsOfPictures?: readonly number[];
}
