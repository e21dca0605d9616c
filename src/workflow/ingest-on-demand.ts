import { randomUUID } from 'node:crypto';
import { Failure, failureTable, toFailure } from '../domain/failure.js';
import type { Recording } from '../domain/recording.js';
import { requestOnDemand, type OnDemandRequest } from '../intake/request-on-demand.js';
import type { ZoomClient } from '../source/zoom/zoom-client.js';
import { isDatabaseAway } from './database-away.js';
import { takeRecording, type Taken, type TakeServices } from './take-recording.js';

export interface OnDemandServices extends TakeServices {
  /** undefined: no credentials were set. */
  readonly zoom: Pick<ZoomClient, 'recording'> | undefined;
}

/** The answer to /ingest: zoom-recording-ingester's statuses and words. */
export interface OnDemandAnswer {
  readonly status: 200 | 400 | 404 | 500 | 503;
  readonly message: string;
  readonly job?: string;
  readonly trackingId?: string;
  /** why nothing was begun */
  readonly reason?: string;
}

/** What a person's wish has led to. */
export interface OrderedIngest {
  readonly trackingId: string;
  /** absent: nothing is to be done */
  readonly job?: string;
  /** why nothing was begun; with a job, that one was under way before */
  readonly reason?: string;
}

/**
 * A person asks for one recording: looked up in Zoom, and its ingest started, all of it stored when this resolves.
 * @throws Failure recording_not_ready, not_found; those of ZoomClient and of the second half
 */
export async function orderIngest(services: OnDemandServices, request: OnDemandRequest): Promise<OrderedIngest> {
  const recording = await lookUp(services, request.uuid);
  const unfinished = recording.files.filter(({ status }) => status && status.toLowerCase() !== 'completed').length;
  if (recording.files.length === 0)
    throw new Failure('recording_not_ready', `Zoom api response contained no recording files for ${request.uuid}`);
  if (unfinished > 0) throw new Failure('recording_not_ready', "Not all recorded files have status 'completed'");
  return start(services, recording, request);
}

/** The same through zoom-recording-ingester's door. */
export async function ingestOnDemand(services: OnDemandServices, json: unknown): Promise<OnDemandAnswer> {
  try {
    const { trackingId, job, reason } = await orderIngest(services, requestOnDemand(json));
    if (reason === 'No mp4 files') return { status: 500, message: reason, trackingId };
    return {
      ...{ status: 200, message: 'Ingest accepted', trackingId },
      ...(job !== undefined && { job }),
      ...(reason !== undefined && { reason }),
    };
  } catch (error) {
    if (isDatabaseAway(error)) return { status: 503, message: 'The database does not answer; ask again in a moment.' };
    return refusalOf(toFailure(error));
  }
}

async function lookUp({ zoom }: OnDemandServices, uuid: string): Promise<Recording> {
  if (!zoom)
    throw new Failure(
      'invalid_settings',
      'Zoom is not set up: ZOOM_CLIENT_ID and what belongs to it, or APIGEE_KEY, is needed.',
    );
  try {
    return (await zoom.recording(uuid)).recording;
  } catch (error) {
    if (error instanceof Failure && error.code === 'recording_not_found')
      throw new Failure('not_found', `No zoom recording with id '${uuid}'`, { cause: error });
    throw error;
  }
}

async function start(services: OnDemandServices, found: Recording, request: OnDemandRequest): Promise<OrderedIngest> {
  const recording = await services.catalog.save(found);
  const trackingId = `on-demand-${randomUUID()}`;
  const wish = { origin: 'on_demand', trackingId, receivedAt: new Date(), ...request } as const;
  const taken = await takeRecording(services, recording, wish).catch(async (error: unknown) => {
    // Nobody works on it: whoever looks at the status should not wait for it.
    const reason = toFailure(error).message;
    await services.catalog.setStatus(trackingId, 'IGNORED', { reason }).catch(() => undefined);
    throw error;
  });
  return orderedOf(trackingId, taken);
}

/** What became of a wish, for whoever had it. */
export function orderedOf(trackingId: string, taken: Taken): OrderedIngest {
  switch (taken.kind) {
    case 'submitted':
      return { trackingId, job: taken.job, ...(!taken.created && { reason: 'It is being ingested already.' }) };
    case 'ignored':
      return { trackingId, reason: taken.reason };
    case 'known':
      return { trackingId, reason: 'It is under way or done.' };
  }
}

function refusalOf(failure: Failure): OnDemandAnswer {
  if (failure.code === 'invalid_request') return { status: 400, message: failure.message };
  if (failure.code === 'not_found') return { status: 404, message: failure.message };
  if (failure.code === 'internal') throw failure;
  if (failure.code === 'recording_not_ready') return { status: 503, message: failure.message };
  if (/^(zoom|recording)_/.test(failure.code))
    return { status: 500, message: `Something went wrong querying the zoom api: ${failure.message}` };
  const passes = failure.code === 'conflict' || failureTable[failure.code].kind === 'passing';
  return { status: passes ? 503 : 500, message: `${failure.message} ${failureTable[failure.code].help}` };
}
