import pLimit from 'p-limit';
import { Failure } from '../../domain/failure.js';
import { shownUrl } from '../../net/safe-url.js';
import type { ReadElement } from '../../manifest/xml-reader.js';
import { dashResources, mpdDurationMs, readMpd } from './dash-resources.js';
import { hlsReferences, type HlsReference } from './hls-resources.js';
import {
  kindOfManifest,
  manifestFailure,
  maxAllManifestBytes,
  readingManifest,
  textOfManifest,
  type FetchedManifest,
  type ManifestKind,
} from './manifest.js';
import { mediaDurationMs } from './media-duration.js';
import { mssResources } from './mss-resources.js';
import { withRemoteElements } from './remote-elements.js';
import { resolveReference, ResourceSet, type Resource } from './resource.js';

/** @param kind `json`: an asset list, else a manifest */
export type FetchManifest = (url: string, kind: 'manifest' | 'json') => Promise<FetchedManifest>;

export interface Presentation {
  readonly kind: ManifestKind;
  readonly entry: FetchedManifest;
  /** Playlists and lists below the entry, in the order of their first mention, in whichever they arrived: the same each time. */
  readonly children: readonly FetchedManifest[];
  /** Everything that is no manifest, each once. */
  readonly resources: Iterable<Resource>;
  /** milliseconds of media */
  readonly durationMs: number;
}

/** Manifests of one presentation. */
const maxManifests = 10_000;
/** Interstitials inside interstitials. */
const maxDepth = 3;
/** Manifests that are fetched at the same time. */
const fetchConcurrency = 8;

/**
 * Every resource of a static presentation. Manifests are fetched once; everything is told from the bytes that will be stored.
 * @throws Failure source_live, source_invalid, source_unsupported, source_too_large, url_refused; what `fetch` throws
 */
export async function enumerate(entryUrl: string, fetch: FetchManifest): Promise<Presentation> {
  const walk = new PresentationWalk(fetch);
  const entry = await walk.fetch(entryUrl, 'manifest');
  const text = textOfManifest(entry);
  const kind = kindOfManifest(text, entry.url);
  if (kind === 'hls') await walk.playlist(entry, { depth: 0, variables: undefined });
  else walk.durationMs = await walk.resources(kind, text, entry.url);
  return {
    kind,
    entry,
    children: walk.manifests().filter((manifest) => manifest !== entry),
    resources: walk.found.values(),
    durationMs: walk.durationMs,
  };
}

type ManifestReference = Exclude<HlsReference, { kind: 'resource' }>;

interface PlaylistScope {
  /** how many presentations it is inside of */
  readonly depth: number;
  /** of the multivariant playlist */
  readonly variables: ReadonlyMap<string, string> | undefined;
}

class PresentationWalk {
  readonly found = new ResourceSet();
  durationMs = 0;
  /** What was asked for, in that order; undefined until it is there. */
  readonly #asked = new Map<string, FetchedManifest | undefined>();
  readonly #fetch: FetchManifest;
  readonly #limit = pLimit(fetchConcurrency);
  #bytes = 0;

  constructor(fetch: FetchManifest) {
    this.#fetch = fetch;
  }

