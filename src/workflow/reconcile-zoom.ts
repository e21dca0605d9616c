import { z } from 'zod';
import { isCalendarDay } from '../domain/calendar-day.js';
import { Failure } from '../domain/failure.js';
import { isMediaFile, mergeRecordings, recordingFileKey, type Recording } from '../domain/recording.js';
import type { ZoomClient } from '../source/zoom/zoom-client.js';
import { defineWorkflow } from './definition.js';
import type { EventServices } from './handle-event.js';
import { automaticWish, decide, isUnanswered, takeRecording } from './take-recording.js';

export interface ReconcileServices extends EventServices {
  /** undefined: no credentials were set. */
  readonly zoom: Pick<ZoomClient, 'recordings'> | undefined;
}

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  // Else nothing would be looked at, which reads as if nothing had been missed.
  .refine(isCalendarDay, 'there is no such day');
export const reconcileInputSchema = z.object({
  /** days, both included */
  from: day,
  to: day,
  /** Only says what would be done. */
  dryRun: z.boolean(),
});
export type ReconcileInput = z.infer<typeof reconcileInputSchema>;

/** What a look through Zoom's list found. */
export interface ReconcileReport {
  /** recordings that Zoom has */
  readonly listed: number;
  /** were known and answered */
  readonly known: number;
  /** are not ready yet: the next look will find them */
  readonly processing: number;
  /** The first of those that were taken or ignored, with what came of it. */
  readonly found: readonly FoundByReconcile[];
  readonly taken: number;
  readonly ignored: number;
}

export interface FoundByReconcile {
  readonly uuid: string;
  readonly meetingId: string;
  readonly topic: string;
  readonly startTime: string;
  readonly outcome: string;
  /** that it goes into, or would; null: none */
  readonly seriesId: string | null;
}

/** entries of a report; the counts are of all */
const reported = 500;

/**
 * Looks through the account's recordings for what no webhook announced, files that were added later too, or what was announced and not answered: webhooks get lost. Its job id is
 * `sweep:<time>` or `backfill:<from>:<to>:<time>`.
 */
export function reconcileZoom(services: ReconcileServices) {
  return defineWorkflow<ReconcileInput, ReconcileReport>({
    name: 'reconcile-zoom',
    queue: 'upkeep',
    input: reconcileInputSchema,
    title: ({ from, to, dryRun }) => `recordings of ${from} to ${to} in Zoom${dryRun ? ', only looking' : ''}`,
    run: (range, job) =>
      job.step('look through the list', ({ signal, report }) =>
        reconcile(services, range, signal, (done) => report({ done, total: done, unit: 'recordings' })),
      ),
  });
}

async function reconcile(
  services: ReconcileServices,
  { from, to, dryRun }: ReconcileInput,
  signal: AbortSignal,
  report: (listed: number) => void,
): Promise<ReconcileReport> {
  const { zoom, catalog } = services;
  if (!zoom)
    throw new Failure(
      'invalid_settings',
      'Zoom is not set up: ZOOM_CLIENT_ID and what belongs to it, or APIGEE_KEY, is needed.',
    );
  const found: FoundByReconcile[] = [];
  const count = { listed: 0, known: 0, processing: 0, taken: 0, ignored: 0 };
  for await (const recording of zoom.recordings({ from, to }, signal)) {
    signal.throwIfAborted();
    report(++count.listed);
    const known = await catalog.find(recording.uuid);
    if (known && !isUnanswered(known)) {
      count.known += 1;
      if (!dryRun) await takeAdded(services, known.recording, recording);
    } else if (!isReady(recording)) count.processing += 1;
    else {
      const { isTaken, ...taken } = await take(services, recording, dryRun);
      count[isTaken ? 'taken' : 'ignored'] += 1;
      const { uuid, meetingId, topic, startTime } = recording;
      if (found.length < reported) found.push({ uuid, meetingId, topic, startTime, ...taken });
    }
  }
  return { ...count, found };
}

/**
 * As if Zoom had announced what it has added to a recording that was answered. It is kept last: what cannot be taken now is found by the next look.
 */
async function takeAdded(services: ReconcileServices, known: Recording, listed: Recording): Promise<void> {
  const names = new Set(known.files.map(recordingFileKey));
  const added = listed.files.filter((file) => !names.has(recordingFileKey(file)));
  if (added.length === 0 || !isReady(listed)) return;
  const recording = mergeRecordings(known, listed);
  try {
    if (added.some(isMediaFile)) await takeRecording(services, recording, automaticWish(recording.uuid, 'sweep'));
    await services.submitTranscripts(recording);
    await services.submitLateFiles(recording);
    await services.catalog.save(listed);
  } catch (error) {
    // Being packaged at this moment, and the like: no reason to end the look.
    if (!(error instanceof Failure)) throw error;
  }
}

async function take(
  services: ReconcileServices,
  recording: Recording,
  dryRun: boolean,
): Promise<{ isTaken: boolean } & Pick<FoundByReconcile, 'outcome' | 'seriesId'>> {
  const ignored = (outcome: string) => ({ isTaken: false, outcome, seriesId: null });
  const taken = (outcome: string, seriesId: string) => ({ isTaken: true, outcome, seriesId });
  if (dryRun) {
    const decision = await decide(services, recording, {});
    if (decision.kind === 'ignore') return ignored(`would be ignored: ${decision.reason}`);
    return taken(`would be ingested into series ${decision.series.id}`, decision.series.id);
  }
  const saved = await services.catalog.save(recording);
  const done = await takeRecording(services, saved, automaticWish(recording.uuid, 'sweep'));
  if (done.kind === 'submitted') return taken(`ingested into series ${done.seriesId}: job ${done.job}`, done.seriesId);
  return ignored(done.kind === 'ignored' ? `ignored: ${done.reason}` : 'under way');
}

function isReady({ files }: Recording): boolean {
  return files.length > 0 && files.every(({ status }) => !status || status.toLowerCase() === 'completed');
}
