import type { Readable } from 'node:stream';
import type { BackOff } from '../net/back-off.js';
import { Failure } from '../domain/failure.js';
import { inventoryKey } from '../domain/inventory.js';
import { resolveRange } from './byte-range.js';
import { contentTypeOf } from './content-type.js';
import { checkKey, checkPrefix } from './keys.js';
import type {
  GetOptions,
  ListOptions,
  ObjectBody,
  ObjectRead,
  ObjectStore,
  PutOptions,
  StoredObject,
} from './object-store.js';
import { cut, isStream, pieceOf, verified, type Piece } from './s3-body.js';
import { copyObject, largestWholeCopy } from './s3-copy.js';
import { s3Connection, type S3Connection, type S3Options } from './s3-client.js';
import { s3Failure, s3Problem } from './s3-errors.js';
import {
  abandonedAfterDay,
  abortUploads,
  partSizeFor,
  sendParts,
  sendWhole,
  type SendOptions,
  type S3Target,
  type Sent,
} from './s3-upload.js';
import { uploadMemory, UploadRoom } from './upload-memory.js';

/** seconds: signatures of version 4 live no longer (7 days) */
const longestSignature = 604_800;

const defaultBackOff: BackOff = { tries: 4, firstDelay: 500, longestDelay: 15_000 };

/**
 * Objects in a bucket of S3, or of a server that speaks its API. Every upload carries a checksum that the server compares.
 */
