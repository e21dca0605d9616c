import { z } from 'zod';
import { endpointPrefix, jobIdOfEndpoint } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../domain/packaging-configuration.js';
import { recordingFileKey } from '../domain/recording.js';
import { recordingPrefix } from '../domain/recording-key.js';
import { isStreamed, recordingViews, type RecordingView } from '../domain/recording-stream.js';
import type { RecordingStatus } from '../domain/recording-status.js';
import type { StoredRecordingFile } from '../domain/stored-recording-file.js';
import { ingestRequestSchema, type IngestRequest } from '../domain/work-request.js';
import type { EndpointSuccess } from '../notify/notice.js';
import { noticeOfStream } from '../notify/stream-notice.js';
import type { RecordingCatalog, StatusChange } from '../status/recording-catalog.js';
import type { RecordingStreams, StreamedView } from '../status/recording-streams.js';
import type { ObjectStore } from '../storage/object-store.js';
import { collectRecording, type CollectServices, type Collected } from './collect-recording.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import type { EndpointInput } from './package-endpoint.js';
import { tellAll, type Telling } from './tell.js';

const inputSchema = z.object({
  request: ingestRequestSchema,
  configurations: z.array(packagingConfigurationSchema).min(1),
  packagingGroupId: z.string(),
  /** The recording goes nowhere else: how this ends is the status of the ingest. */
  alone: z.boolean(),
});

export type StreamInput = z.infer<typeof inputSchema>;

export interface StreamServices extends CollectServices, Telling {
  readonly catalog: Pick<RecordingCatalog, 'setStatus' | 'recordingEvents' | 'save'>;
  readonly streams: RecordingStreams;
  readonly store: Pick<ObjectStore, 'put'>;
  /** Puts an object beside those of a finished endpoint, and into its inventory. */
  readonly addToEndpoint: (prefix: string, object: AddedObject) => Promise<void>;
  /** The address under which packaging reads an object of the store. */
  readonly sourceOf: (key: string) => string;
  readonly writeInventory: (prefix: string, uuid: string, files: readonly StoredRecordingFile[]) => Promise<void>;
  readonly packageEndpoint: WorkflowDefinition<EndpointInput, EndpointSuccess>;
}

export interface AddedObject {
  /** below the prefix */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
}

export interface StreamResult {
  readonly views: readonly StreamedView[];
}

/** One job for each recording, whoever asks: it is done again to verify, to repair and to add what came late. */
export function jobIdOfStream({ uuid }: Pick<IngestRequest, 'uuid'>): string {
  return `stream:${uuid}`;
}

/** A recording becomes assets that can be watched: each view of each segment, with its transcript. Its job id is `stream:<uuid>`. */
export function streamRecording(services: StreamServices) {
  const { streams, catalog } = services;
  return defineWorkflow<StreamInput, StreamResult>({
    name: 'stream-recording',
    queue: 'recordings',
    input: inputSchema,
    title: ({ request: { recording } }) => `stream of recording "${recording.topic}" of ${recording.startTime}`,

    async run(input, job) {
      const { request, alone } = input;
      const is = async (status: RecordingStatus, change: StatusChange = {}) => {
        if (!alone) return;
        const facts = { jobId: job.id, seriesId: request.series.id, ...change };
        await job.step(`status ${status}`, () => catalog.setStatus(request.trackingId, status, facts));
      };
      await job.step('note that it begins', () => streams.opened(request));
      await is('SENT_TO_DOWNLOADER');
      let failed: RecordingStatus = 'DOWNLOADER_FAILED';
      try {
        await is('OC_SERIES_FOUND');
        const collected = await collect(services, request, job);
        failed = 'STREAM_FAILED';
        await is('SENT_TO_UPLOADER');
        const views = await packageViews(services, { input, collected }, job);
        await job.step('note what can be watched', () => streams.ended(request.uuid, 'SUCCEEDED', views));
        await is('STREAM_SUCCEEDED');
        await tellOf(services, { request, outcome: { kind: 'done', views, omitted: collected.missing } }, job);
        return { views };
      } catch (error) {
        // The engine's own errors (cancelled, taken over) are no outcome.
        if (!(error instanceof Failure)) throw error;
        await job.step('note the failure', () => streams.ended(request.uuid, 'FAILED'));
        await is(failed, { reason: `${error.message} [${error.code}]` });
        await tellOf(services, { request, outcome: { kind: 'failed', failure: error } }, job);
        throw error;
      }
    },
  });
}

