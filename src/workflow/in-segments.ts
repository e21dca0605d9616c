import type { EndpointProgress } from '../publish/egress/egress.js';
import type { JobProgress } from './definition.js';

/** What is counted of an endpoint. */
export function inSegments({ segmentsDone, segmentsTotal, bytesRead, bytesWritten }: EndpointProgress): JobProgress {
  return { done: segmentsDone, total: segmentsTotal, unit: 'segments', bytesRead, bytesWritten };
}
