import type { InventoryObject } from '../../../domain/inventory.js';
import { inFolder } from '../../../transfer/inventory.js';
import type { EndpointResult, ReportProgress } from '../egress.js';
import { beginEndpoint, objectOf, openEndpoint, type EndpointRequest, type EndpointState } from './endpoint-state.js';
import { forEachConcurrently } from './for-each-concurrently.js';
import { finishEndpoint, skippedEndpoint, storeInitSegments } from './finish-endpoint.js';
import { countAll, countMade, remainderOf, shareTasks, type JobTask, type OutputPlace } from './job-tasks.js';
import type { MadeSegments, OpenStore, PackagingEngine, SegmentWork } from './packaging-engine.js';
import { packagingFailure } from './packaging-failure.js';
import { progressMeter, type ProgressMeter } from './progress.js';

export interface PackagingJob {
  /** `file:///...`, absolute path, `https://...`, `s3://bucket/key` */
  readonly source: string;
  /** The bucket that the request names; absent: the storage of the settings. */
  readonly bucket?: string;
  /** Endpoints of one asset, each in a folder of its own. The source is read once for those that share segments. */
  readonly endpoints: readonly EndpointRequest[];
  readonly signal?: AbortSignal;
}

export interface PackagingTools {
  readonly openStore: OpenStore;
  readonly engine: PackagingEngine;
}

/**
 * Makes every endpoint of the job, or goes on with it, or repairs it, or finds it complete.
 * Nothing is touched before all of them are planned and all folders are known to be free or ours.
 * @returns in the order of `job.endpoints`
 * @throws Failure; what was made until then stays, and the same call goes on from there
 */
export async function produceEndpoints(
  { openStore, engine }: PackagingTools,
  job: PackagingJob,
  report: ReportProgress,
): Promise<EndpointResult[]> {
  try {
    const store = openStore(job.bucket);
    const source = await engine.index(job.source, job.signal);
    const endpoints: EndpointState[] = [];
    for (const request of job.endpoints) endpoints.push(await openEndpoint(store, source, request, job.signal));
    for (const endpoint of endpoints) await beginEndpoint(endpoint);

    await makeAllSegments(engine, endpoints, job, report);

    const results: EndpointResult[] = [];
    for (const endpoint of endpoints) {
      const complete = endpoint.survey.state === 'complete';
      results.push(complete ? skippedEndpoint(endpoint) : await finishEndpoint(endpoint, job.signal));
    }
    return results;
  } catch (error) {
    throw packagingFailure(error, job.signal);
  }
}

async function makeAllSegments(
  engine: PackagingEngine,
  endpoints: readonly EndpointState[],
  { source, bucket, signal }: PackagingJob,
  report: ReportProgress,
): Promise<void> {
  const tasks = shareTasks(endpoints);
  const pending = tasks.filter((task) => countMade(task) < countAll(task));
  const make: MakeSegments = (work, abort) => engine.make({ ...work, source, bucket }, abort);
  const meter = progressMeter(
    { segmentsDone: sum(tasks, countMade), segmentsTotal: sum(tasks, countAll), bytesRead: 0, bytesWritten: 0 },
    report,
  );
  try {
    for (const endpoint of endpoints)
      if (endpoint.survey.state !== 'complete') await storeInitSegments(endpoint, signal);
    await forEachConcurrently(pending, { concurrency: engine.concurrency, signal }, (task, abort) =>
      makeSegments(make, task, meter, abort),
    );
  } catch (error) {
    // What is made stays known. The first error is the one to tell: a full disk cannot take the journal either.
    await Promise.allSettled(endpoints.map(({ journal }) => journal.flush()));
    throw error;
  }
  meter.finish();
}

type MakeSegments = (work: Pick<SegmentWork, 'task' | 'targets'>, signal: AbortSignal) => Promise<MadeSegments>;

async function makeSegments(
  make: MakeSegments,
  job: JobTask,
  meter: ProgressMeter,
  signal: AbortSignal,
): Promise<void> {
  const { task, targets, copies } = remainderOf(job);
  for (const { from, to } of copies) {
    signal.throwIfAborted();
    await recordMade(to.endpoint, await copySegment(from, to), meter);
  }
  if (targets.length === 0) return;
  const { objects, bytesRead } = await make({ task, targets }, signal);
  meter.add({ bytesRead });
  const endpoints = new Map(
    job.outputs.flatMap(({ places }) => places.map(({ endpoint }) => [endpoint.work.at.folder, endpoint])),
  );
  for (const { folder, object } of objects) {
    const endpoint = endpoints.get(folder);
    if (endpoint) await recordMade(endpoint, object, meter);
  }
}

async function copySegment(from: OutputPlace, to: OutputPlace): Promise<InventoryObject> {
  const { size, digest, contentType, iFrames } = objectOf(from.endpoint, from.name);
  const { store, folder } = from.endpoint.work.at;
  const { etag } = await store.copy(inFolder(folder, from.name), inFolder(to.endpoint.work.at.folder, to.name));
  const facts = { ...(etag !== undefined && { etag }), ...(iFrames && { iFrames }) };
  return { key: to.name, size, digest, contentType, ...facts };
}

async function recordMade(endpoint: EndpointState, object: InventoryObject, meter: ProgressMeter): Promise<void> {
  endpoint.made.set(object.key, object);
  meter.add({ segmentsDone: 1, bytesWritten: object.size });
  await endpoint.journal.record([object]);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
