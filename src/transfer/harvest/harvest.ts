import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { Failure } from '../../domain/failure.js';
import type { Inventory, InventoryObject } from '../../domain/inventory.js';
import type { Pace } from '../../net/pace.js';
import type { HttpClient } from '../../net/request.js';
import { shownUrl } from '../../net/safe-url.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { inFolder, writeInventory } from '../inventory.js';
import { removeJournal } from '../journal.js';
import { defaultPatience, type Patience } from './attempts.js';
import { bodyMemory, type BodyMemory } from './body-memory.js';
import { removeObjects, surveyMirror, type MirrorFolder, type MirrorSurvey } from './destination.js';
import { enumerate, type Presentation } from './enumerate.js';
import { fetchManifest } from './fetch-manifest.js';
import { standingResult, sumOf, type HarvestResult } from './harvest-result.js';
import { checkInventorySize, fittingTag } from './inventory-size.js';
import { assignKeys, placeOf } from './keys.js';
import { manifestTypes, type FetchedManifest } from './manifest.js';
import { mirrorResources, type MirrorWork, type ReportHarvest } from './mirror-resources.js';
import { provenanceOf } from './provenance.js';
import { originOf, type Credentials, type Origin } from './origin.js';
import type { Resource } from './resource.js';

export interface HarvestJob {
  /** The manifest that a player opens. */
  readonly url: string;
  /** Whose mirror it is: a folder of another subject is refused. */
  readonly subject: string;
  readonly store: ObjectStore;
  /** Key prefix of the mirror, without trailing slash; '' is the store's root. */
  readonly folder: string;
  /** Headers for the entry manifest's own origin. */
  readonly credentials?: Credentials;
  /** Ask the origin of every object whether it changed, also of a mirror that is complete. */
  readonly refresh?: boolean;
  /** Remove objects of earlier versions that nothing refers to any more. */
  readonly prune?: boolean;
  readonly signal?: AbortSignal;
}

export interface HarvestPorts {
  readonly client: HttpClient;
  readonly pace: Pace;
  /** Objects under way at once, over all hosts. */
  readonly concurrency: number;
  readonly patience?: Patience;
  /** bytes of one object, at most; default defaultMaxObjectBytes */
  readonly maxObjectBytes?: number;
  /** bytes of the inventory, at most; default: what is read back */
  readonly maxInventoryBytes?: number;
  /** Of short bodies; harvests that run beside each other share it. Default: its own. */
  readonly memory?: BodyMemory;
}

export type { HarvestResult };

/** bytes: the largest recording anybody keeps in one file, and what stops a body without an end */
export const defaultMaxObjectBytes = 256 * 1024 ** 3;

/**
 * Mirrors a static presentation: manifests untouched, every resource, the entry manifest last, then the inventory. The same call again goes
 * on where it was stopped, repairs what is damaged, and does nothing when all is in place.
 * @throws Failure source_live, source_invalid, source_changed, destination_occupied and others; what is in place stays
 */
export async function harvest(ports: HarvestPorts, job: HarvestJob, report: ReportHarvest): Promise<HarvestResult> {
  const provenance = provenanceOf(job.url);
  const mirror: MirrorFolder = {
    at: { store: job.store, folder: job.folder },
    subject: job.subject,
    fingerprint: createHash('sha256').update(`harvest 1 ${provenance.source}`).digest('hex'),
  };
  // Everything under way listens to it at once, which is no leak.
  if (job.signal) setMaxListeners(0, job.signal);
  const survey = await surveyMirror(mirror, job.signal);
  const sameQuery = survey.inventory?.harvest?.query === provenance.query;
  // Another query may be another token or another presentation: the manifests tell.
  if (!job.refresh && !job.prune && sameQuery && isWhole(survey)) {
    if (survey.hasJournal) await removeJournal(mirror.at);
    return standingResult(survey.inventory, job.folder);
  }

  const ownOrigin = new URL(job.url).origin;
  const origin = originOf({ ...ports, ownOrigin, ...(job.credentials && { credentials: job.credentials }) });
  const patience = ports.patience ?? defaultPatience;
  const fetching = { origin, patience, ...(job.signal && { signal: job.signal }) };
  const presentation = await enumerate(job.url, (url, kind) => fetchManifest(fetching, url, kind));
  const layout = layOut(presentation);
  const keys = [...layout.resourceKeys, ...layout.manifestKeys];
  const revision = revisionOf(layout, keys);
  checkInventorySize({ keys, former: formerKeys(survey, new Set(keys)) }, ports.maxInventoryBytes);

  const work: MirrorWork = {
    mirror,
    survey,
    origin,
    patience,
    keys,
    // What is in place is right if the manifests that refer to it are the same; else each object's origin is asked.
    trusted: !job.refresh && survey.revision === revision,
    revision,
    root: layout.root,
    concurrency: ports.concurrency,
    maxObjectBytes: ports.maxObjectBytes ?? defaultMaxObjectBytes,
    memory: ports.memory ?? bodyMemory(),
    ...(job.signal && { signal: job.signal }),
  };
  const mirrored = await mirrorResources(work, layout, report);
  if (mirrored.fetched.objects > 0) await refuseMovedManifests(layout.manifests, fetching);
  return finish({ job, work, presentation, layout, mirrored, provenance, sameQuery });
}

/** All that is to be written, and where. */
export interface Layout {
  readonly root: string;
  readonly resources: readonly Resource[];
  readonly resourceKeys: readonly string[];
  /** The entry is the last. */
  readonly manifests: readonly FetchedManifest[];
  readonly manifestKeys: readonly string[];
}

