import { ReadableStream } from 'node:stream/web';
import { failureTable, Failure, toFailure, type FailureCode, type FailureDetails } from '../domain/failure.js';
import type { RunningServer } from '../status/running-server.js';

/** Talks to the API as the local user. */
export interface ServerClient {
  readonly url: string;
  /** @throws Failure as the server answered it */
  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer>;
  /** Has something done, which may take long. @throws Failure as the server answered it */
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
  /** milliseconds without a byte after which a network counts as cut; absent: what is asked for may take long */
  readonly silenceMs?: number;
}

/** milliseconds without a byte after which a question counts as unanswered; it takes the server no second */
const questionSilence = 60_000;
/** milliseconds for what comes out of a storage */
const downloadSilence = 300_000;

/** @param ask with no limit to the time that an answer takes, but what the request says */
export function clientOf({ url, token }: Pick<RunningServer, 'url' | 'token'>, ask: Ask): ServerClient {
  /** @throws Failure as it was answered; the signal's reason */
  async function answered(path: string, request: Partial<AskedRequest>): Promise<Response> {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const response = await ask(path, { ...request, headers }).catch((error: unknown) => {
      request.signal?.throwIfAborted();
      throw error;
    });
    if (!response.ok) throw answeredFailure(await response.text(), response.status);
    return response;
  }

  return {
    url,
    get: async (path, signal) =>
      jsonOf(await answered(path, { ...(signal && { signal }), silenceMs: questionSilence })),
    async send(method, path, body) {
      const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      return jsonOf(await answered(path, { method, ...(body !== undefined && json) }));
    },
    async upload(path, { body, size }, signal) {
      const headers = { 'content-type': 'video/mp4', 'content-length': String(size) };
      return jsonOf(await answered(path, { method: 'POST', headers, body, signal }));
    },
    async download(path, signal) {
      const { body } = await answered(path, { signal, silenceMs: downloadSilence });
      return body ?? new Blob([]).stream();
    },
  };
}

async function jsonOf<Answer>(response: Response): Promise<Answer> {
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** statuses whose answers have no body (RFC 9110) */
const bodiless = [204, 304];

/** The answer of an `Ask`. */
export function answerOf(status: number, body: AsyncIterable<Uint8Array>): Response {
  if (bodiless.includes(status)) return new Response(null, { status });
  return new Response(ReadableStream.from(body) as ConstructorParameters<typeof Response>[0], { status });
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
