import { Readable } from 'node:stream';
import type { CompletedPart, ListMultipartUploadsCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { Failure } from '../domain/failure.js';
import { withBackOff, type BackOff, type RetryVerdict } from '../net/back-off.js';
import { retryAfter } from '../net/retry-after.js';
import type { PutOptions } from './object-store.js';
import { checksumOf, type Piece } from './s3-body.js';
import type { S3Connection } from './s3-client.js';
import { s3Problem } from './s3-errors.js';
import type { UploadRoom } from './upload-memory.js';

/**
 * Sending bytes to S3. Bodies go out as streams of known length with a checksum in the headers: no copy, no SHA-256 for the signature
 * (`UNSIGNED-PAYLOAD`), and no aws-chunked coding, which not every server reads. The SDK does not send a stream twice, so tries are made here.
 */

/** bytes of a part of an upload; S3 takes 5 MiB to 5 GiB, 10 000 parts at most (so 160 GB in one object whose length nobody knows) */
const partSize = 16 * 1024 * 1024;
const maxParts = 10_000;
/** Parts of one upload under way at once, where there is memory for them. */
const partConcurrency = 4;
/** milliseconds; an unfinished upload that is older was left by a killed process: its parts cost money until removed */
export const abandonedAfterDay = 24 * 3600_000;

/** bytes of each part of an object of about so many bytes: larger where it would have too many otherwise */
export function partSizeFor(expectedSize = 0): number {
  return Math.max(partSize, Math.ceil(expectedSize / maxParts));
}

export interface S3Target extends S3Connection {
  readonly bucket: string;
  /** the whole key, prefix included */
  readonly key: string;
  readonly backOff: BackOff;
  /** milliseconds after which an unfinished upload of this key is another's no more */
  readonly abandonedAfter: number;
}

export interface Sent {
  readonly etag: string | undefined;
  /** bytes */
  readonly size: number;
}

/** How the object is stored; `digest` only of a whole one. */
export type SendOptions = Pick<PutOptions, 'digest' | 'signal'> & { readonly contentType: string };

/** Stores one piece as the whole object. */
export async function sendWhole(target: S3Target, piece: Piece, options: SendOptions): Promise<Sent> {
  const { sdk, client, bucket, key } = target;
  const facts = { Bucket: bucket, Key: key, ContentType: options.contentType, ...checksumOf(piece, options.digest) };
  const answer = await resending(target, options.signal, () =>
    client.send(new sdk.PutObjectCommand({ ...facts, ...bodyOf(piece) }), sending(options.signal)),
  );
  return { etag: answer.ETag, size: piece.size };
}

/** An object in pieces, all but the last of one size. */
export interface Pieces {
  /** The first one, which is taken out: whoever kept it would hold its memory until the last one is sent. */
  readonly begun: Piece[];
  readonly rest: AsyncIterator<Piece, void>;
  /** Their memory; the first piece's is taken. */
  readonly room: UploadRoom;
}

/** Stores pieces as one object; on any failure the parts that went up are removed. */
export async function sendParts(target: S3Target, pieces: Pieces, options: SendOptions): Promise<Sent> {
  const facts = { ContentType: options.contentType, ChecksumAlgorithm: 'CRC32' as const };
  let size = 0;
  const etag = await withMultipartUpload(target, facts, options.signal, async (upload) => {
    const sent = await sendEach(target, upload, pieces, options.signal);
    size = sent.size;
    return sent.parts;
  });
  return { etag, size };
}

/**
 * An upload of several parts: begun, filled by `send`, and completed; on any failure what went up is removed.
 * @returns the object's etag
 */
export async function withMultipartUpload(
  target: S3Target,
  facts: { readonly ContentType?: string; readonly ChecksumAlgorithm?: 'CRC32' },
  signal: AbortSignal | undefined,
  send: (upload: Upload) => Promise<CompletedPart[]>,
): Promise<string | undefined> {
  const { sdk, client, bucket, key } = target;
  const where = { Bucket: bucket, Key: key };
  await abortAbandoned(target);
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand({ ...where, ...facts }), sending(signal));
  const upload = { ...where, UploadId };
  try {
    const complete = { ...upload, MultipartUpload: { Parts: await send(upload) } };
    const answer = await client.send(new sdk.CompleteMultipartUploadCommand(complete), sending(signal));
    return answer.ETag;
  } catch (error) {
    // Without the caller's signal: it may be why we are here. What fails here is found as abandoned later.
    await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

export interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string | undefined;
}

async function sendEach(
  target: S3Target,
  upload: Upload,
  { begun, rest, room }: Pieces,
  signal: AbortSignal | undefined,
): Promise<{ parts: CompletedPart[]; size: number }> {
  const { sdk, client, key } = target;
  const parts: CompletedPart[] = [];
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let size = 0;

  async function sendPart(piece: Piece, PartNumber: number): Promise<void> {
    const checksum = checksumOf(piece);
    const { ETag, ChecksumCRC32 } = await resending(target, signal, () =>
      client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, ...bodyOf(piece), ...checksum }), sending(signal)),
    );
    // Named at the end only to servers that keep it: Swift checks nothing, and refuses what its schema does not know.
    parts[PartNumber - 1] = { PartNumber, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
  }

  /** A failure is kept rather than thrown: it may come while nobody waits for the part, but for the source. */
  function begin(piece: Piece, number: number): void {
    const part: Promise<void> = sendPart(piece, number)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        underWay.delete(part);
        room.arrived();
      });
    underWay.add(part);
  }

  function refuseFailures(): void {
    if (failures.length > 0) throw failures[0];
  }

  /** The piece is known to nobody else, so that its memory is free once it has arrived. */
  async function sendNext(number: number): Promise<boolean> {
    const piece = begun.pop() ?? (await rest.next()).value;
    if (!piece) return false;
    if (number > maxParts) throw tooManyParts(key, size);
    size += piece.size;
    begin(piece, number);
    return true;
  }

  async function memoryForNext(): Promise<void> {
    while (underWay.size >= partConcurrency || !room.tryAdd()) await Promise.race(underWay);
    refuseFailures();
  }

  try {
    for (let number = 1; await sendNext(number); number++) await memoryForNext();
  } finally {
    await Promise.all(underWay); // a part that arrives after the abort would stay behind
  }
  refuseFailures();
  return { parts, size };
}