function layOut({ entry, children, resources: found }: Presentation): Layout {
  const manifests = [...children.filter(({ requested }) => requested !== entry.url), entry];
  // What its relative references begin at is where the entry has to lie; its children are found by the addresses in it.
  const addresses = manifests.map((manifest) => (manifest === entry ? withoutHash(entry.url) : manifest.requested));
  const taken = new Set(addresses);
  const resources = [...found].filter(({ url }) => !taken.has(url));
  const { keys, root } = assignKeys([...addresses, ...resources.map(({ url }) => url)]);
  return {
    root,
    resources,
    resourceKeys: keys.slice(manifests.length),
    manifests,
    manifestKeys: keys.slice(0, manifests.length),
  };
}

/** Stands for all manifests, by content, and for where what they refer to lies: the same relative references may begin elsewhere now. */
function revisionOf({ manifests, root }: Layout, keys: readonly string[]): string {
  const hash = createHash('sha256');
  for (const { digest } of manifests) hash.update(digest);
  hash.update(placeOf(root));
  for (const key of keys) hash.update(`\n${key}`);
  return hash.digest('hex');
}

/** The manifests once more: what changed while its resources were harvested is no presentation that ever was. */
async function refuseMovedManifests(
  manifests: readonly FetchedManifest[],
  fetching: { origin: Origin; patience: Patience; signal?: AbortSignal },
): Promise<void> {
  for (const { requested, digest } of manifests) {
    const now = await fetchManifest(fetching, requested, 'json');
    if (now.digest === digest) continue;
    throw new Failure('source_changed', `${shownUrl(requested)} changed while it was harvested.`, {
      details: { url: shownUrl(requested) },
    });
  }
}

interface Finish {
  readonly job: HarvestJob;
  readonly work: MirrorWork;
  readonly presentation: Presentation;
  readonly layout: Layout;
  readonly mirrored: Awaited<ReturnType<typeof mirrorResources>>;
  readonly provenance: ReturnType<typeof provenanceOf>;
  /** The inventory in place has it already. */
  readonly sameQuery: boolean;
}

/** All resources are in place: child manifests, the entry, the inventory, then the journal goes. */
async function finish({
  job,
  work,
  presentation,
  layout,
  mirrored,
  provenance,
  sameQuery,
}: Finish): Promise<HarvestResult> {
  const { mirror, survey } = work;
  const { made, writer, absent } = mirrored;
  let { objects, bytes } = mirrored.fetched;
  for (const [index, manifest] of layout.manifests.entries()) {
    const key = layout.manifestKeys[index] ?? '';
    const known = survey.intact.get(key);
    if (known?.digest === manifest.digest) {
      made.set(key, known);
      continue;
    }
    await writer.possess();
    const object = await storeManifest(work, key, manifest, contentTypeOf(manifest, presentation));
    made.set(key, object);
    await writer.record(object);
    objects++;
    bytes += object.size;
  }
  await writer.flush();
  job.signal?.throwIfAborted();

  const former = formerKeys(survey, made);
  const entry = layout.manifestKeys.at(-1) ?? '';
  const inventory = {
    version: 1 as const,
    subject: mirror.subject,
    fingerprint: mirror.fingerprint,
    completedAt: new Date().toISOString(),
    entries: [entry],
    objects: [...made.values()],
    harvest: {
      ...provenance,
      root: layout.root,
      former: job.prune ? [] : former,
      revision: work.revision,
      durationMs: presentation.durationMs,
    },
  };
  const pruned = job.prune === true && former.length > 0;
  if (writer.possessed() || pruned || survey.revision !== work.revision || !survey.finished || !sameQuery) {
    if (pruned) await removeObjects(mirror.at, former);
    await writeInventory(job.store, job.folder, inventory);
  }
  if (writer.possessed() || survey.hasJournal) await removeJournal(mirror.at);
  return {
    status: statusOf({ survey, work, changed: writer.possessed() }),
    manifest: inFolder(job.folder, entry),
    objects: made.size,
    bytes: sumOf(made.values()),
    fetched: { objects, bytes },
    former: inventory.harvest.former.length,
    absent: absent.map(shownUrl),
    durationMs: presentation.durationMs,
  };
}

async function storeManifest(
  { mirror: { at }, signal }: MirrorWork,
  key: string,
  { bytes, digest }: FetchedManifest,
  contentType: string,
): Promise<InventoryObject> {
  const put = { contentType, digest, ...(signal && { signal }) };
  const stored = await at.store.put(inFolder(at.folder, key), bytes, put);
  const etag = fittingTag(stored.etag);
  return { key, size: bytes.byteLength, digest, contentType, ...(etag !== undefined && { etag }) };
}

function contentTypeOf({ bytes }: FetchedManifest, { kind }: Presentation): string {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1').trimStart();
  if (start.startsWith('{')) return 'application/json';
  if (start.includes('#EXTM3U')) return manifestTypes.hls;
  return manifestTypes[kind === 'hls' ? 'dash' : kind];
}

function statusOf({
  survey,
  work,
  changed,
}: {
  survey: MirrorSurvey;
  work: MirrorWork;
  changed: boolean;
}): HarvestResult['status'] {
  if (!survey.finished) return 'complete';
  if (!changed) return 'skipped';
  return work.trusted ? 'repaired' : 'refreshed';
}

/** Of earlier versions, which nothing refers to any more. */
function formerKeys({ own }: MirrorSurvey, now: Pick<ReadonlySet<string>, 'has'>): string[] {
  return own.filter((key) => !now.has(key));
}

/** Every object that the inventory lists is in place. */
function isWhole(survey: MirrorSurvey): survey is MirrorSurvey & { readonly inventory: Inventory } {
  const { finished, inventory, intact } = survey;
  return finished && inventory !== undefined && inventory.objects.every(({ key }) => intact.has(key));
}

function withoutHash(url: string): string {
  return url.replace(/#.*/s, '');
}