/** @param again when something was announced meanwhile; it is looked for once more only, because what Zoom has removed since is in no list */
async function collect(
  services: StreamServices,
  request: IngestRequest,
  job: JobContext,
  again = true,
): Promise<Collected> {
  const collected = await collectRecording(services, request, job);
  const { recording, files, listed } = collected;
  await job.step('write the inventory', () => services.writeInventory(recordingPrefix(recording), request.uuid, files));
  const isBehind = await job.step('note what was listed', async () => {
    // First this: whoever learns of a file from now on sees that it is not listed, and what was learnt before is in the catalog by then.
    await services.streams.listed(request.uuid, listed);
    const known = await services.catalog.save(recording);
    return known.files.some((file) => isStreamed(file) && !listed.includes(recordingFileKey(file)));
  });
  return isBehind && again ? collect(services, request, job, false) : collected;
}

async function packageViews(
  services: StreamServices,
  { input, collected }: { input: StreamInput; collected: Collected },
  job: JobContext,
): Promise<StreamedView[]> {
  const { uuid } = input.request;
  const events = await job.step('read the pauses', () => services.catalog.recordingEvents(uuid));
  const views = recordingViews(collected.files, events);
  if (views.length === 0)
    throw new Failure('recording_without_media', `The recording ${uuid} has nothing to see or to hear.`, {
      details: { recording: uuid },
    });
  await job.step('write the sources', async () => {
    for (const view of views)
      await services.store.put(view.sourceKey, Buffer.from(view.source), { contentType: 'application/smil+xml' });
  });
  const endpoints = views.flatMap((view) => input.configurations.map((configuration) => ({ view, configuration })));
  const children = [];
  for (const { view, configuration } of endpoints) {
    const request = assetOf(services, view, input.packagingGroupId);
    const id = jobIdOfEndpoint(view.assetId, configuration.Id);
    children.push(await job.startChild(services.packageEndpoint, id, { request, configuration }));
  }
  const ends = await job.settleChildren(children);
  const lost = ends.flatMap((end) => (end.status === 'done' ? [] : [`${end.id}: ${end.failure.message}`]));
  if (lost.length > 0)
    throw new Failure(
      'endpoints_failed',
      `${lost.length} of ${ends.length} endpoints of the recording ${uuid} failed: ${lost.join('; ')}`,
      { details: { recording: uuid } },
    );
  await job.step('write the chapters', () => writeChapters(services, views, input));
  const made = ends.map((end) => (end.status === 'done' ? end.result : undefined));
  return views.map((view, index) =>
    streamedView(view, made.slice(index * input.configurations.length, (index + 1) * input.configurations.length)),
  );
}

const chaptersName = 'chapters.vtt';

/** Beside the manifests of every endpoint, under the same capability, and in its inventory. */
async function writeChapters(
  services: StreamServices,
  views: readonly RecordingView[],
  { configurations, packagingGroupId }: { configurations: readonly PackagingConfiguration[]; packagingGroupId: string },
): Promise<void> {
  for (const view of views)
    for (const { Id } of configurations) {
      const prefix = endpointPrefix(assetOf(services, view, packagingGroupId), Id);
      const bytes = Buffer.from(view.chapters);
      await services.addToEndpoint(prefix, { name: chaptersName, bytes, contentType: 'text/vtt' });
    }
}

function assetOf({ sourceOf }: StreamServices, { assetId, sourceKey }: RecordingView, packagingGroupId: string) {
  return { id: assetId, packagingGroupId, source: sourceOf(sourceKey), destination: { path: 'streams' } };
}

function streamedView(
  { assetId, view, startsAt }: RecordingView,
  endpoints: readonly (EndpointSuccess | undefined)[],
): StreamedView {
  const playbackUrls = endpoints.flatMap((endpoint) => endpoint?.playbackUrls ?? []);
  // .../out/v1/<capability>/index.m3u8
  const chaptersUrl = playbackUrls[0]?.replace(/(\/out\/v1\/[0-9a-f]+\/).*$/, `$1${chaptersName}`);
  return { assetId, view, startsAt, playbackUrls, chaptersUrl };
}

async function tellOf(
  services: Telling,
  of: Omit<Parameters<typeof noticeOfStream>[0], 'run' | 'jobId'>,
  job: JobContext,
): Promise<void> {
  if (services.targets === 0) return;
  const run = await job.step('name this run', () => Promise.resolve(crypto.randomUUID()));
  await tellAll(services, job, noticeOfStream({ ...of, run, jobId: job.id }));
}