export function s3Store(options: S3Options): ObjectStore {
  const { bucket, prefix = '', backOff = defaultBackOff, abandonedAfter = abandonedAfterDay } = options;
  const { memory = uploadMemory } = options;
  const { largestWholeCopy: wholeUpTo = largestWholeCopy } = options;
  if (prefix !== '') checkKey(prefix);
  const location = ['s3:/', bucket, ...(prefix === '' ? [] : [prefix])].join('/');
  const connect = s3Connection(options);
  const whole = (key: string): string => (prefix === '' ? key : `${prefix}/${key}`);

  /** Does something about a checked key; errors then name the object and the store. */
  async function about<T>(
    verb: string,
    key: string,
    work: (at: S3Connection & { Key: string }) => Promise<T>,
  ): Promise<T> {
    checkKey(key);
    const Key = checkKey(whole(key));
    try {
      return await work({ ...(await connect()), Key });
    } catch (error) {
      throw s3Failure(error, `${verb} "${key}" in ${location}`);
    }
  }

  async function head(key: string): Promise<StoredObject | undefined> {
    return about('look at', key, async ({ sdk, client, Key }) => {
      try {
        const facts = await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key }));
        return { key, size: facts.ContentLength ?? 0, ...factsOf(facts) };
      } catch (error) {
        if (s3Problem(error)?.status === 404) return undefined;
        throw error;
      }
    });
  }

  async function sendStream(
    target: S3Target,
    stream: AsyncIterable<Uint8Array>,
    options: SendOptions & Pick<PutOptions, 'expectedSize'>,
  ): Promise<Sent> {
    const partSize = partSizeFor(options.expectedSize);
    // Before a byte is read: a source that is not begun holds nothing that others wait for.
    const room = await UploadRoom.enter(memory, Math.min(partSize, options.expectedSize ?? partSize), options.signal);
    const pieces = cut(options.digest ? verified(stream, options.digest) : stream, partSize, options.signal);
    try {
      const begun = [await firstOf(pieces)];
      if (begun.some(({ size }) => size === partSize))
        return await sendParts(target, { begun, rest: pieces, room }, options);
      return await sendWhole(target, pieceOf(begun.flatMap(({ views }) => views)), options);
    } finally {
      await pieces.return(); // closes the stream where it was not read to its end
      room.leave();
    }
  }

  return {
    location,
    head,

    async put(key: string, body: ObjectBody, given: PutOptions = {}): Promise<StoredObject> {
      given.signal?.throwIfAborted();
      const options = { ...given, contentType: given.contentType ?? contentTypeOf(key) };
      const sent = await about('store', key, async (connection) => {
        const target = { ...connection, bucket, key: connection.Key, backOff, abandonedAfter };
        return isStream(body) ? sendStream(target, body, options) : sendWhole(target, pieceOf(body), options);
      });
      return {
        key,
        size: sent.size,
        contentType: options.contentType,
        ...(sent.etag !== undefined && { etag: sent.etag }),
      };
    },

    async get(key: string, { range, signal }: GetOptions = {}): Promise<ObjectRead> {
      if (range) resolveRange(key, Number.MAX_SAFE_INTEGER, range); // what no object could satisfy
      return about('read', key, async ({ sdk, client, Key }) => {
        const answer = await client.send(
          new sdk.GetObjectCommand({
            Bucket: bucket,
            Key,
            ...(range && { Range: `bytes=${range.start}-${range.end ?? ''}` }),
          }),
          signal ? { abortSignal: signal } : {},
        );
        const length = answer.ContentLength ?? 0;
        const total = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
        const size = total === undefined ? length : Number(total);
        if (range && total === undefined) resolveRange(key, size, range); // a server may answer an empty object whole
        const bytes = reading(answer.Body as Readable, { length, signal, action: `read "${key}" in ${location}` });
        return { key, size, length, body: bytes, ...factsOf(answer) };
      });
    },

    async *list(under: string, { shallow = false }: ListOptions = {}): AsyncIterable<StoredObject> {
      const Prefix = checkPrefix(prefix === '' ? under : `${prefix}/${checkPrefix(under)}`);
      let ContinuationToken: string | undefined;
      try {
        const { sdk, client } = await connect();
        do {
          const page = await client.send(
            new sdk.ListObjectsV2Command({
              Bucket: bucket,
              Prefix,
              ...(shallow && { Delimiter: '/' }),
              ...(ContinuationToken && { ContinuationToken }),
            }),
          );
          for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
            if (Key === undefined || Key.endsWith('/')) continue; // consoles make such markers for folders
            const key = prefix === '' ? Key : Key.slice(prefix.length + 1);
            yield { key, size: Size ?? 0, ...factsOf({ ETag, LastModified }) };
          }
          ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
        } while (ContinuationToken !== undefined);
      } catch (error) {
        throw s3Failure(error, `list "${under}" in ${location}`);
      }
    },

    async remove(key: string): Promise<void> {
      await about('remove', key, async ({ sdk, client, Key }) => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key })).catch((error: unknown) => {
          if (s3Problem(error)?.name !== 'NoSuchKey') throw error; // some servers say so; Amazon's does not
        });
      });
    },

    async copy(from: string, to: string): Promise<StoredObject> {
      checkKey(from);
      checkKey(to);
      const missing = () =>
        new Failure('not_found', `Could not copy "${from}" in ${location}: there is no such object.`);
      const source = await head(from);
      if (!source) throw missing();
      if (from === to) return source;
      await about('copy', from, async (connection) => {
        const target = { ...connection, bucket, key: whole(to), backOff, abandonedAfter };
        const { size, etag, contentType } = source;
        await copyObject(target, { key: connection.Key, size, etag, contentType }, wholeUpTo);
      });
      const copied = await head(to);
      if (!copied) throw missing();
      return copied;
    },

    async tidy(signal?: AbortSignal): Promise<void> {
      // The bucket may hold uploads of others: ours are in folders that have an inventory of ours.
      async function isOurs(key: string): Promise<boolean> {
        const folders = key
          .slice(prefix === '' ? 0 : prefix.length + 1)
          .split('/')
          .slice(0, -1);
        for (let depth = folders.length; depth > 0; depth--)
          if (await head(`${folders.slice(0, depth).join('/')}/${inventoryKey}`)) return true;
        return false;
      }
      try {
        const under = prefix === '' ? '' : `${prefix}/`;
        await abortUploads(await connect(), { bucket, prefix: under, isOurs, abandonedAfter, signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw s3Failure(error, `look for abandoned uploads in ${location}`);
      }
    },

    async signedUrl(key: string, { expiresInSeconds }): Promise<string> {
      if (!(expiresInSeconds > 0 && expiresInSeconds <= longestSignature)) {
        throw new Failure(
          'invalid_request',
          `A signed URL lives 1 to ${longestSignature} seconds; given: ${expiresInSeconds}.`,
        );
      }
      return about('sign a URL of', key, async ({ sdk, client, Key }) => {
        const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
        return getSignedUrl(client, new sdk.GetObjectCommand({ Bucket: bucket, Key }), { expiresIn: expiresInSeconds });
      });
    },
  };
}

async function firstOf(pieces: AsyncIterator<Piece, void>): Promise<Piece> {
  const { value } = await pieces.next();
  if (!value) throw new Error('a stream has at least one piece, if an empty one');
  return value;
}

async function* reading(
  body: Readable,
  { length, signal, action }: { length: number; signal: AbortSignal | undefined; action: string },
): AsyncGenerator<Uint8Array> {
  let left = length;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      left -= chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (s3Problem(error)) throw s3Failure(error, action);
    throw new Failure('storage_unavailable', `Could not ${action}: the connection broke off.`, { cause: error });
  } finally {
    body.destroy();
  }
  if (left > 0) throw new Failure('storage_unavailable', `Could not ${action}: ${left} bytes are missing.`);
}

function factsOf(facts: {
  ETag?: string | undefined;
  LastModified?: Date | undefined;
  ContentType?: string | undefined;
}): Pick<StoredObject, 'etag' | 'lastModified' | 'contentType'> {
  return {
    ...(facts.ETag !== undefined && { etag: facts.ETag }),
    ...(facts.LastModified && { lastModified: facts.LastModified }),
    ...(facts.ContentType !== undefined && { contentType: facts.ContentType }),
  };
}
