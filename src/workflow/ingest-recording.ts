import { Failure } from '../domain/failure.js';
import { mergeRecordings, recordingFileKey, type Recording } from '../domain/recording.js';
import { recordingPrefix } from '../domain/recording-key.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import type { StoredRecordingFile } from '../domain/stored-recording-file.js';
import { ingestRequestSchema, type IngestRequest } from '../domain/work-request.js';
import { noticeOfRecording, type IngestOutcome } from '../notify/recording-notice.js';
import type { CheckedRequest, EventPublisher } from '../publish/opencast/event-publisher.js';
import type { IngestPlan } from '../publish/opencast/ingest-plan.js';
import type { EventLedger } from '../status/event-ledger.js';
import type { JobPlaces } from '../status/job-places.js';
import type { RecordingCatalog, StatusChange } from '../status/recording-catalog.js';
import type { CaptionsInput } from './attach-captions.js';
import { collectRecording, type CollectServices, type Collected } from './collect-recording.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import { followEvent, type FollowOptions } from './follow-event.js';
import { lookForLateFiles, noteLateFiles } from './late-files.js';
import { jobIdOfStream, type StreamInput, type StreamResult } from './stream-recording.js';
import { tellAll, type Telling } from './tell.js';

export interface IngestServices extends CollectServices, Telling {
  readonly catalog: Pick<RecordingCatalog, 'setStatus' | 'recordingEvents' | 'save' | 'find' | 'findIngest'>;
  readonly publisher: EventPublisher;
  readonly ledger: Pick<EventLedger, 'opened' | 'listed' | 'ended' | 'attached' | 'find' | 'ofRecording' | 'toldLate'>;
  /** Of ingests that send to Opencast at the same time. */
  readonly places: JobPlaces;
  /** Writes the inventory of a recording's files: what it lists is there. */
  readonly writeInventory: (prefix: string, uuid: string, files: readonly StoredRecordingFile[]) => Promise<void>;
  readonly attachCaptions: WorkflowDefinition<CaptionsInput, null>;
  readonly stream: {
    readonly workflow: WorkflowDefinition<StreamInput, StreamResult>;
    /** undefined: recordings are not packaged */
    readonly inputOf: (request: IngestRequest) => Promise<StreamInput> | undefined;
  };
  readonly follow: FollowOptions;
}

export interface IngestResult {
  /** `existing`: it was an event before */
  readonly outcome: 'ingested' | 'existing';
  readonly eventId: string;
  readonly omitted: readonly string[];
}

/** A recording of Zoom becomes an event of an Opencast series, once. Its job id is `recording:<uuid>`. */
export function ingestRecording(services: IngestServices) {
  const { publisher, patience } = services;

  return defineWorkflow<IngestRequest, IngestResult>({
    name: 'ingest-recording',
    queue: 'recordings',
    input: ingestRequestSchema,
    title: ({ recording, series }) =>
      `recording "${recording.topic}" of ${recording.startTime} for series ${series.id}`,

    async run(request, job) {
      const ingest = ingestOf(services, request, job);
      await ingest.is('SENT_TO_DOWNLOADER');
      const target = await ingest.during('UPLOADER_FAILED', () =>
        job.step('look into Opencast', ({ signal }) => publisher.check(request, signal), patience),
      );
      if (target.existing.kind === 'foreign') {
        await ingest.is('IGNORED', { reason: 'Already in opencast' });
        return { outcome: 'existing', eventId: target.existing.eventId, omitted: [] };
      }
      if (target.existing.kind === 'done') return ingest.stayDone(target.mediaPackageId, target.existing);
      const omitted = target.existing.kind === 'none' ? await ingest.make(target) : [];
      await ingest.is('SENT_TO_OPENCAST');

      await ingest.during('OPENCAST_FAILED', () => ingest.follow(target.mediaPackageId));
      await ingest.is('OPENCAST_SUCCEEDED');
      const recording = await ingest.lookAgain();
      await ingest.lateFiles(recording);
      await ingest.lateCaptions(target.mediaPackageId, recording);
      await ingest.tellOf({ kind: 'done', eventId: target.mediaPackageId, omitted });
      return { outcome: 'ingested', eventId: target.mediaPackageId, omitted };
    },
  });
}

