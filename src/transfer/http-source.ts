import { Failure } from '../domain/failure.js';
import { withBackOff, type BackOff, type RetryVerdict } from '../net/back-off.js';
import { HttpFault } from '../net/http-fault.js';
import type { HttpClient, HttpResponse } from '../net/request.js';
import { retryAfter } from '../net/retry-after.js';
import { shownUrl } from '../net/safe-url.js';
import type { SourceReader } from '../packager/model/source-reader.js';
import { otherKind } from './confinement.js';
import { contentRange, type ContentRange } from './content-range.js';
import { collect } from './collect.js';
import { endsEarly, faultFailure, statusFailure, tooLarge } from './source-failure.js';

/** Hiccups are waited out here; an origin that stays away longer is the workflow's business. */
const defaultBackOff: BackOff = { tries: 4, firstDelay: 500, longestDelay: 15_000 };

/** bytes that are read and thrown away when a server answers a range with the whole; beyond, it is refused */
const maxSkipped = 64 * 1024 * 1024;

export interface HttpSourceOptions {
  /** Its policy is what decides which addresses playlists may refer to. */
  readonly client: HttpClient;
  readonly backOff?: BackOff;
}

/** Reads a source over https (and http where the client's policy allows it), by range requests where only a part is wanted. */
export function httpSource(entry: string, { client, backOff = defaultBackOff }: HttpSourceOptions): SourceReader {
  /** Sizes as first told, so that a source that is replaced meanwhile is noticed. */
  const sizes = new Map<string, number>();

  async function ask<T>(wanted: Wanted, use: (answer: Answer) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (!/^https?:/i.test(wanted.uri)) throw otherKind(wanted.uri, entry);
    try {
      return await withBackOff(
        backOff,
        async () => {
          const { offset, last } = wanted;
          const headers = offset === undefined ? {} : { range: `bytes=${offset}-${last ?? ''}` };
          const response = await client.request({ url: wanted.uri, headers, ...(signal && { signal }) });
          try {
            return await use(judge(response, wanted, sizes));
          } finally {
            response.discard();
          }
        },
        passing,
        signal,
      );
    } catch (error) {
      throw faultFailure(error);
    }
  }

  return {
    read: ({ uri, offset, length }, { limit = Infinity, signal, into } = {}) => {
      if (length !== undefined && length > limit) return Promise.reject(tooLarge(shownUrl(uri), limit, length));
      if (length === 0) return Promise.resolve(new Uint8Array(0));
      const start = offset ?? 0;
      const whole = start === 0 && length === undefined;
      const last = length === undefined ? undefined : start + length - 1;
      return ask(
        whole ? { uri } : { uri, offset: start, ...(last !== undefined && { last }) },
        async ({ response, skip, size, available }) => {
          const shown = shownUrl(uri);
          if (size !== undefined && last !== undefined && size <= last) throw endsEarly(shown, last + 1, size);
          if (available !== undefined && (length ?? available) > limit)
            throw tooLarge(shown, limit, length ?? available);
          const expected = length ?? available;
          return collect(response.body, {
            shown,
            skip,
            limit,
            ...(length !== undefined && response.status === 200 && { stopAt: length }),
            ...(expected !== undefined && { expected }),
            ...(into && { into }),
          });
        },
        signal,
      );
    },

    readSome: ({ uri }, offset, length, { signal, into } = {}) => {
      if (length === 0) return Promise.resolve(new Uint8Array(0));
      return ask(
        { uri, offset, last: offset + length - 1 },
        async ({ response, skip, available }) => {
          if (available === 0) return new Uint8Array(0);
          const expected = available === undefined ? undefined : Math.min(length, available);
          return collect(response.body, {
            shown: shownUrl(uri),
            skip,
            limit: Infinity,
            ...(response.status === 200 && { stopAt: length }),
            ...(expected !== undefined && { expected }),
            ...(into && { into }),
          });
        },
        signal,
      );
    },

    size: ({ uri }, signal) => {
      const told = sizes.get(uri);
      if (told !== undefined) return Promise.resolve(told);
      // Not HEAD: a URL that is signed for GET answers it with 403.
      return ask(
        { uri, offset: 0, last: 0 },
        async ({ response, size }) => {
          if (size !== undefined) return size;
          let counted = 0;
          for await (const piece of response.body) counted += piece.byteLength;
          return counted;
        },
        signal,
      );
    },
  };
}

