import { createHash, type Hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure.js';
import type { BackOff } from '../net/back-off.js';
import { HttpFault } from '../net/http-fault.js';
import type { DirectResponse } from '../net/direct/direct-get.js';
import type { HttpClient } from '../net/request.js';
import { retryAfter } from '../net/retry-after.js';
import { contentRange } from './content-range.js';
import type { HostPattern } from './download-hosts.js';
import { followHops, isPage, isRefusal, type FileLocation } from './download-response.js';
import { contentKind, headLength, problemOfHead, type ContentKind } from './file-content.js';

export interface ResumingOptions {
  readonly http: HttpClient;
  readonly hosts: readonly HostPattern[];
  readonly backOff: BackOff;
}

export interface WantedFile {
  readonly name: string;
  readonly fileType: string;
  readonly size: number | undefined;
  readonly locate: (signal: AbortSignal | undefined) => Promise<FileLocation>;
  readonly signal?: AbortSignal;
  readonly report?: (bytes: number) => void;
}

export interface ResumingBody {
  /** The whole file, once. @throws Failure; nothing that was given before may then be kept */
  bytes(): AsyncGenerator<Uint8Array>;
  /** of everything that `bytes` gave */
  digest(): `sha256:${string}`;
}

/** bytes of a piece; each has memory of its own, because a storage may still be writing the ones before */
const pieceBytes = 256 * 1024;
const memory = (): Uint8Array => Buffer.allocUnsafeSlow(pieceBytes);

/** Requests for one file, however well they go: more means that something is wrong for good. */
const maxRequests = 1000;

/** The bytes of a file over as many requests as it takes: each goes on where the one before broke off, with a fresh address and token. */
export function resumingBody(options: ResumingOptions, file: WantedFile): ResumingBody {
  const hash = createHash('sha256');
  const kind = contentKind(file.fileType);
  const place: Place = { offset: 0, size: undefined, etag: undefined };

  /** One request: what it gives from `place` on. */
  async function* piece(): AsyncGenerator<Uint8Array> {
    const { signal } = file;
    const location = await file.locate(signal);
    // What a refusal said of itself is not about the file. And of texts Zoom's word on the size is not exact.
    const size = kind === 'media' ? (location.size ?? file.size) : undefined;
    if (place.offset === 0) Object.assign(place, { size, etag: undefined });
    const response = await followHops(options, { location, headers: rangeHeaders(place), signal });
    try {
      const skip = judge(response, place, file, kind);
      const read = response.read(memory);
      const body = skip === 0 ? read : afterSame(read, skip, hash, file);
      yield* place.offset === 0 ? withGoodHead(body, kind) : body;
    } finally {
      response.discard();
    }
  }

  async function* bytes(): AsyncGenerator<Uint8Array> {
    let without = 0;
    for (let requests = 1; ; requests++) {
      const before = place.offset;
      try {
        for await (const chunk of piece()) {
          if (place.size !== undefined && place.offset + chunk.byteLength > place.size)
            throw damaged(file, `more than the ${place.size} bytes that were announced`);
          hash.update(chunk);
          place.offset += chunk.byteLength;
          yield chunk;
          file.report?.(place.offset);
        }
        if (place.size === undefined || place.offset === place.size) return;
        throw new HttpFault('cut', `The ${file.name} broke off at byte ${place.offset} of ${place.size}`);
      } catch (error) {
        file.signal?.throwIfAborted();
        without = place.offset > before ? 1 : without + 1;
        const pause = pauseAfter(error, without, options.backOff);
        if (pause === undefined || requests >= maxRequests) throw failureOf(error, file);
        await sleep(pause, undefined, { signal: file.signal });
      }
    }
  }
  return { bytes, digest: () => `sha256:${hash.digest('hex')}` };
}

/** What is known of the file and how much of it is there. */
interface Place {
  offset: number;
  /** bytes of the whole */
  size: number | undefined;
  etag: string | undefined;
}

function rangeHeaders({ offset, etag }: Place): Record<string, string> {
  if (offset === 0) return {};
  // RFC 9110 §13.1.5: a weak validator does not do for a range
  const strong = etag !== undefined && !etag.startsWith('W/');
  return { range: `bytes=${offset}-`, ...(strong && { 'if-range': etag }) };
}

/** Notes what the answer says of the file. @returns bytes at its start that are there already: the server has ignored the range */
function judge(response: DirectResponse, place: Place, file: WantedFile, kind: ContentKind): number {
  const { status, headers } = response;
  if (isRefusal(response)) throw new Refused(`it answers ${status}`);
  if (isPage(response)) throw new Refused('it shows a page where the file should be');
  if (kind === 'media' && /^application\/json/i.test(headers['content-type'] ?? ''))
    throw new Refused('it answers with a message where the file should be');
  if (status !== 200 && status !== 206) throw statusFailure(response, file);

  const told = status === 206 ? contentRange(headers['content-range']) : undefined;
  if (status === 206 && told?.start !== place.offset) throw damaged(file, 'another range than asked for');
  const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  const size = status === 206 ? told?.size : length;
  if (size !== undefined && place.size !== undefined && size !== place.size) {
    const problem = `${size} bytes where ${place.size} were announced`;
    throw place.offset === 0 ? new Refused(problem) : damaged(file, problem);
  }
  const { etag } = headers;
  if (place.offset > 0 && place.etag !== undefined && etag !== undefined && etag !== place.etag)
    throw damaged(file, 'it was replaced meanwhile');
  place.size ??= size;
  place.etag = etag;
  return status === 200 ? place.offset : 0;
}

/** Lets the first bytes of a body go, after comparing them by digest with those that came before. */
async function* afterSame(
  body: AsyncIterable<Uint8Array>,
  skip: number,
  before: Hash,
  file: WantedFile,
): AsyncGenerator<Uint8Array> {
  const again = createHash('sha256');
  let left = skip;
  for await (const chunk of body) {
    const known = chunk.subarray(0, Math.min(left, chunk.byteLength));
    if (left > 0) {
      again.update(known);
      left -= known.byteLength;
      if (left === 0 && again.digest('hex') !== before.copy().digest('hex'))
        throw damaged(file, 'it was replaced meanwhile');
    }
    if (known.byteLength < chunk.byteLength) yield chunk.subarray(known.byteLength);
  }
  if (left > 0) throw damaged(file, 'it is shorter than before');
}

/** Holds the first bytes back until they are seen to be those of such a file. */
async function* withGoodHead(body: AsyncIterable<Uint8Array>, kind: ContentKind): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  const check = (head: Uint8Array): Uint8Array => {
    const problem = problemOfHead(head.subarray(0, headLength), kind);
    if (problem !== undefined) throw new Refused(problem);
    return head;
  };
  for await (const chunk of body) {
    if (!held) yield chunk;
    else if (held.byteLength + chunk.byteLength < headLength) held = Buffer.concat([held, chunk]);
    else {
      yield check(held.byteLength === 0 ? chunk : Buffer.concat([held, chunk]));
      held = undefined;
    }
  }
  if (held && (held.byteLength > 0 || kind === 'media' || kind === 'captions')) yield check(held);
}

