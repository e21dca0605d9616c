import { Failure } from '../../domain/failure.js';
import { withBackOff, type BackOff } from '../../net/back-off.js';
import type { RateLimit } from '../../net/rate-limit.js';
import type { HttpClient } from '../../net/request.js';
import type { AccessTokens } from './access-token.js';
import { readAnswer, type ZoomAnswer } from './zoom-answer.js';
import { answerFailure, exchangeFailure, isTokenRefused } from './zoom-failure.js';

/** Asks Zoom's API: with a token that is good, no faster than allowed, again when that may help. */
export interface ZoomApi {
  /**
   * @param path after the base URL, encoded
   * @throws Failure zoom_unauthorized, zoom_scope_missing, zoom_rate_limited, zoom_unavailable, recording_not_found, zoom_refused; the signal's reason
   */
  get(path: string, options?: RunOptions): Promise<unknown>;
  /** Answers nothing. @throws as `get` */
  remove(path: string, options?: RunOptions): Promise<void>;
}

interface Ask {
  readonly method: 'GET' | 'DELETE';
  readonly url: string;
  /** for messages: `GET /users` */
  readonly what: string;
  readonly signal: AbortSignal | undefined;
}

export interface ZoomApiOptions {
  readonly baseUrl: string;
  readonly http: HttpClient;
  /** Access tokens, or the key of a gateway. */
  readonly authorization: AccessTokens | { readonly apigeeKey: string };
  /** Of the account. */
  readonly rate: RateLimit;
  readonly backOff?: BackOff;
}

/** What lasts longer is the workflow's to wait for. */
const defaultBackOff: BackOff = { tries: 5, firstDelay: 500, longestDelay: 30_000 };

export function zoomApi(options: ZoomApiOptions): ZoomApi {
  const { baseUrl, http, authorization, rate, backOff = defaultBackOff } = options;
  /** The limit counts for the whole account: when one request meets it, the others need not try. */
  let limited: { until: number; failure: Failure } | undefined;

  async function ask({ method, url, signal }: Ask, refused: string | undefined) {
    if (limited && Date.now() < limited.until) throw limited.failure;
    await rate.turn(signal);
    const token = 'apigeeKey' in authorization ? undefined : await authorization.get(refused);
    const credentials: Record<string, string> =
      token !== undefined
        ? { authorization: `Bearer ${token}` }
        : 'apigeeKey' in authorization
          ? { 'x-api-key': authorization.apigeeKey }
          : {};
    const headers = { accept: 'application/json' };
    const response = await http.request({ method, url, headers, credentials, ...(signal && { signal }) });
    return { answer: await readAnswer(response), token };
  }

  async function attempt(asked: Ask): Promise<unknown> {
    const first = await ask(asked, undefined);
    // Revoked, or ended on the way: once more with a new one.
    const isAgain = first.token !== undefined && isTokenRefused(first.answer);
    const { answer } = isAgain ? await ask(asked, first.token) : first;
    if (isGood(answer) || (asked.method === 'DELETE' && answer.status === 204)) return answer.json;
    const failure = answerFailure(answer, asked.what);
    const seconds = failure.code === 'zoom_rate_limited' ? failure.details.retryAfterSeconds : undefined;
    if (typeof seconds === 'number') limited = { until: Date.now() + seconds * 1000, failure };
    throw failure;
  }

  function run(method: Ask['method'], path: string, { query = {}, signal }: RunOptions): Promise<unknown> {
    const search = new URLSearchParams(query).toString();
    const asked = { method, url: `${baseUrl}${path}${search && `?${search}`}`, what: `${method} ${path}`, signal };
    const once = () =>
      attempt(asked).catch((error: unknown) => {
        throw exchangeFailure(error, 'zoom_unavailable');
      });
    return withBackOff(backOff, once, verdictOf, signal);
  }

  return {
    get: (path, given = {}) => run('GET', path, given),
    async remove(path, given = {}) {
      await run('DELETE', path, given);
    },
  };
}

interface RunOptions {
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

function isGood({ status, json }: ZoomAnswer): boolean {
  return status >= 200 && status < 300 && json !== undefined && !isErrorBody(json);
}

/** Zoom has been seen to answer 200 with `{ "status": false, "errorCode": 124 }`. */
function isErrorBody(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'errorCode' in json && 'status' in json && json.status === false;
}

function verdictOf(error: unknown): false | { after?: number } {
  if (!(error instanceof Failure)) return false;
  if (error.code === 'zoom_unavailable') return {};
  if (error.code !== 'zoom_rate_limited') return false;
  const { retryAfterSeconds: seconds } = error.details;
  return typeof seconds === 'number' ? { after: seconds * 1000 } : {};
}
