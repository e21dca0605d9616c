import { createHash, type Hash } from 'node:crypto';
import { Failure } from '../../domain/failure.js';
import type { InventoryObject, OriginFacts } from '../../domain/inventory.js';
import { shownUrl } from '../../net/safe-url.js';
import { inFolder } from '../inventory.js';
import type { ObjectBody, PutOptions } from '../../storage/object-store.js';
import type { EndpointFolder } from '../journal.js';
import { tooLarge } from '../source-failure.js';
import { Troubled } from './attempts.js';
import { gatheredBytes, type BodyMemory } from './body-memory.js';
import { identityKeyBytes } from './hls-resources.js';
import { fittingDate, fittingTag } from './inventory-size.js';
import { isHtml, mediaTypeOf, sniffedBytes } from './media-type.js';
import { bounded, type Answer } from './origin.js';
import type { Resource } from './resource.js';

/** bytes of a stream's pieces */
const pieceBytes = 256 * 1024;
const noBytes = new Uint8Array(0);

export interface StoreTarget {
  readonly at: EndpointFolder;
  readonly key: string;
  /** bytes of one object, at most */
  readonly maxObjectBytes: number;
  readonly memory: BodyMemory;
  readonly signal?: AbortSignal;
}

/**
 * Streams what the origin answered into the store, hashing it on the way. Nothing is stored of a body that ends early, is empty, is shorter
 * than the manifests say, or is a web page.
 * @throws Troubled for trouble of the origin; Failure of the store
 */
export async function storeObject(answer: Found, resource: Resource, target: StoreTarget): Promise<InventoryObject> {
  const { at, key, maxObjectBytes, signal } = target;
  const { url } = resource;
  const watched = new WatchedBody(resource);
  try {
    if (answer.length !== undefined && answer.length > maxObjectBytes)
      throw new Troubled('final', tooLarge(shownUrl(url), maxObjectBytes, answer.length));
    const whole = (memory: () => Uint8Array): AsyncGenerator<Uint8Array> =>
      watched.through(bounded(answer.read(memory), url, maxObjectBytes));
    const put = async (head: Uint8Array, body: ObjectBody, options: PutOptions): Promise<InventoryObject> => {
      if (isHtml(head)) throw doubtful(resource, 'a web page in place of media', 'source_invalid');
      // A key's bytes are chance.
      const contentType = mediaTypeOf(resource.kind === 'key' ? noBytes : head, nameOf(url), answer.contentType);
      const stored = await at.store.put(inFolder(at.folder, key), body, {
        contentType,
        ...options,
        ...(signal && { signal }),
      });
      const etag = fittingTag(stored.etag);
      const origin = fittingFacts(answer.origin);
      return {
        key,
        size: watched.size,
        digest: watched.digest(),
        contentType,
        ...(etag !== undefined && { etag }),
        ...(Object.keys(origin).length > 0 && { origin }),
      };
    };
    if (answer.length === undefined || answer.length > gatheredBytes) {
      const { head, pieces } = await withHead(whole(() => Buffer.allocUnsafeSlow(pieceBytes)));
      return await put(head, pieces, answer.length === undefined ? {} : { expectedSize: answer.length });
    }
    return await target.memory.lend(async (memory) => {
      let size = 0;
      const room = (): Uint8Array => {
        if (size < memory.byteLength) return memory.subarray(size);
        throw doubtful(resource, 'more than it announced', 'source_invalid');
      };
      for await (const piece of whole(room)) size += piece.byteLength;
      const body = memory.subarray(0, size);
      return put(body.subarray(0, sniffedBytes), body, { digest: watched.digest() });
    }, signal);
  } catch (error) {
    // A store may wrap what the body threw: the origin's trouble is the origin's.
    throw watched.trouble ?? error;
  } finally {
    answer.discard();
  }
}

function fittingFacts(facts: OriginFacts): OriginFacts {
  const etag = fittingTag(facts.etag);
  const lastModified = fittingDate(facts.lastModified);
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

type Found = Extract<Answer, { state: 'found' }>;

/** Hashes and measures a body as it passes, and judges it at its end. */
class WatchedBody {
  size = 0;
  trouble: unknown;
  readonly #resource: Resource;
  readonly #hash: Hash = createHash('sha256');
  #digest: `sha256:${string}` | undefined;

  constructor(resource: Resource) {
    this.#resource = resource;
  }

  digest(): `sha256:${string}` {
    return (this.#digest ??= `sha256:${this.#hash.digest('hex')}`);
  }

  async *through(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body) {
        this.size += piece.byteLength;
        this.#hash.update(piece);
        yield piece;
      }
      this.#judge();
    } catch (error) {
      this.trouble = error;
      throw error;
    }
  }

  #judge(): void {
    const { kind, atLeast = 0 } = this.#resource;
    if (this.size === 0) throw doubtful(this.#resource, 'nothing', 'source_invalid');
    if (kind === 'key' && this.size !== identityKeyBytes)
      throw doubtful(this.#resource, `${this.size} bytes, while a key has ${identityKeyBytes}`, 'source_invalid');
    if (this.size < atLeast)
      throw doubtful(
        this.#resource,
        `${this.size} bytes, while bytes up to ${atLeast} are referred to`,
        'source_invalid',
      );
  }
}

function doubtful({ url }: Resource, what: string, code: 'source_invalid'): Troubled {
  const shown = shownUrl(url);
  return new Troubled('doubtful', new Failure(code, `${shown} answers ${what}.`, { details: { url: shown } }));
}

function nameOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The first bytes of a body, and the whole of it. */
async function withHead(
  body: AsyncGenerator<Uint8Array>,
): Promise<{ head: Uint8Array; pieces: AsyncGenerator<Uint8Array> }> {
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < sniffedBytes) {
    const next = await body.next();
    if (next.done) break;
    first.push(next.value);
    size += next.value.byteLength;
  }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      yield* body;
    } finally {
      await body.return(undefined);
    }
  }
  return { head: Buffer.concat(first).subarray(0, sniffedBytes), pieces: pieces() };
}
