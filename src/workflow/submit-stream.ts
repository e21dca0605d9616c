import { Failure } from '../domain/failure.js';
import { recordingFileKey, type Recording } from '../domain/recording.js';
import { isStreamed } from '../domain/recording-stream.js';
import type { IngestRequest } from '../domain/work-request.js';
import type { RecordingStreams } from '../status/recording-streams.js';
import type { WorkflowDefinition } from './definition.js';
import { findJobStatus } from './find-job-status.js';
import { isOpen } from './job-view.js';
import type { Engine } from './start.js';
import { jobIdOfStream, type StreamInput, type StreamResult } from './stream-recording.js';

export interface SubmitStreamServices {
  readonly engine: Pick<Engine, 'submit' | 'jobs'>;
  readonly streamRecording: WorkflowDefinition<StreamInput, StreamResult>;
  readonly streams: Pick<RecordingStreams, 'find'>;
  /** What is packaged, with the packaging group as it is now. */
  readonly inputOf: (request: IngestRequest) => Promise<StreamInput>;
}

/**
 * Takes a recording that is to be packaged. What is complete is skipped, what is damaged is made again.
 * @returns the job, stored when this resolves
 */
export async function submitStream(
  { engine, streamRecording, inputOf }: SubmitStreamServices,
  request: IngestRequest,
): Promise<{ id: string; created: boolean }> {
  const id = jobIdOfStream(request);
  const urgency = request.origin === 'sweep' ? 'sweep' : 'on-demand';
  try {
    return await engine.submit(streamRecording, id, await inputOf(request), { whenEnded: 'again', urgency });
  } catch (error) {
    const isUnderWay = error instanceof Failure && error.code === 'conflict' && error.details.child === undefined;
    if (isUnderWay) return { id, created: false };
    throw error;
  }
}

/**
 * A transcript or media that came when the recording was packaged already: it is packaged again, under the addresses that it has.
 * @returns its job
 * @throws Failure recording_not_ready while it is packaged without them: the event waits
 */
export async function submitLateToStream(
  services: SubmitStreamServices,
  recording: Recording,
): Promise<readonly string[]> {
  const stream = await services.streams.find(recording.uuid);
  // Until it has listed the files it finds them by itself; what failed finds them when it is tried again.
  if (stream?.listed === undefined || stream.state === 'FAILED') return [];
  const known = new Set(stream.listed);
  if (!recording.files.some((file) => isStreamed(file) && !known.has(recordingFileKey(file)))) return [];
  if (stream.state === undefined) {
    // One that was cancelled, or lost, finds them when it is tried again, as one that failed does.
    if (!isOpen(await findJobStatus(services.engine.jobs, jobIdOfStream(stream.request)))) return [];
    throw beingPackaged(recording);
  }
  return [(await submitStream(services, stream.request)).id];
}

function beingPackaged({ uuid }: Recording): Failure {
  return new Failure('recording_not_ready', `The recording ${uuid} is being packaged without its newest files.`, {
    details: { recording: uuid },
  });
}
