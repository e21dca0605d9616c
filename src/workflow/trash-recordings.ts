import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import { isMediaFile, recordingFileKey, type Recording } from '../domain/recording.js';
import type { EventPublisher } from '../publish/opencast/event-publisher.js';
import type { ZoomClient } from '../source/zoom/zoom-client.js';
import type { EventLedger } from '../status/event-ledger.js';
import { defineWorkflow, type StepContext } from './definition.js';

export interface TrashServices {
  readonly ledger: Pick<EventLedger, 'trashable' | 'lookedForTrash' | 'ofRecording'>;
  readonly zoom: Pick<ZoomClient, 'recording' | 'trash'>;
  readonly publisher: Pick<EventPublisher, 'isPublished' | 'lateTranscripts'>;
  /** days after the end in Opencast; undefined: nothing is touched in Zoom */
  readonly afterDays: number | undefined;
}

/** What became of recordings that might go. */
export interface TrashReport {
  readonly trashed: number;
  /** those that stay for now, and why */
  readonly kept: readonly { readonly uuid: string; readonly reason: string }[];
}

/** Recordings in one look, of which there is one a day; the next one takes the rest. */
const mostAtOnce = 2000;

/**
 * Puts recordings into Zoom's trash, from where they can be taken back for 30 days: only what Opencast has published some days ago, whole, and when Zoom has
 * nothing of it that no event has. Its job id is `trash-recordings:<day>`.
 */
export function trashRecordings(services: TrashServices) {
  const { ledger, afterDays } = services;
  return defineWorkflow<{ before?: number | undefined }, TrashReport>({
    name: 'trash-recordings',
    queue: 'upkeep',
    input: z.object({ before: z.number().optional() }),
    title: () => "puts recordings that Opencast has into Zoom's trash",

    async run({ before }, job) {
      if (afterDays === undefined) return { trashed: 0, kept: [] };
      return job.step('trash', async (step) => {
        const kept: { uuid: string; reason: string }[] = [];
        let trashed = 0;
        let refusal: Failure | undefined;
        for (const uuid of await ledger.trashable(before ?? Date.now() - afterDays * 86_400_000, mostAtOnce)) {
          step.signal.throwIfAborted();
          const reason = await trashUnless(services, uuid, step).catch((error: unknown) => {
            // Of this recording, as one that Zoom must not delete: the others do not wait for it.
            if (!(error instanceof Failure && error.code === 'zoom_refused')) throw error;
            refusal = error;
            return error.message;
          });
          await ledger.lookedForTrash(uuid, reason === undefined ? 'trashed' : 'kept');
          if (reason === undefined) trashed += 1;
          else kept.push({ uuid, reason });
        }
        // Nothing went: it was not about one recording.
        if (refusal && trashed === 0) throw refusal;
        return { trashed, kept };
      });
    },
  });
}

/** @returns why it has to stay; undefined: it is in the trash */
async function trashUnless(services: TrashServices, uuid: string, step: StepContext): Promise<string | undefined> {
  const { zoom, publisher } = services;
  const { signal, fence } = step;
  const events = await services.ledger.ofRecording(uuid);
  for (const { mediaPackageId } of events)
    if (!(await publisher.isPublished(mediaPackageId, signal))) return `Opencast does not publish ${mediaPackageId}`;
  try {
    const { recording } = await zoom.recording(uuid, { signal });
    const extra = notIngested(recording, services, events);
    if (extra.length > 0) return `in no event: ${extra.join(', ')}`;
    await fence();
    await zoom.trash(uuid, signal);
  } catch (error) {
    // Somebody was quicker.
    if (!(error instanceof Failure && error.code === 'recording_not_found')) throw error;
  }
  return undefined;
}

/** What Zoom has of a recording by now that its ingests did not see. */
function notIngested(
  recording: Recording,
  { publisher }: Pick<TrashServices, 'publisher'>,
  events: Awaited<ReturnType<EventLedger['ofRecording']>>,
): string[] {
  const listed = new Set(events.flatMap((event) => event.listed ?? []));
  const attached = events.flatMap((event) => event.attached);
  const media = recording.files.filter((file) => isMediaFile(file) && !listed.has(recordingFileKey(file)));
  const transcripts = publisher.lateTranscripts(recording, attached).map(({ file }) => file);
  return [...media, ...transcripts].map((file) => file.recordingType ?? file.fileType);
}
