import type { InventoryObject } from '../../../domain/inventory.js';
import { inFolder } from '../../../transfer/inventory.js';
import type { ReportProgress } from '../egress.js';
import { objectOf, type EndpointState } from './endpoint-state.js';
import { forEachConcurrently } from './for-each-concurrently.js';
import { countAll, countMade, remainderOf, type JobTask, type OutputPlace } from './job-tasks.js';
import type { MadeSegments, PackagingEngine, SegmentWork } from './packaging-engine.js';
import type { PackagingJob } from './packaging-job.js';
import { progressMeter, type ProgressMeter } from './progress.js';

export interface SegmentsToMake {
  readonly engine: PackagingEngine;
  readonly endpoints: readonly EndpointState[];
  /** of these endpoints: all, or a part of them */
  readonly tasks: readonly JobTask[];
  readonly job: Pick<PackagingJob, 'source' | 'sourceRole' | 'bucket' | 'signal'>;
  readonly report: ReportProgress;
}

/** Makes what is not made of the tasks, and keeps the journals of what is. @param first what is to be in place before any segment */
export async function makeSegments(
  { engine, endpoints, tasks, job: { source, sourceRole, bucket, signal }, report }: SegmentsToMake,
  first?: () => Promise<void>,
): Promise<void> {
  const pending = tasks.filter((task) => countMade(task) < countAll(task));
  const make: MakeSegments = (work, abort) => engine.make({ ...work, source, sourceRole, bucket }, abort);
  const meter = progressMeter(
    { segmentsDone: sum(tasks, countMade), segmentsTotal: sum(tasks, countAll), bytesRead: 0, bytesWritten: 0 },
    report,
  );
  try {
    await first?.();
    await forEachConcurrently(pending, { concurrency: engine.concurrency, signal }, (task, abort) =>
      makeTask(make, task, meter, abort),
    );
  } catch (error) {
    // What is made stays known. The first error is the one to tell: a full disk cannot take the journal either.
    await Promise.allSettled(endpoints.map(({ journal }) => journal.flush()));
    throw error;
  }
  meter.finish();
}

type MakeSegments = (work: Pick<SegmentWork, 'task' | 'targets'>, signal: AbortSignal) => Promise<MadeSegments>;

async function makeTask(make: MakeSegments, job: JobTask, meter: ProgressMeter, signal: AbortSignal): Promise<void> {
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
  const { size, digest, contentType, iFrames, splices } = objectOf(from.endpoint, from.name);
  const { store, folder } = from.endpoint.work.at;
  const { etag } = await store.copy(inFolder(folder, from.name), inFolder(to.endpoint.work.at.folder, to.name));
  const facts = { ...(etag !== undefined && { etag }), ...(iFrames && { iFrames }), ...(splices && { splices }) };
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