  manifests(): FetchedManifest[] {
    return [...this.#asked.values()].filter((manifest) => manifest !== undefined);
  }

  async fetch(url: string, kind: 'manifest' | 'json'): Promise<FetchedManifest> {
    if (this.#asked.size >= maxManifests)
      throw new Failure('source_too_large', `The presentation has more than ${maxManifests} manifests (maxManifests).`);
    this.#asked.set(url, undefined);
    const manifest = await this.#limit(() => this.#fetch(url, kind));
    this.#bytes += manifest.bytes.byteLength;
    if (this.#bytes > maxAllManifestBytes)
      throw new Failure(
        'source_too_large',
        `The manifests are larger than ${maxAllManifestBytes} bytes together (maxAllManifestBytes).`,
      );
    this.#asked.set(url, manifest);
    return manifest;
  }

  /**
   * A manifest that another one refers to: it is stored by the address there, so its own relative references must begin there, too. (The
   * entry is stored by the address that it came from.)
   */
  async #child(url: string, kind: 'manifest' | 'json'): Promise<FetchedManifest> {
    const manifest = await this.fetch(url, kind);
    if (folderOf(manifest.url) === folderOf(url)) return manifest;
    throw new Failure(
      'source_unsupported',
      `${shownUrl(url)} is redirected to another folder, ${shownUrl(manifest.url)}: what it refers to would not be found in a mirror. Only the manifest that is asked for may be redirected so.`,
      { details: { url: shownUrl(url), given: shownUrl(manifest.url) } },
    );
  }

  async playlist(manifest: FetchedManifest, scope: PlaylistScope): Promise<void> {
    const { url } = manifest;
    const text = textOfManifest(manifest);
    // Assets inside it do not make it longer.
    if (scope.depth === 0) this.durationMs = Math.max(this.durationMs, mediaDurationMs('hls', text));
    const below: ManifestReference[] = [];
    for (const reference of readingManifest(url, () => hlsReferences(text, url, scope.variables))) {
      if (reference.kind === 'resource') this.found.add(reference.resource);
      else below.push(reference);
    }
    await this.#follow(below, scope, manifest);
  }

  /**
   * Fetches what is not known yet at the same time, and reads it in the order of its mention, however it arrived: what a presentation
   * consists of is the same each time that it is looked at.
   */
  async #follow(
    references: readonly ManifestReference[],
    { depth }: PlaylistScope,
    from: FetchedManifest,
  ): Promise<void> {
    const byUrl = new Map<string, ManifestReference>();
    for (const reference of references)
      if (!this.#asked.has(reference.url) && !byUrl.has(reference.url)) byUrl.set(reference.url, reference);
    const anew = [...byUrl.values()];
    if (depth >= maxDepth && anew.some(({ kind }) => kind !== 'playlist'))
      throw new Failure('source_too_large', `${shownUrl(from.url)} is deeper than ${maxDepth} assets (maxDepth).`);
    const manifests = await settled(
      anew.map(({ url, kind }) => this.#child(url, kind === 'asset-list' ? 'json' : 'manifest')),
    );
    for (const [index, reference] of anew.entries()) {
      const manifest = manifests[index];
      if (manifest) await this.#read(manifest, reference, depth);
    }
  }

  #read(manifest: FetchedManifest, reference: ManifestReference, depth: number): Promise<void> {
    switch (reference.kind) {
      case 'playlist':
        return this.playlist(manifest, { depth, variables: reference.variables });
      case 'presentation':
        return this.#asset(manifest, depth + 1);
      case 'asset-list': {
        const assets = assetsOf(manifest).map((url) => ({ kind: 'presentation' as const, url }));
        return this.#follow(assets, { depth, variables: undefined }, manifest);
      }
    }
  }

  /** A presentation inside this one. */
  async #asset(manifest: FetchedManifest, depth: number): Promise<void> {
    const text = textOfManifest(manifest);
    const kind = kindOfManifest(text, manifest.url);
    if (kind === 'hls') await this.playlist(manifest, { depth, variables: undefined });
    else await this.resources(kind, text, manifest.url);
  }

  /** @returns milliseconds of media */
  async resources(kind: 'dash' | 'mss', text: string, url: string): Promise<number> {
    const mpd = kind === 'dash' ? await this.#mpd(text, url) : undefined;
    const read = () => (mpd ? dashResources(mpd, url) : mssResources(text, url));
    for (const resource of readingManifest(url, read)) this.found.add(resource);
    return mpd ? mpdDurationMs(mpd) : mediaDurationMs('mss', text);
  }

  async #mpd(text: string, url: string): Promise<ReadElement> {
    try {
      return await withRemoteElements(readMpd(text, url), url, (target) => this.#remote(target));
    } catch (error) {
      throw manifestFailure(error, url);
    }
  }

  /** Its references begin where it is put in, so it may come from anywhere. */
  async #remote(url: string): Promise<string> {
    return textOfManifest(await this.fetch(url, 'manifest'));
  }
}

function folderOf(url: string): string {
  return new URL('.', url).href;
}

/** Waits for all, also when one fails, so that nothing goes on behind the failure. */
async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

/** RFC 8216bis Appendix D.2: `{ "ASSETS": [{ "URI": ... }] }` */
function assetsOf(list: FetchedManifest): string[] {
  const invalid = (): Failure =>
    new Failure('source_invalid', `${shownUrl(list.url)} is no list of assets: {"ASSETS":[{"URI":...}]} is needed.`);
  let json: unknown;
  try {
    json = JSON.parse(textOfManifest(list));
  } catch {
    throw invalid();
  }
  const assets = typeof json === 'object' && json !== null && 'ASSETS' in json ? json.ASSETS : undefined;
  if (!Array.isArray(assets)) throw invalid();
  return assets.flatMap((asset: unknown) => {
    const uri = typeof asset === 'object' && asset !== null && 'URI' in asset ? asset.URI : undefined;
    if (typeof uri !== 'string') throw invalid();
    return resolveReference(uri, list.url) ?? [];
  });
}
