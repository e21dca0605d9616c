import { Failure } from '../../domain/failure.js';
import { shownUrl } from '../../net/safe-url.js';

/**
 * One object of a presentation, by the address that it is asked for with.
 * - `manifest`: a playlist, MPD or client manifest, whose bytes are read and kept untouched.
 * - `key`: 16 bytes of an identity key; `media`: segments, initialization segments, indexes, images; `text`: sidecar text;
 *   `data`: what a session data tag or an asset list names, of any content.
 */
export interface Resource {
  /** absolute, normalised (WHATWG), without fragment, with its query */
  readonly url: string;
  readonly kind: 'manifest' | 'media' | 'text' | 'key' | 'data';
  /** bytes that the manifests refer to: a shorter answer is a truncated one */
  readonly atLeast?: number;
  /** The manifest's arithmetic says that it may exist (a last segment of a rounded duration): its absence at the origin is no failure. */
  readonly optional?: true;
}

/** Resources of one presentation: more than an inventory can list (see inventory-size.ts); 80 hours of 2-second segments in 4 renditions. */
export const maxResources = 600_000;

/** Collects resources once each, in the order of their first mention. */
export class ResourceSet {
  readonly #byUrl = new Map<string, Resource>();
  readonly #limit: number;

  constructor(limit = maxResources) {
    this.#limit = limit;
  }

  /** @throws Failure source_too_large */
  add(resource: Resource): void {
    const known = this.#byUrl.get(resource.url);
    if (!known && this.#byUrl.size >= this.#limit)
      throw new Failure(
        'source_too_large',
        `The presentation refers to more than ${this.#limit} resources (maxResources).`,
        { details: { allowed: this.#limit } },
      );
    if (!known || known.kind === 'data') this.#byUrl.set(resource.url, known ? merged(known, resource) : resource);
    else if (known.optional || (resource.atLeast ?? 0) > (known.atLeast ?? 0))
      this.#byUrl.set(resource.url, merged(known, resource));
  }

  values(): IterableIterator<Resource> {
    return this.#byUrl.values();
  }
}

/** Two mentions of one address: the stricter demands of both. */
function merged(a: Resource, b: Resource): Resource {
  const atLeast = Math.max(a.atLeast ?? 0, b.atLeast ?? 0);
  return {
    url: a.url,
    kind: a.kind === 'data' ? b.kind : a.kind,
    ...(atLeast > 0 && { atLeast }),
    ...(a.optional && b.optional && { optional: true as const }),
  };
}

/**
 * The absolute address of a reference, without fragment; undefined for `data:`, which carries its content itself.
 * @throws Failure url_refused for any other scheme than http and https, and for a user name or password
 */
export function resolveReference(reference: string, base: string): string | undefined {
  const url = URL.canParse(reference, base) ? new URL(reference, base) : undefined;
  if (url?.protocol === 'data:') return undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  // Nobody is asked with them (see safe-url.ts), so that they need not come into a key, and from there into claim and inventory.
  const hasUser = url !== undefined && (url.username !== '' || url.password !== '');
  if (isHttp && !hasUser) {
    url.hash = '';
    return url.href;
  }
  const shown = url ? shownUrl(url) : reference.slice(0, 200).replace(/[?#].*/s, '');
  const why = isHttp ? 'has a user name or a password' : 'is no address over http or https';
  throw new Failure('url_refused', `${shownUrl(base)} refers to ${shown}, which ${why}.`, {
    details: { url: shownUrl(base), given: shown },
  });
}
