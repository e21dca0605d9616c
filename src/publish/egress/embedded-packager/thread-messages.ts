import type { FailureCode, FailureDetails } from '../../../domain/failure.js';
import type { MadeSegments, SegmentWork, SourceIndex } from './packaging-engine.js';

/** What goes to a packaging thread. `id` is the caller's, and names the request in the reply. */
export type ThreadRequest =
  | { readonly kind: 'index'; readonly id: number; readonly source: string; readonly sourceRole?: string | undefined }
  | { readonly kind: 'make'; readonly id: number; readonly work: SegmentWork }
  | { readonly kind: 'cancel'; readonly id: number };

/** What comes back, once for every request but `cancel`. */
export type ThreadReply =
  | { readonly kind: 'indexed'; readonly id: number; readonly result: SourceIndex }
  | { readonly kind: 'made'; readonly id: number; readonly result: MadeSegments }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: PlainFailure };

/** A Failure as it crosses threads: classes do not survive structured cloning. */
export interface PlainFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly details: FailureDetails;
}
