import type { EndpointJob, EndpointProgress, EndpointResult } from '../egress.js';
import type { PlainFailure } from './thread-messages.js';

/** What goes to the coordinating thread. `id` is the caller's, and names the endpoint in what comes back. */
export type CoordinatorRequest =
  | { readonly kind: 'produce'; readonly id: number; readonly job: Omit<EndpointJob, 'signal'> }
  | { readonly kind: 'cancel'; readonly id: number };

/** What comes back: progress while it goes on, then one of the others, once. */
export type CoordinatorReply =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: EndpointProgress }
  | { readonly kind: 'produced'; readonly id: number; readonly result: EndpointResult }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: PlainFailure };