/** It does not let us have the file: an expired token looks like that, and so does a deleted file. */
class Refused extends Error {}

/** The server cannot now; says when, at times. */
class Later extends Failure {
  readonly after: number | undefined;

  constructor(message: string, after: number | undefined) {
    super('source_unavailable', message);
    this.after = after;
  }
}

function statusFailure({ status, headers }: DirectResponse, { name }: WantedFile): Failure {
  if ([408, 425, 429].includes(status) || status >= 500)
    return new Later(`Zoom answers ${status} for the ${name}.`, retryAfter(headers['retry-after']));
  if (status === 404 || status === 410)
    return new Failure('source_not_found', `Zoom has the ${name} no more (it answers ${status}).`);
  if (status === 416) return damaged({ name }, 'it is shorter than what came before');
  return new Failure('source_forbidden', `Zoom answers ${status} for the ${name}.`);
}

/** Tries with a fresh token before a refusal is believed. */
const triesAtRefusal = 2;

/** milliseconds before the next request; undefined when there should be none */
function pauseAfter(error: unknown, without: number, { tries, firstDelay, longestDelay }: BackOff): number | undefined {
  const passing = error instanceof HttpFault ? error.passing : error instanceof Refused || error instanceof Later;
  if (!passing || without >= (error instanceof Refused ? Math.min(triesAtRefusal, tries) : tries)) return undefined;
  const after = error instanceof Later ? (error.after ?? 0) : 0;
  if (after > longestDelay) return undefined;
  return Math.max(after, Math.min(firstDelay * 2 ** (without - 1), longestDelay) * (0.5 + Math.random() / 2));
}

function failureOf(error: unknown, file: WantedFile): unknown {
  if (error instanceof Refused) return damaged(file, error.message);
  if (!(error instanceof HttpFault)) return error;
  const code = error.passing ? 'source_unavailable' : 'recording_file_damaged';
  return new Failure(code, `The ${file.name} could not be fetched: ${error.message}.`, { cause: error });
}

export function damaged({ name }: Pick<WantedFile, 'name'>, problem: string): Failure {
  return new Failure('recording_file_damaged', `The ${name} does not arrive whole: ${problem}.`, {
    details: { problem },
  });
}
