import { Failure } from '../domain/failure.js';
import { isMediaFile, recordingFileKey, type Recording, type RecordingFile } from '../domain/recording.js';
import { recordingFileObject } from '../domain/recording-key.js';
import type { StoredRecordingFile } from '../domain/stored-recording-file.js';
import type { IngestRequest } from '../domain/work-request.js';
import type { FoundRecording, RecordingHint } from '../source/zoom/zoom-client.js';
import type { ChildOutcome, JobContext, StepOptions, WorkflowDefinition } from './definition.js';
import type { FetchFileInput } from './fetch-recording-file.js';

/** Zoom's list of a recording's files, as it is now. */
export interface RecordingSource {
  recording(uuid: string, options: { hint: RecordingHint; signal: AbortSignal }): Promise<FoundRecording>;
}

export interface CollectServices {
  readonly source: RecordingSource;
  readonly fetchFile: WorkflowDefinition<FetchFileInput, StoredRecordingFile>;
  /** What becomes of a recording of which a file cannot be had: it waits for an operator, or is ingested without, which is then said. */
  readonly incomplete: 'wait' | 'ingest';
  readonly patience: StepOptions;
}

export interface Collected {
  /** as Zoom described it last */
  readonly recording: Recording;
  readonly files: readonly StoredRecordingFile[];
  /** Names of all files that were known, those that are missing as well. */
  readonly listed: readonly string[];
  /** Files that are not there and why, for people. */
  readonly missing: readonly string[];
}

/** Zoom goes on announcing files while we fetch; a list that grows so often is not a recording's. */
const mostRounds = 10;

/**
 * Every file of a recording into our storage. The list is asked for before and after: what Zoom has added meanwhile is fetched, too.
 * @throws Failure recording_not_ready when Zoom does not finish; recording_incomplete unless the rule says otherwise
 */
export async function collectRecording(
  services: CollectServices,
  request: IngestRequest,
  job: JobContext,
): Promise<Collected> {
  const outcomes = new Map<string, FileOutcome>();
  for (let round = 1; ; round++) {
    const recording = await job.step(
      round === 1 ? 'list the files' : 'list the files again',
      ({ signal }) => finishedRecording(services.source, request, signal),
      services.patience,
    );
    const fresh = recording.files.filter((file) => !outcomes.has(recordingFileKey(file)));
    if (fresh.length === 0 || round === mostRounds) return judge(services, recording, outcomes);
    await fetchAll(services, { recording, files: fresh, outcomes }, job);
  }
}

type FileOutcome =
  { readonly stored: StoredRecordingFile } | { readonly file: RecordingFile; readonly problem: string };

async function finishedRecording(
  source: RecordingSource,
  { uuid, recording: { accountId, hostId, startTime } }: IngestRequest,
  signal: AbortSignal,
): Promise<Recording> {
  const { recording } = await source.recording(uuid, { hint: { accountId, hostId, startTime }, signal });
  const unfinished = recording.files.filter(({ status }) => status !== undefined && !/^completed$/i.test(status));
  if (unfinished.length > 0)
    throw new Failure(
      'recording_not_ready',
      `Zoom still works on ${unfinished.length} of ${recording.files.length} files of the recording ${uuid}.`,
      { details: { recording: uuid } },
    );
  if (!recording.files.some(isMediaFile))
    throw new Failure('recording_not_ready', `Zoom's list of the recording ${uuid} has no media yet.`, {
      details: { recording: uuid },
    });
  return recording;
}

async function fetchAll(
  { fetchFile }: CollectServices,
  given: { recording: Recording; files: readonly RecordingFile[]; outcomes: Map<string, FileOutcome> },
  job: JobContext,
): Promise<void> {
  const { recording, files, outcomes } = given;
  const { uuid, hostId, startTime } = recording;
  const children = [];
  const fetched: RecordingFile[] = [];
  for (const file of files) {
    if (file.downloadUrl === undefined) {
      outcomes.set(recordingFileKey(file), { file, problem: 'Zoom gives no address to download it from' });
      continue;
    }
    const id = `${job.id}:file:${recordingFileKey(file)}`;
    const key = recordingFileObject(recording, file);
    children.push(await job.startChild(fetchFile, id, { recording: { uuid, hostId, startTime }, file, key }));
    fetched.push(file);
  }
  const ends: ChildOutcome<StoredRecordingFile>[] = await job.settleChildren(children);
  for (const [index, end] of ends.entries()) {
    const file = fetched[index];
    if (!file) continue;
    outcomes.set(
      recordingFileKey(file),
      end.status === 'done' ? { stored: end.result } : { file, problem: end.failure.message },
    );
  }
}

function judge(
  { incomplete }: CollectServices,
  recording: Recording,
  outcomes: ReadonlyMap<string, FileOutcome>,
): Collected {
  const all = [...outcomes.values()];
  const files = all.flatMap((outcome) => ('stored' in outcome ? [outcome.stored] : []));
  const lost = all.flatMap((outcome) => ('stored' in outcome ? [] : [outcome]));
  const missing = lost.map(
    ({ file, problem }) => `${file.recordingType ?? file.fileType}: ${problem.replace(/\.$/, '')}`,
  );
  // A timeline that Zoom lists without an address is nobody's loss.
  const grave = lost.filter(({ file }) => file.downloadUrl !== undefined || isMediaFile(file));
  if (grave.length > 0 && incomplete === 'wait')
    throw new Failure(
      'recording_incomplete',
      `${grave.length} of ${all.length} files of the recording ${recording.uuid} are missing: ${missing.join('; ')}.`,
      { details: { recording: recording.uuid, missing } },
    );
  return { recording, files, listed: [...outcomes.keys()], missing };
}