interface Wanted {
  readonly uri: string;
  readonly offset?: number;
  readonly last?: number;
}

interface Answer {
  readonly response: HttpResponse;
  /** bytes to throw away, because the server ignored the range */
  readonly skip: number;
  /** of the whole resource, where told */
  readonly size: number | undefined;
  /** bytes from the wanted offset to the end of what the answer covers, where told; 0 when the range lies behind the end */
  readonly available: number | undefined;
}

/** Which bytes the answer holds. @throws Failure for a status that is none, a page instead of media, or another resource than before */
function judge(response: HttpResponse, { uri, offset = 0 }: Wanted, sizes: Map<string, number>): Answer {
  const { status, headers } = response;
  const shown = shownUrl(uri);
  if (status !== 200 && status !== 206 && status !== 416) throw new RefusedAnswer(response, shown);
  const told = contentRange(headers['content-range']);
  const length = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  if (status === 416) return behindTheEnd(response, { shown, offset, told });
  if (/^text\/html\b/i.test(headers['content-type'] ?? '')) {
    throw new Failure('source_invalid', `${shown} answers with an HTML page, media or a playlist is needed.`, {
      details: { url: shown, contentType: headers['content-type'] ?? '' },
    });
  }
  const size = status === 206 ? told?.size : length;
  remember(sizes, uri, size);
  if (status === 200) {
    if (offset > maxSkipped) throw noRanges(shown, offset);
    return { response, skip: offset, size, available: size === undefined ? undefined : Math.max(0, size - offset) };
  }
  if (told?.start !== offset || told.end === undefined) {
    throw new Failure('source_invalid', `${shown} answers with another range than asked for.`, {
      details: { url: shown, allowed: `bytes from ${offset}`, given: headers['content-range'] ?? 'none' },
    });
  }
  return { response, skip: 0, size, available: told.end - offset + 1 };
}

function behindTheEnd(
  response: HttpResponse,
  { shown, offset, told }: { shown: string; offset: number; told: ContentRange | undefined },
): Answer {
  if (told?.size === undefined || told.size > offset) throw statusFailure(416, shown);
  return { response, skip: 0, size: told.size, available: 0 };
}

function remember(sizes: Map<string, number>, uri: string, size: number | undefined): void {
  if (size === undefined) return;
  const before = sizes.get(uri);
  if (before !== undefined && before !== size) {
    const shown = shownUrl(uri);
    throw new Failure('source_changed', `${shown} had ${before} bytes before and has ${size} now.`, {
      details: { url: shown },
    });
  }
  if (sizes.size < 100_000) sizes.set(uri, size);
}

function noRanges(shown: string, offset: number): Failure {
  return new Failure(
    'source_unsupported',
    `${shown} does not serve ranges, and byte ${offset} is farther in than the ${maxSkipped} bytes that are skipped for such a server.`,
    { details: { url: shown, allowed: maxSkipped, given: offset } },
  );
}

/** A status that is no answer, with the server's word on when to come back. */
class RefusedAnswer extends Failure {
  readonly after: number | undefined;

  constructor({ status, headers }: HttpResponse, shown: string) {
    const { code, message, details } = statusFailure(status, shown);
    super(code, message, { details });
    this.after = retryAfter(headers['retry-after']);
  }
}

function passing(error: unknown): RetryVerdict {
  if (error instanceof HttpFault) return error.passing && {};
  if (!(error instanceof RefusedAnswer) || error.kind !== 'passing') return false;
  return error.after === undefined ? {} : { after: error.after };
}
