import { failureTable, Failure, toFailure, type FailureCode, type FailureDetails } from '../domain/failure.js';
import type { RunningServer } from '../status/running-server.js';

/** Talks to the API as the local user. */
export interface ServerClient {
  readonly url: string;
  /** @throws Failure as the server answered it */
  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer>;
  /** @throws Failure as the server answered it */
  send<Answer>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  /** Sends a file as it is, which may take long. @throws Failure as the server answered it */
  upload<Answer>(path: string, file: Sent, signal: AbortSignal): Promise<Answer>;
  /** What lies at the path, as it comes. @throws Failure as the server answered it */
  download(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface Sent {
  readonly body: AsyncIterable<Uint8Array>;
  readonly size: number;
}

/** A request as a client makes it, and a server answers it: over the network, or in this process. */
export type Ask = (path: string, request: AskedRequest) => Promise<Response>;

export interface AskedRequest {
  readonly method?: string;
  readonly headers: Record<string, string>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** milliseconds for one answer; none of the server's takes seconds */
const answerTimeout = 60_000;

/** Of the server that owns the data folder. */
export function serverClient({ url, token }: RunningServer): ServerClient {
  return clientOf({ url, token }, (path, { body, ...request }) => {
    // Node's `fetch` takes an async iterable, and wants to hear that the answer comes after it.
    const sent = body === undefined ? {} : { body: body as NonNullable<RequestInit['body']>, duplex: 'half' as const };
    return fetch(`${url}${path}`, { ...request, ...sent }).catch((error: unknown) => {
      throw new Failure('server_unreachable', `The server at ${url} does not answer: ${reasonOf(error)}.`, {
        cause: error,
      });
    });
  });
}

export function clientOf({ url, token }: Pick<RunningServer, 'url' | 'token'>, ask: Ask): ServerClient {
  /** @param given of who asks: when it aborts, its reason is what is thrown */
  async function answered(path: string, request: Partial<AskedRequest>, given?: AbortSignal): Promise<Response> {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const response = await ask(path, { ...request, headers }).catch((error: unknown) => {
      given?.throwIfAborted();
      throw error;
    });
    if (!response.ok) throw answeredFailure(await response.text(), response.status);
    return response;
  }
  async function soon<Answer>(path: string, request: Partial<AskedRequest>, given?: AbortSignal): Promise<Answer> {
    const timeout = AbortSignal.timeout(answerTimeout);
    const signal = given ? AbortSignal.any([given, timeout]) : timeout;
    return jsonOf(await answered(path, { ...request, signal }, given));
  }

  return {
    url,
    get: (path, signal) => soon(path, {}, signal),
    send: (method, path, body) => {
      const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      return soon(path, { method, ...(body !== undefined && json) });
    },
    async upload(path, { body, size }, signal) {
      const headers = { 'content-type': 'video/mp4', 'content-length': String(size) };
      return jsonOf(await answered(path, { method: 'POST', headers, body, signal }, signal));
    },
    async download(path, signal) {
      const { body } = await answered(path, { signal }, signal);
      return body ?? new Blob([]).stream();
    },
  };
}

async function jsonOf<Answer>(response: Response): Promise<Answer> {
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The failure that a problem document (RFC 9457) tells of. */
function answeredFailure(text: string, status: number): Failure {
  try {
    const { code, detail, details } = JSON.parse(text) as { code: string; detail: string; details?: FailureDetails };
    if (Object.hasOwn(failureTable, code))
      return new Failure(code as FailureCode, detail, { ...(details && { details }) });
  } catch {
    // Not ours: something stands between us and the server.
  }
  return toFailure(new Error(`the server answered ${status} with ${JSON.stringify(text.slice(0, 200))}`));
}