/** The parts of the process, for one request. */
function ingestOf(services: IngestServices, request: IngestRequest, job: JobContext) {
  const { catalog, publisher, ledger, patience } = services;

  async function is(status: RecordingStatus, change: StatusChange = {}): Promise<void> {
    const facts = { jobId: job.id, ...change };
    await job.step(`status ${status}`, () => catalog.setStatus(request.trackingId, status, facts));
  }

  async function tellOf(outcome: IngestOutcome): Promise<void> {
    if (services.targets === 0) return;
    const run = await job.step('name this run', () => Promise.resolve(crypto.randomUUID()));
    await tellAll(services, job, noticeOfRecording(request, { run, jobId: job.id, outcome }));
  }

  /** A part of the work; when it fails for good, that is the status and somebody is told. */
  async function during<T>(failed: RecordingStatus, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // The engine's own errors (cancelled, taken over) are no outcome.
      if (!(error instanceof Failure)) throw error;
      await is(failed, { reason: `${error.message} [${error.code}]` });
      await tellOf({ kind: 'failed', failure: error });
      throw error;
    }
  }

  /** What was ingested stays as it is, also for who asks with another series; nobody is told again. */
  async function stayDone(eventId: string, by: { readonly trackingId: string }): Promise<IngestResult> {
    if (by.trackingId === request.trackingId) {
      await is('OPENCAST_SUCCEEDED');
      await lateFiles(await lookAgain());
    } else await is('IGNORED', { reason: 'Already in opencast' });
    return { outcome: 'existing', eventId, omitted: [] };
  }

  async function make(target: CheckedRequest): Promise<readonly string[]> {
    await is('OC_SERIES_FOUND', { seriesId: request.series.id });
    const collected = await during('DOWNLOADER_FAILED', () => collect(target.mediaPackageId));
    await stream();
    await is('SENT_TO_UPLOADER', { seriesId: request.series.id });
    return during('UPLOADER_FAILED', () => put(target, collected));
  }

  /** Packaging begins once the files are here: it finds them in our storage. Whether Opencast takes them does not concern it. */
  async function stream(): Promise<void> {
    if (!(await job.patched('streams beside Opencast'))) return;
    const input = await job.step(
      'look whether it is packaged',
      async () => (await services.stream.inputOf(request)) ?? null,
    );
    if (input) await job.startJob(services.stream.workflow, jobIdOfStream(request), input, { urgency: job.urgency });
  }

  async function collect(mediaPackageId: string): Promise<Collected> {
    const { uuid, trackingId } = request;
    const event = { mediaPackageId, uuid, trackingId, prefix: recordingPrefix(request.recording) };
    await job.step('note what is in use', () => ledger.opened(event));
    const collected = await collectRecording(services, request, job);
    const prefix = recordingPrefix(collected.recording);
    await job.step('write the inventory', () => services.writeInventory(prefix, request.uuid, collected.files));
    await job.step('note what was listed', async () => {
      await catalog.save(collected.recording);
      await ledger.listed(mediaPackageId, collected.listed, collected.missing.length);
    });
    return collected;
  }

  async function put(target: CheckedRequest, { recording, files, missing }: Collected): Promise<readonly string[]> {
    const events = await job.step('read the pauses', () => catalog.recordingEvents(request.uuid));
    const { mediaPackageId, workflow, publisher: name } = target;
    const plan = publisher.plan({ request, recording, files, events, mediaPackageId, workflow, publisher: name });
    if (!plan)
      throw new Failure('recording_without_media', `The recording ${request.uuid} has nothing to see or to hear.`, {
        details: { recording: request.uuid },
      });
    await is('UPLOADER_RECEIVED', { seriesId: request.series.id });
    await job.step('wait for a place in Opencast', ({ signal }) => takePlace(signal), patience);
    await send(plan, recordingPrefix(recording));
    await job.step('note what is in the event', async () => {
      const sent = files.filter(({ key }) => plan.elements.some((element) => element.key === key));
      for (const { file } of sent) await ledger.attached(mediaPackageId, recordingFileKey(file));
      await services.places.giveBack(job.id);
    });
    return [...plan.omitted, ...missing];
  }

  /** Of our own first: those who ask Opencast at the same time all see the same free ones. */
  async function takePlace(signal: AbortSignal): Promise<void> {
    if (!(await services.places.take(job.id)))
      throw new Failure(
        'opencast_busy',
        'Enough ingests of ours are on their way into Opencast (OC_TRACK_UPLOAD_MAX).',
      );
    await publisher.awaitPlace(signal);
  }

  async function send(plan: IngestPlan, prefix: string): Promise<void> {
    let draft = await job.step('open the media package', ({ signal }) => publisher.open(plan, signal), patience);
    const { uuid, trackingId } = request;
    for (const element of draft.mediaPackage === null ? [] : plan.elements) {
      const before = draft;
      const name = `add ${element.flavor} ${element.key.split('/').at(-1) ?? ''}`;
      draft = await job.step(name, ({ signal }) => publisher.add(before, element, signal), patience);
    }
    // What was put together stays in Opencast when this fails: a retry goes on with it.
    const whole = draft;
    const of = { uuid, trackingId, prefix };
    await job.step('start the workflow', (step) => publisher.start(whole, plan, of, step), patience);
  }

  async function follow(mediaPackageId: string): Promise<void> {
    const startedAt = await job.step('begin to follow', () => Promise.resolve(Date.now()));
    try {
      await job.step(
        'follow the workflow in Opencast',
        (step) => followEvent(publisher, { mediaPackageId, startedAt }, step, services.follow),
        patience,
      );
    } catch (error) {
      if (error instanceof Failure) await job.step('note the end', () => ledger.ended(mediaPackageId, 'FAILED'));
      throw error;
    }
    await job.step('note the end', () => ledger.ended(mediaPackageId, 'SUCCEEDED'));
  }

  /**
   * The recording as Zoom lists it now, with all that its webhooks told. What is new in it is not kept: when no webhook tells of it, the next look
   * through Zoom's list does, and it is for the packaging of the recording as well.
   */
  async function lookAgain(): Promise<Recording> {
    return job.step('list the files once more', async ({ signal }) => {
      const { hostId, startTime } = request.recording;
      const found = await services.source
        .recording(request.uuid, { hint: { hostId, startTime }, signal })
        .catch((error: unknown) => {
          if (error instanceof Failure) return undefined; // the event is there; this is extra
          throw error;
        });
      const known = (await catalog.find(request.uuid))?.recording ?? request.recording;
      return found ? mergeRecordings(known, found.recording) : known;
    });
  }

  /** Media that Zoom added after the ingest had listed the files; what comes later still is announced by a webhook. */
  async function lateFiles(recording: Recording): Promise<void> {
    const late = await job.step('look for late files', async () => await lookForLateFiles(services, recording));
    if (!late) return;
    for (const { notice } of late.untold) await tellAll(services, job, notice);
    await job.step('note late files', () => noteLateFiles(services, late));
  }

  /** Transcripts that Zoom made after the ingest had begun; one that comes later still is announced by a webhook. */
  async function lateCaptions(mediaPackageId: string, recording: Recording): Promise<void> {
    const late = await job.step('look for late transcripts', async () => {
      const attached = (await ledger.find(mediaPackageId))?.attached ?? [];
      return publisher.lateTranscripts(recording, attached);
    });
    for (const each of late) {
      const id = `captions:${mediaPackageId}:${recordingFileKey(each.file)}`;
      const input = { mediaPackageId, recording: { ...recording, files: [] }, ...each };
      await job.startJob(services.attachCaptions, id, input);
    }
  }

  return { is, during, stayDone, make, follow, lookAgain, lateFiles, lateCaptions, tellOf };
}
