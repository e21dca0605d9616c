import { failureTable, Failure, toFailure, type FailureCode, type FailureDetails } from '../domain/failure.js';
import type { RunningServer } from '../status/running-server.js';

/** Talks to the server that owns the data folder, as the local user. */
export interface ServerClient {
  readonly url: string;
  /** @throws Failure as the server answered it */
  get<Answer>(path: string, signal?: AbortSignal): Promise<Answer>;
  /** @throws Failure as the server answered it */
  send<Answer>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
}

/** milliseconds for one answer; none of the server's takes seconds */
const answerTimeout = 60_000;

export function serverClient({ url, token }: RunningServer): ServerClient {
  async function ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(init.body && { 'content-type': 'application/json' }),
    };
    const timeout = AbortSignal.timeout(answerTimeout);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const response = await fetch(`${url}${path}`, { ...init, headers, signal }).catch((error: unknown) => {
      init.signal?.throwIfAborted();
      throw new Failure('server_unreachable', `The server at ${url} does not answer: ${reasonOf(error)}.`, {
        cause: error,
      });
    });
    const text = await response.text();
    if (!response.ok) throw answeredFailure(text, response.status);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  return {
    url,
    get: (path, signal) => ask(path, { ...(signal && { signal }) }),
    send: (method, path, body) => ask(path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) }),
  };
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
