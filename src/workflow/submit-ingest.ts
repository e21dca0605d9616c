import { Failure } from '../domain/failure.js';
import { recordingFileKey, type Recording } from '../domain/recording.js';
import { jobIdOfIngest, type IngestRequest } from '../domain/work-request.js';
import type { EventPublisher } from '../publish/opencast/event-publisher.js';
import type { EventLedger } from '../status/event-ledger.js';
import type { CaptionsInput } from './attach-captions.js';
import type { WorkflowDefinition } from './definition.js';
import type { IngestResult } from './ingest-recording.js';
import { lookForLateFiles, noteLateFiles, type LateFilesServices } from './late-files.js';
import type { Engine } from './start.js';
import { giveNotice, type Telling } from './tell.js';
import type { Urgency } from './urgency.js';

export interface SubmitIngestServices extends Telling {
  readonly engine: Pick<Engine, 'submit'>;
  readonly ingestRecording: WorkflowDefinition<IngestRequest, IngestResult>;
  readonly attachCaptions: WorkflowDefinition<CaptionsInput, null>;
  readonly publisher: Pick<EventPublisher, 'lateTranscripts'>;
  readonly ledger: Pick<EventLedger, 'ofRecording' | 'toldLate'>;
  readonly catalog: LateFilesServices['catalog'];
}

/**
 * Takes a recording that is to be ingested. One that is under way already goes on: it asks Zoom for the list of files itself. One that has ended is
 * looked at again: what failed begins anew, and what is in Opencast stays as it is.
 * @returns the job, stored when this resolves
 */
export async function submitIngest(
  { engine, ingestRecording }: SubmitIngestServices,
  request: IngestRequest,
): Promise<{ id: string; created: boolean }> {
  const id = jobIdOfIngest(request);
  try {
    return await engine.submit(ingestRecording, id, request, { whenEnded: 'again', urgency: urgencyOf(request) });
  } catch (error) {
    // Under way, with what was known of the recording then. One that has ended, with a job below it that has not, cannot begin anew yet.
    const isUnderWay = error instanceof Failure && error.code === 'conflict' && error.details.child === undefined;
    if (isUnderWay) return { id, created: false };
    throw error;
  }
}

/** Somebody waits for what Zoom announced or a person asked for; nobody does for what a look through Zoom's list found. */
function urgencyOf({ origin }: IngestRequest): Urgency {
  return origin === 'sweep' ? 'sweep' : 'on-demand';
}

/**
 * Compares what is known of a recording with what its ingest took: media that Zoom added too late is told of, once for each file.
 * @returns what is in no event, for people
 */
export async function submitLateFiles(
  services: SubmitIngestServices,
  recording: Recording,
): Promise<readonly string[]> {
  const { engine, tell, targets } = services;
  const late = await lookForLateFiles(services, recording);
  if (!late) return [];
  for (const { notice } of late.untold)
    for (let target = 0; target < targets; target++) await giveNotice(engine, tell, { notice, target });
  await noteLateFiles(services, late);
  return late.names;
}

/** Takes transcripts that Zoom has finished: those of events that are made already; an ingest that is under way sees them by itself. */
export async function submitTranscripts(
  { engine, attachCaptions, ledger, publisher }: SubmitIngestServices,
  recording: Recording,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const { mediaPackageId, state, attached } of await ledger.ofRecording(recording.uuid)) {
    if (state !== 'SUCCEEDED') continue;
    for (const late of publisher.lateTranscripts(recording, attached)) {
      const input = { mediaPackageId, recording: { ...recording, files: [] }, ...late };
      const id = `captions:${mediaPackageId}:${recordingFileKey(late.file)}`;
      ids.push((await engine.submit(attachCaptions, id, input, { whenEnded: 'again' })).id);
    }
  }
  return ids;
}
