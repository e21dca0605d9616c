import { randomUUID } from 'node:crypto';
import { Failure } from '../domain/failure.js';
import type { ObjectStore } from '../storage/object-store.js';

/** MP4 files that people upload to be packaged. Each lies in the storage as `uploads/<asset>/<random>.mp4`: no part of the name is the sender's. */
export interface Uploads {
  /** bytes that one may have; 0: nothing can be uploaded */
  readonly limit: number;
  /**
   * Stores a file whole or not at all.
   * @param expectedSize bytes, where the sender says so
   * @returns the source for a request of this asset
   * @throws Failure too_large; source_invalid for what does not begin as an MP4; as ObjectStore.put does
   */
  receive(assetId: string, body: AsyncIterable<Uint8Array>, expectedSize?: number): Promise<Upload>;
  /** Removes files older than a day that no asset is made of. @returns how many */
  sweep(isUsed: (assetId: string, source: string) => Promise<boolean>, signal: AbortSignal): Promise<number>;
}

export interface Upload {
  readonly source: string;
  readonly bytes: number;
}

export interface UploadsOptions {
  readonly store: Pick<ObjectStore, 'put' | 'list' | 'remove'>;
  readonly limit: number;
  /** The address that an object of the store has as a source. */
  readonly sourceOf: (key: string) => string;
}

const folder = 'uploads';
/** milliseconds in which whoever uploaded a file asks for its asset */
const abandonedAfter = 86_400_000;

export function uploads({ store, limit, sourceOf }: UploadsOptions): Uploads {
  return {
    limit,

    async receive(assetId, body, expectedSize) {
      if (expectedSize !== undefined && expectedSize > limit) throw tooLarge(limit);
      const key = `${folder}/${assetId}/${randomUUID()}.mp4`;
      const options = { contentType: 'video/mp4', durable: true, ...(expectedSize !== undefined && { expectedSize }) };
      const { size } = await store.put(key, checked(body, limit), options);
      return { source: sourceOf(key), bytes: size };
    },

    async sweep(isUsed, signal) {
      let removed = 0;
      const until = Date.now() - abandonedAfter;
      for await (const { key, lastModified } of store.list(`${folder}/`)) {
        signal.throwIfAborted();
        const [, assetId] = /^uploads\/([^/]+)\/[0-9a-f-]{36}\.mp4$/.exec(key) ?? [];
        if (assetId === undefined || lastModified === undefined || lastModified.getTime() > until) continue;
        if (await isUsed(assetId, sourceOf(key))) continue;
        await store.remove(key);
        removed += 1;
      }
      return removed;
    },
  };
}

/** The bytes as they come, as long as they are an MP4's and not too many. */
async function* checked(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > limit) throw tooLarge(limit);
    if (head.length < headLength) {
      head = Buffer.concat([head, piece.subarray(0, headLength)]);
      if (head.length >= headLength) checkHead(head);
    }
    yield piece;
  }
  if (head.length < headLength) checkHead(head);
}

const headLength = 8;
/** Boxes that ISO/IEC 14496-12 and QuickTime files begin with. */
const firstBoxes = ['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'styp', 'pdin', 'uuid'];

/** @param head its first 8 bytes */
export function beginsAsMp4(head: Buffer): boolean {
  return firstBoxes.includes(head.toString('latin1', 4, headLength));
}

function checkHead(head: Buffer): void {
  if (beginsAsMp4(head)) return;
  const type = head.toString('latin1', 4, headLength);
  throw new Failure('source_invalid', `The file is no MP4: it begins with ${JSON.stringify(type)} in place of a box.`, {
    details: { allowed: firstBoxes, given: type },
  });
}

function tooLarge(limit: number): Failure {
  return new Failure('too_large', `The file is larger than the ${limit / 1_000_000} MB of REELWAY_UPLOAD_MEGABYTES.`, {
    details: { setting: 'REELWAY_UPLOAD_MEGABYTES', allowed: limit },
  });
}
