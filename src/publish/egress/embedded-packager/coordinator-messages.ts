import type { EndpointJob, EndpointPart, EndpointProgress, EndpointResult, LargeEndpoint } from '../egress.js';
import type { PlainFailure } from './thread-messages.js';

/** What goes to the coordinating thread. `id` is the caller's, and names the endpoint in what comes back. */
export type CoordinatorRequest =
  | ({ readonly id: number; readonly job: Omit<EndpointJob, 'signal'> } & CoordinatorCall)
  | { readonly kind: 'cancel'; readonly id: number };

/** A verb of the egress, with what it takes beside the job. */
export type CoordinatorCall =
  | { readonly kind: 'produce' }
  | { readonly kind: 'produce up to'; readonly most: number }
  | { readonly kind: 'part'; readonly part: EndpointPart };

/** What a verb gives. */
export type CoordinatorResult = EndpointResult | LargeEndpoint | undefined;

/** What comes back: progress while it goes on, then one of the others, once. */
export type CoordinatorReply =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: EndpointProgress }
  | { readonly kind: 'done'; readonly id: number; readonly result: CoordinatorResult }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: PlainFailure };