function tooManyParts(key: string, sent: number): Failure {
  return new Failure(
    'too_large',
    `The object "${key}" has more than ${sent} bytes, which are ${maxParts} parts; larger ones must be announced with their length.`,
  );
}

async function abortAbandoned(target: S3Target): Promise<void> {
  const { bucket, key, abandonedAfter } = target;
  const isOurs = (given: string) => Promise.resolve(given === key);
  await abortUploads(target, { bucket, prefix: key, isOurs, abandonedAfter }).catch(() => {
    // Tidying up needs rights (s3:ListBucketMultipartUploads) that storing does not; a lifecycle rule of the bucket can do it as well.
  });
}

export interface AbandonedUploads {
  readonly bucket: string;
  readonly prefix: string;
  /** @param key whole */
  readonly isOurs: (key: string) => Promise<boolean>;
  /** milliseconds since they were begun */
  readonly abandonedAfter: number;
  readonly signal?: AbortSignal | undefined;
}

/** Aborts uploads in parts that were begun so long ago that nobody goes on with them. @throws errors of S3 */
export async function abortUploads(
  { sdk, client }: Pick<S3Target, 'sdk' | 'client'>,
  { bucket: Bucket, prefix, isOurs, abandonedAfter, signal }: AbandonedUploads,
): Promise<void> {
  let place: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (place) {
    const listed: ListMultipartUploadsCommandOutput = await client.send(
      new sdk.ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...place }),
      sending(signal),
    );
    for (const { Key, Initiated, UploadId } of listed.Uploads ?? []) {
      const isOld = Initiated !== undefined && Date.now() - Initiated.getTime() > abandonedAfter;
      if (Key === undefined || !isOld || !(await isOurs(Key))) continue;
      await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }), sending(signal));
    }
    place = listed.IsTruncated
      ? { KeyMarker: listed.NextKeyMarker, UploadIdMarker: listed.NextUploadIdMarker }
      : undefined;
  }
}

function bodyOf({ views, size }: Piece): { Body: Readable | Uint8Array; ContentLength: number } {
  return { Body: size === 0 ? new Uint8Array(0) : Readable.from(views, { objectMode: false }), ContentLength: size };
}

type HandlerOptions = Parameters<S3Client['send']>[1];

function sending(signal: AbortSignal | undefined): HandlerOptions {
  return signal ? { abortSignal: signal } : {};
}

/** Makes the request anew as long as the error is one that passes. */
function resending<T>(target: S3Target, signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> {
  return withBackOff(target.backOff, request, judge, signal);
}

const passingNames = ['BadDigest', 'IncompleteBody', 'RequestTimeout', 'ConditionalRequestConflict', 'TimeoutError'];

function judge(error: unknown): RetryVerdict {
  const problem = s3Problem(error);
  if (!problem) return false;
  const { name, status, retryAfter: header } = problem;
  if (status === undefined ? name === 'CredentialsProviderError' : !passingNames.includes(name) && !passes(status))
    return false;
  const after = retryAfter(header);
  return after === undefined ? {} : { after };
}

const passes = (status: number): boolean => status === 429 || (status >= 500 && status !== 501 && status !== 507);
