import { checkPresentation, writeManifests, type ManifestFile } from '../../../packager/packager.js';
import { crc32Digest } from '../../../transfer/digest.js';
import { inFolder, writeInventory } from '../../../transfer/inventory.js';
import type { EndpointResult } from '../egress.js';
import { objectOf, segmentFacts, type EndpointState } from './endpoint-state.js';
import { joinFiles } from './join-files.js';
import { removeJournal, writeClaim } from '../../../transfer/journal.js';

interface SmallObject {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** Initialization segments: known before any media byte. */
export async function storeInitSegments(endpoint: EndpointState, signal?: AbortSignal): Promise<void> {
  for (const segment of endpoint.presentation.initSegments) await storeUnlessIntact(endpoint, segment, signal);
}

/** All segments are in place: single files of them, manifests, those that a player opens last, then the inventory; only then the journal goes. */
export async function finishEndpoint(endpoint: EndpointState, signal?: AbortSignal): Promise<EndpointResult> {
  const { work, survey, journal, fileOf } = endpoint;
  await journal.flush();
  await joinFiles(endpoint, signal);
  const manifests = manifestsOf(endpoint);
  const names = manifests.map(({ name }) => name);
  const keys = [...work.keys.filter((key) => !fileOf.has(key)), ...names];
  const entries = manifests.filter(({ entry }) => entry).map(({ name }) => name);
  await writeClaim(work.at, {
    version: 1,
    subject: work.subject,
    fingerprint: work.fingerprint,
    keys: [...work.keys, ...names],
  });
  for (const manifest of manifests)
    await storeUnlessIntact(endpoint, { ...manifest, bytes: Buffer.from(manifest.text) }, signal);
  signal?.throwIfAborted();
  await writeInventory(work.at.store, work.at.folder, {
    version: 1,
    subject: work.subject,
    fingerprint: work.fingerprint,
    completedAt: new Date().toISOString(),
    entries,
    objects: keys.map((key) => objectOf(endpoint, key)),
  });
  await removeJournal(work.at);
  return resultOf(endpoint, { status: survey.state === 'damaged' ? 'repaired' : 'complete', entries, keys });
}

/** Nothing had to be done: the inventory stands and was verified. */
export function skippedEndpoint(endpoint: EndpointState): EndpointResult {
  const entries = endpoint.survey.inventory?.entries ?? [];
  return resultOf(endpoint, { status: 'skipped', entries, keys: [...endpoint.made.keys()] });
}

function manifestsOf(endpoint: EndpointState): ManifestFile[] {
  const { presentation } = endpoint;
  const facts = segmentFacts(endpoint);
  const files = writeManifests(presentation, facts);
  const [problem, ...others] = checkPresentation(presentation, files, facts);
  if (problem) {
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    throw new Error(`${problem.file} breaks the rule ${problem.rule}: ${problem.message}${more}`);
  }
  return [...files.filter(({ entry }) => !entry), ...files.filter(({ entry }) => entry)];
}

async function storeUnlessIntact(endpoint: EndpointState, object: SmallObject, signal?: AbortSignal): Promise<void> {
  const { name, contentType, bytes } = object;
  const digest = crc32Digest([bytes]);
  if (endpoint.made.get(name)?.digest === digest) return;
  const { store, folder } = endpoint.work.at;
  const { etag } = await store.put(inFolder(folder, name), bytes, { contentType, digest, ...(signal && { signal }) });
  const size = bytes.byteLength;
  endpoint.made.set(name, { key: name, size, digest, contentType, ...(etag !== undefined && { etag }) });
}

interface Outcome {
  readonly status: EndpointResult['status'];
  readonly entries: readonly string[];
  readonly keys: readonly string[];
}

function resultOf(endpoint: EndpointState, { status, entries, keys }: Outcome): EndpointResult {
  const { presentation, work } = endpoint;
  return {
    status,
    manifests: entries.map((name) => inFolder(work.at.folder, name)),
    objects: keys.length,
    bytes: keys.reduce((sum, key) => sum + objectOf(endpoint, key).size, 0),
    durationMs: Math.round(presentation.periods.reduce((sum, { duration }) => sum + duration, 0) * 1000),
    ...(presentation.notes.length > 0 && { notes: presentation.notes }),
  };
}
