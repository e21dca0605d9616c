import { Failure } from '../../domain/failure.js';
import { HttpFault } from '../../net/http-fault.js';
import type { HttpClient, HttpResponse } from '../../net/request.js';
import type { Timeouts } from '../../net/timeouts.js';
import { authorizer, type OpencastAuth } from './authorization.js';
import type { Multipart } from './multipart.js';

/** Requests to Opencast: authorised, never redirected, and with its refusals in the words of the failure table. */
export interface OpencastHttp {
  /**
   * @throws Failure opencast_unavailable (passing: no answer, 408, 429, 5xx), opencast_forbidden (401, 403, a login page),
   *   opencast_refused for any other status that is not `expected`
   */
  readonly ask: (request: OpencastRequest) => Promise<OpencastAnswer>;
}

export interface OpencastRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From the base URL on, with its query. */
  readonly path: string;
  readonly accept?: string;
  /** Statuses that are an answer and no failure; default 200 */
  readonly expected?: readonly number[];
  readonly form?: Readonly<Record<string, string>>;
  readonly multipart?: Multipart;
  readonly timeouts?: Partial<Timeouts>;
  readonly signal?: AbortSignal | undefined;
}

export interface OpencastAnswer {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
}

export interface OpencastHttpOptions {
  /** `https://opencast.example.edu`, without a trailing slash */
  readonly baseUrl: string;
  readonly auth: OpencastAuth;
  readonly http: HttpClient;
}

/** bytes of an answer: a media package of hundreds of elements, or 100 events */
const maxAnswer = 8 * 1024 * 1024;
/** A nonce that grew old between two requests, and once more when it did so again. */
const maxSends = 3;
/** A small request that any user may make: it brings a fresh nonce, and tells whether we are let in. */
const probe = '/info/me.json';

export function opencastHttp({ baseUrl, auth, http }: OpencastHttpOptions): OpencastHttp {
  const authorization = authorizer(auth);
  const base = baseUrl.replace(/(?<!\/)\/+$/, '');

  async function send(request: OpencastRequest): Promise<HttpResponse> {
    const { method = 'GET', path, accept, form, multipart, timeouts, signal } = request;
    const url = new URL(base + path);
    const body = form ? new URLSearchParams(form).toString() : undefined;
    for (let sends = 1; ; sends++) {
      const own = authorization.headers(method, url.pathname + url.search);
      const response = await http.request({
        url: url.href,
        method,
        follow: false,
        headers: {
          ...own,
          'x-opencast-matterhorn-authentication': 'true',
          ...(accept !== undefined && { accept }),
          ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(multipart && { 'content-type': multipart.contentType, 'content-length': String(multipart.length) }),
        },
        ...(body !== undefined && { body }),
        ...(multipart && { body: multipart.open() }),
        ...(timeouts && { timeouts }),
        ...(signal && { signal }),
      });
      if (response.status !== 401 || sends === maxSends) return response;
      if (!authorization.challenged(response.headers['www-authenticate'], own.authorization)) return response;
      response.discard();
    }
  }

  return {
    async ask(request) {
      const shown = `${request.method ?? 'GET'} ${base}${request.path.replace(/\?.*/s, '')}`;
      try {
        // Not half of gigabytes for a refusal: the nonce is renewed first.
        if (request.multipart && authorization.agesQuickly) {
          const { signal } = request;
          (await send({ path: probe, signal })).discard();
        }
        const response = await send(request);
        const text = await textOf(response, shown);
        return judge(response, { text, shown, expected: request.expected ?? [200] });
      } catch (error) {
        throw faultOf(error);
      }
    },
  };
}

async function textOf(response: HttpResponse, shown: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body) {
    size += piece.byteLength;
    if (size > maxAnswer)
      throw new Failure('opencast_refused', `${shown} answers with more than ${maxAnswer} bytes (maxAnswer).`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function judge(
  { status, headers }: HttpResponse,
  { text, shown, expected }: { text: string; shown: string; expected: readonly number[] },
): OpencastAnswer {
  const { location } = headers;
  if (status >= 300 && status < 400 && /login/i.test(location ?? ''))
    throw forbidden(shown, 'it sends us to its login page');
  if (status === 200 && /^text\/html\b/i.test(headers['content-type'] ?? '') && /login|j_spring/i.test(text))
    throw forbidden(shown, 'it answers with its login page');
  if (expected.includes(status)) return { status, text, location };
  if (status === 401) throw forbidden(shown, 'it answers 401: the user or password is wrong, or may not do this');
  if (status === 403) throw forbidden(shown, 'it answers 403: the user may not do this');
  const told = excerpt(text);
  const message = `${shown}: Opencast answers ${status}${told === '' ? '' : ` ("${told}")`}.`;
  if ([408, 425, 429].includes(status) || status >= 500)
    throw new Failure('opencast_unavailable', message, { details: { status } });
  throw new Failure('opencast_refused', message, { details: { status } });
}

function forbidden(shown: string, why: string): Failure {
  return new Failure('opencast_forbidden', `${shown}: Opencast does not let us in, ${why}.`);
}

/** What a refusal says, for people: without the mark-up of error pages. */
function excerpt(text: string): string {
  const plain = text
    .slice(0, 4000)
    .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^<>]*>/g, ' ');
  return plain.replace(/\s+/g, ' ').trim().slice(0, 200);
}

function faultOf(error: unknown): unknown {
  if (!(error instanceof HttpFault)) return error;
  return new Failure(error.passing ? 'opencast_unavailable' : 'opencast_refused', `${error.message}.`, {
    cause: error,
  });
}
