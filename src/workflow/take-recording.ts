import { secondsIso, type Recording } from '../domain/recording.js';
import { isZoomStatus, type RecordingStatus } from '../domain/recording-status.js';
import { automaticTrackingId, type IngestOrigin, type IngestRequest } from '../domain/work-request.js';
import { decideIngest, type IntakeRules } from '../intake/decide-ingest.js';
import type { RecordingCatalog } from '../status/recording-catalog.js';
import type { CatalogRecording } from '../status/recording-views.js';
import type { ScheduleTable } from '../status/schedule-table.js';

export interface TakeServices {
  readonly catalog: RecordingCatalog;
  readonly schedule: Pick<ScheduleTable, 'classes'>;
  readonly rules: IntakeRules;
  /** As submit-ingest does it: the job, stored when this resolves. */
  readonly submit: (request: IngestRequest) => Promise<{ id: string; created: boolean }>;
}

/** Who wants a recording ingested, and how. */
export interface Wish {
  readonly origin: IngestOrigin;
  readonly trackingId: string;
  readonly receivedAt: Date;
  readonly seriesId?: string | undefined;
  readonly opencastWorkflow?: string | undefined;
  readonly allowMultipleIngests?: boolean;
  readonly ingestAllMp4?: boolean;
}

export type Taken =
  | { readonly kind: 'submitted'; readonly job: string; readonly created: boolean; readonly seriesId: string }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** It is under way or done already. */
  | { readonly kind: 'known' };

/** The wish of nobody in particular: Zoom announced it, or a sweep found it. */
export function automaticWish(uuid: string, origin: 'webhook' | 'sweep', receivedAt = new Date()): Wish {
  return { origin, trackingId: automaticTrackingId(uuid), receivedAt };
}

/**
 * Decides on a recording that the catalog has, and starts its ingest when it is work. Safe to repeat: it goes on where it stopped, and
 * what is under way or done is left alone.
 */
export async function takeRecording(services: TakeServices, recording: Recording, wish: Wish): Promise<Taken> {
  const { catalog } = services;
  const { trackingId, origin, receivedAt: requestedAt } = wish;
  const received = origin === 'on_demand' ? 'ON_DEMAND_RECEIVED' : 'WEBHOOK_RECEIVED';
  const isOpen = await catalog.openIngest({ trackingId, uuid: recording.uuid, origin }, received, { requestedAt });
  if (!isOpen) return { kind: 'known' };
  const decision = await decide(services, recording, wish);
  if (decision.kind === 'ignore') {
    await catalog.setStatus(trackingId, 'IGNORED', { reason: decision.reason, outcome: decision.outcome });
    if (origin !== 'on_demand') await catalog.setAwaitsSchedule(recording.uuid, decision.awaitsSchedule);
    return { kind: 'ignored', reason: decision.reason };
  }
  const { series } = decision;
  const { id, created } = await services.submit(requestOf(recording, wish, decision));
  if (created) await catalog.setStatus(trackingId, 'SENT_TO_DOWNLOADER', { jobId: id, seriesId: series.id });
  // A job that was there already writes the status of the ingest that began it: this one's own after a crash, or another's.
  else if (origin === 'on_demand')
    await catalog.setStatus(trackingId, 'IGNORED', { reason: 'Already being ingested', jobId: id });
  await catalog.setAwaitsSchedule(recording.uuid, false);
  return { kind: 'submitted', job: id, created, seriesId: series.id };
}

/** What would be done with a recording, without doing it. */
export async function decide(
  { catalog, schedule, rules }: Pick<TakeServices, 'catalog' | 'schedule' | 'rules'>,
  recording: Recording,
  { seriesId }: Pick<Wish, 'seriesId'>,
) {
  const [others, classes] = await Promise.all([catalog.justBefore(recording), schedule.classes(recording.meetingId)]);
  const facts = { others, classes, seriesId };
  return decideIngest(recording, facts, rules);
}

/** milliseconds: Zoom keeps recordings longer, but a class of last year is not what the schedule is about */
export const rematchFor = 120 * 86_400_000;

/**
 * Looks again at what no class was found for: the schedule has changed, or an earlier part of the same meeting has been matched.
 * @param meetingId of one meeting only
 * @returns how many found their class
 */
export async function rematch(services: TakeServices, since: number, meetingId?: string): Promise<number> {
  let found = 0;
  for await (const recording of services.catalog.awaitingSchedule(since, meetingId)) {
    const decision = await decide(services, recording, {});
    if (decision.kind !== 'ingest') continue;
    const taken = await takeRecording(services, recording, automaticWish(recording.uuid, 'webhook'));
    if (taken.kind === 'submitted') found += 1;
  }
  return found;
}

const announced = ['WEBHOOK_RECEIVED', 'WEBHOOK_FAILED'] as const;
/** Statuses of ingests that nobody works on and that have not ended; a person's wish that came to nothing decides nothing for the others. */
const unanswered: Readonly<Record<IngestOrigin, readonly RecordingStatus[]>> = {
  webhook: announced,
  sweep: announced,
  on_demand: ['ON_DEMAND_RECEIVED', 'IGNORED'],
};

/** Does nobody work on it, and has it not come to an end either? */
export function isUnanswered({ ingests, awaitsSchedule, presence }: CatalogRecording): boolean {
  if (awaitsSchedule || presence !== 'available') return false;
  return ingests.every(({ origin, status }) => isZoomStatus(status) || unanswered[origin].includes(status));
}

function requestOf(
  recording: Recording,
  wish: Wish,
  { series, publish }: Pick<IngestRequest, 'series' | 'publish'>,
): IngestRequest {
  return {
    ...{ uuid: recording.uuid, accountId: recording.accountId, recording, series },
    ...{ origin: wish.origin, trackingId: wish.trackingId, receivedAt: secondsIso(wish.receivedAt.getTime()) },
    ...(publish !== undefined && { publish }),
    ...(wish.opencastWorkflow !== undefined && { opencastWorkflow: wish.opencastWorkflow }),
    allowMultipleIngests: wish.allowMultipleIngests ?? false,
    ingestAllMp4: wish.ingestAllMp4 ?? false,
  };
}
