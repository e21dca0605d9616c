import type { Failure } from '../../domain/failure.js';
import type { OriginFacts } from '../../domain/inventory.js';
import { HttpFault } from '../../net/http-fault.js';
import type { Pace, Visit } from '../../net/pace.js';
import type { DirectResponse } from '../../net/direct/direct-get.js';
import type { HttpClient } from '../../net/request.js';
import { retryAfter } from '../../net/retry-after.js';
import { shownUrl } from '../../net/safe-url.js';
import { contentRange } from '../content-range.js';
import { faultFailure, statusFailure, tooLarge } from '../source-failure.js';
import { Troubled, type Trouble } from './attempts.js';

export interface OriginOptions {
  readonly client: HttpClient;
  readonly pace: Pace;
  /**
   * Headers that the entry manifest's origin, and nobody else, gets. Read once and kept in memory only; read anew when the origin answers
   * 401 or 403, because secrets are rotated.
   */
  readonly credentials?: Credentials;
  /** Origin that the credentials belong to, `https://host`. */
  readonly ownOrigin: string;
  /** milliseconds in which the rest of a body that was cut has to begin; default one minute */
  readonly restWait?: number;
}

/** @param anew what was read before was refused */
export type Credentials = (anew: boolean) => Promise<Readonly<Record<string, string>>>;

/** What an origin has at an address. */
export type Answer =
  | { readonly state: 'unchanged' }
  | { readonly state: 'absent' }
  | {
      readonly state: 'found';
      /** where it came from, after redirects */
      readonly url: string;
      readonly origin: OriginFacts;
      readonly contentType: string | undefined;
      /** bytes, where told */
      readonly length: number | undefined;
      /**
       * The pieces of the body, once, each in the memory that was given for it; a cut is mended by asking for the rest where the origin can
       * do that. Ends the visit.
       */
      read(memory: () => Uint8Array): AsyncIterable<Uint8Array>;
      /** Lets the body go, unread or half read. */
      discard(): void;
    };

export interface Question {
  readonly url: string;
  /** What is known already: the answer may be `unchanged`. */
  readonly known?: { readonly origin: OriginFacts; /** bytes */ readonly size: number };
  /** The address may be without content. */
  readonly optional?: boolean;
  /** The try before was refused for want of permission. */
  readonly forbiddenBefore?: boolean;
  readonly signal?: AbortSignal;
}

export interface Origin {
  /** One try. @throws Troubled; Failure url_refused */
  ask(question: Question): Promise<Answer>;
}

/** milliseconds in which credentials are read anew at most once */
const rereadPause = 5000;

/**
 * Longer than a connection and an answer take. Who waits for a place at the host has memory for its body, and those who have the places may
 * wait for just that: each would wait for ever.
 */
const defaultRestWait = 60_000;

/** Asks origins at the pace that they bear. */
export function originOf(options: OriginOptions): Origin {
  const { client, pace, credentials, ownOrigin, restWait = defaultRestWait } = options;
  let kept: Promise<Readonly<Record<string, string>>> | undefined;
  let readAt = -Infinity;

  /** All who were refused at about the same moment read anew once. */
  async function credentialsFor(url: string, anew: boolean): Promise<Readonly<Record<string, string>>> {
    if (!credentials || new URL(url).origin !== ownOrigin) return {};
    if (anew && performance.now() - readAt > rereadPause) {
      readAt = performance.now();
      kept = credentials(true);
    }
    kept ??= credentials(false);
    return kept;
  }

  async function send(question: Question, headers: Readonly<Record<string, string>>): Promise<DirectResponse> {
    const { url, signal } = question;
    const own = await credentialsFor(url, question.forbiddenBefore ?? false);
    try {
      return await client.get({ url, headers, credentials: own, ...(signal && { signal }) });
    } catch (error) {
      throw troubleOf(error, signal);
    }
  }

  return {
    async ask(question) {
      const { url, known, signal } = question;
      const visit = await pace.enter(new URL(url).host, signal);
      try {
        const response = await send(question, conditions(known?.origin));
        const answer = judge(response, question, visit);
        if (answer !== 'body') {
          visit.leave('served');
          return { state: answer };
        }
        const reopen: BodyPorts['reopen'] = (from, etag, cut) =>
          atMost(restWait, { signal, late: cut }, (signal) =>
            send({ ...question, forbiddenBefore: false, signal }, { range: `bytes=${from}-`, 'if-range': etag }),
          );
        return found(response, { visit, reopen, ...(signal && { signal }) });
      } catch (error) {
        visit.leave('failed');
        throw error;
      }
    },
  };
}

/** @param late what is thrown when it takes too long */
async function atMost<T>(
  milliseconds: number,
  { signal, late }: { signal: AbortSignal | undefined; late: unknown },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late), milliseconds);
  // In place of AbortSignal.any: the signal of the harvest would remember each one of half a million.
  const follow = (): void => limit.abort(signal?.reason);
  signal?.addEventListener('abort', follow, { once: true });
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', follow);
  }
}

