import { setMaxListeners } from 'node:events';
import type { InventoryObject } from '../../domain/inventory.js';
import { journalWriter } from '../journal.js';
import { withPatience, type Patience } from './attempts.js';
import type { BodyMemory } from './body-memory.js';
import { hasSameAddresses, takeMirror, type MirrorFolder, type MirrorPlan, type MirrorSurvey } from './destination.js';
import type { Origin } from './origin.js';
import type { Resource } from './resource.js';
import { storeObject } from './store-object.js';

export interface MirrorWork extends MirrorPlan {
  readonly mirror: MirrorFolder;
  readonly survey: MirrorSurvey;
  readonly origin: Origin;
  readonly patience: Patience;
  readonly concurrency: number;
  readonly maxObjectBytes: number;
  readonly memory: BodyMemory;
  readonly signal?: AbortSignal;
}

/** Called a few times a second. */
export type ReportHarvest = (progress: HarvestProgress) => void;

export interface HarvestProgress {
  readonly objectsDone: number;
  readonly objectsTotal: number;
  /** that were brought over now */
  readonly bytes: number;
}

/** The folder is claimed at the first write, and not before: a refresh that finds nothing new touches nothing. */
export interface MirrorWriter {
  possess(): Promise<void>;
  possessed(): boolean;
  record(object: InventoryObject): Promise<void>;
  flush(): Promise<void>;
}

export interface Mirrored {
  /** What is in place, by key, in the order of the resources. */
  readonly made: Map<string, InventoryObject>;
  readonly fetched: { objects: number; bytes: number };
  /** Addresses of optional resources that the origin does not have. */
  readonly absent: string[];
  readonly writer: MirrorWriter;
}

/** milliseconds between two reports */
const reportInterval = 250;

/** Brings every resource over that is not in place, several at a time. At the first failure what is under way is stopped, and what is made stays known. */
export async function mirrorResources(
  work: MirrorWork,
  { resources, resourceKeys }: { resources: readonly Resource[]; resourceKeys: readonly string[] },
  report: ReportHarvest,
): Promise<Mirrored> {
  const failed = new AbortController();
  const signal = work.signal ? AbortSignal.any([work.signal, failed.signal]) : failed.signal;
  setMaxListeners(0, signal);
  const mirrored: Mirrored = {
    made: new Map(),
    fetched: { objects: 0, bytes: 0 },
    absent: [],
    writer: mirrorWriter(work),
  };
  let next = 0;
  let done = 0;
  let reported = 0;
  let first: { error: unknown } | undefined;

  async function lane(): Promise<void> {
    for (let index = next++; index < resources.length && !signal.aborted; index = next++) {
      const resource = resources[index];
      const key = resourceKeys[index];
      if (!resource || key === undefined) return;
      try {
        await mirrorOne({ ...work, signal }, mirrored, { resource, key });
      } catch (error) {
        first ??= { error };
        failed.abort(error);
        return;
      }
      done++;
      if (performance.now() - reported < reportInterval) continue;
      reported = performance.now();
      report({ objectsDone: done, objectsTotal: resources.length, bytes: mirrored.fetched.bytes });
    }
  }

  await Promise.all(Array.from({ length: Math.min(work.concurrency, resources.length) }, lane));
  if (first) {
    // The first error is the one to tell: a full disk cannot take the journal either.
    await mirrored.writer.flush().catch(() => undefined);
    throw first.error;
  }
  work.signal?.throwIfAborted();
  report({ objectsDone: done, objectsTotal: resources.length, bytes: mirrored.fetched.bytes });
  return mirrored;
}

async function mirrorOne(
  work: MirrorWork,
  { made, fetched, absent, writer }: Mirrored,
  { resource, key }: { resource: Resource; key: string },
): Promise<void> {
  const known = work.survey.intact.get(key);
  if (known && work.trusted) {
    made.set(key, known);
    return;
  }
  const asked = known?.origin && hasSameAddresses(work.survey, work) ? known.origin : undefined;
  const object = await withPatience(
    work.patience,
    async (before) => {
      const answer = await work.origin.ask({
        url: resource.url,
        optional: resource.optional ?? false,
        forbiddenBefore: before === 'forbidden',
        ...(known && asked && { known: { origin: asked, size: known.size } }),
        ...(work.signal && { signal: work.signal }),
      });
      if (answer.state === 'absent') return undefined;
      if (answer.state === 'unchanged') return known;
      try {
        await writer.possess();
      } catch (error) {
        answer.discard();
        throw error;
      }
      const { mirror, maxObjectBytes, memory, signal } = work;
      return storeObject(answer, resource, { at: mirror.at, key, maxObjectBytes, memory, ...(signal && { signal }) });
    },
    work.signal,
  );
  if (!object) absent.push(resource.url);
  else made.set(key, object);
  if (!object || object === known) return;
  fetched.objects++;
  fetched.bytes += object.size;
  await writer.record(object);
}

function mirrorWriter({ mirror, survey, ...plan }: MirrorWork): MirrorWriter {
  const journal = journalWriter(mirror.at, mirror.fingerprint);
  let possession: Promise<void> | undefined;
  return {
    possess: () => (possession ??= takeMirror(mirror, survey, plan)),
    possessed: () => possession !== undefined,
    record: (object) => journal.record([object]),
    flush: () => journal.flush(),
  };
}