function conditions(origin: OriginFacts | undefined): Record<string, string> {
  if (origin?.etag !== undefined) return { 'if-none-match': origin.etag };
  return origin?.lastModified === undefined ? {} : { 'if-modified-since': origin.lastModified };
}

/** What a status means. @throws Troubled */
function judge(response: DirectResponse, question: Question, visit: Visit): 'unchanged' | 'absent' | 'body' {
  const { status, headers } = response;
  if (status === 304 && question.known) {
    response.discard();
    return 'unchanged';
  }
  if (status === 200) {
    if (!question.known || !isSame(question.known, response)) return 'body';
    response.discard();
    return 'unchanged';
  }
  response.discard();
  if (question.optional && meansAbsent(status, question)) return 'absent';
  const failure = statusFailure(status, shownUrl(question.url));
  const trouble = troubleOfStatus(status);
  if (trouble === 'throttled') visit.leave({ throttled: true, after: retryAfter(headers['retry-after']) });
  throw new Troubled(trouble, failure);
}

/** S3 answers 403 for what is not there to whoever may not list the bucket; a 403 for want of new credentials is none the second time. */
function meansAbsent(status: number, { forbiddenBefore = false }: Question): boolean {
  return status === 404 || status === 410 || (status === 403 && forbiddenBefore);
}

/** An origin that ignores conditions still says by its validators that nothing changed. */
function isSame({ origin, size }: NonNullable<Question['known']>, { headers }: DirectResponse): boolean {
  if (headers['content-length'] !== String(size)) return false;
  if (origin.etag !== undefined) return headers.etag === origin.etag;
  return origin.lastModified !== undefined && headers['last-modified'] === origin.lastModified;
}

function troubleOfStatus(status: number): Trouble {
  if (status === 429 || status === 503) return 'throttled';
  if (status === 404) return 'absent';
  if (status === 401 || status === 403) return 'forbidden';
  return [408, 425].includes(status) || (status >= 500 && status !== 501) ? 'passing' : 'final';
}

function troubleOf(error: unknown, signal: AbortSignal | undefined): unknown {
  signal?.throwIfAborted();
  if (!(error instanceof HttpFault)) return error;
  return new Troubled(error.passing ? 'passing' : 'final', faultFailure(error) as Failure);
}

interface BodyPorts {
  readonly visit: Visit;
  /** Asks for the bytes from an offset on, if the content is still that of the entity tag. @param cut thrown when it takes too long */
  readonly reopen: (from: number, etag: string, cut: unknown) => Promise<DirectResponse>;
  readonly signal?: AbortSignal;
}

function found(response: DirectResponse, ports: BodyPorts): Answer {
  const { headers } = response;
  const length = /^\d{1,15}$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : undefined;
  const lastModified = headers['last-modified'];
  let current = response;
  return {
    state: 'found',
    url: response.url.href,
    origin: {
      ...(headers.etag !== undefined && { etag: headers.etag }),
      ...(lastModified !== undefined && { lastModified }),
    },
    contentType: headers['content-type'],
    length,
    read: (memory) => wholeBody(response, { ...ports, memory, reopened: (next) => (current = next) }),
    discard: () => {
      current.discard();
      ports.visit.leave('failed');
    },
  };
}

/** Cuts of one body that are mended in place; then the whole is tried again. */
const maxMends = 8;

interface BodyReading extends BodyPorts {
  readonly memory: () => Uint8Array;
  readonly reopened: (response: DirectResponse) => void;
}

async function* wholeBody(
  first: DirectResponse,
  { visit, reopen, signal, memory, reopened }: BodyReading,
): AsyncGenerator<Uint8Array> {
  const { etag } = first.headers;
  // A weak tag says nothing of bytes, RFC 9110 §13.1.5.
  const strong = etag !== undefined && !etag.startsWith('W/') ? etag : undefined;
  let response = first;
  let size = 0;
  for (let mends = 0; ; mends++) {
    try {
      for await (const piece of response.read(memory)) {
        size += piece.byteLength;
        await visit.took(piece.byteLength, signal);
        yield piece;
      }
      visit.leave('served');
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const mendable = error instanceof HttpFault && error.passing && strong !== undefined && size > 0;
      if (!mendable || mends >= maxMends) throw troubleOf(error, signal);
      response = await rest((cut) => reopen(size, strong, cut), size, error);
      reopened(response);
    }
  }
}

/** @throws the trouble of the cut, when the origin does not give the rest of the same content */
async function rest(
  reopen: (cut: unknown) => Promise<DirectResponse>,
  from: number,
  fault: HttpFault,
): Promise<DirectResponse> {
  const cut = troubleOf(fault, undefined);
  const response = await reopen(cut);
  if (response.status === 206 && contentRange(response.headers['content-range'])?.start === from) return response;
  response.discard();
  throw cut;
}

/**
 * A body that ends with an error as soon as it is longer than allowed: some have no end.
 * @param limit bytes
 */
export async function* bounded(
  body: AsyncIterable<Uint8Array>,
  url: string,
  limit: number,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of body) {
    size += piece.byteLength;
    if (size > limit) throw new Troubled('final', tooLarge(shownUrl(url), limit));
    yield piece;
  }
}
