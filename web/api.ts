import type { Problem } from '../src/api/contract';

/** What the server answered instead of what was asked for; its words are for people. */
export class ApiProblem extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Called when an answer says that nobody is signed in. */
let onSignedOut: () => void = () => {};
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** milliseconds: a server that has not answered by then hangs, and whoever waits is told */
const longestWait = 30_000;

export function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const late = AbortSignal.timeout(longestWait);
  return ask<Answer>(path, { signal: signal ? AbortSignal.any([signal, late]) : late }, signal);
}

/** A change: with the header that a page of another origin may not send. */
export function send<Answer>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
  return ask<Answer>(path, {
    method,
    headers: { 'x-requested-with': 'reelway', ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** @param unwanted tells that whoever asked no longer does */
async function ask<Answer>(path: string, init: RequestInit, unwanted?: AbortSignal): Promise<Answer> {
  const notReached = (error: unknown): never => {
    if (unwanted?.aborted) throw error;
    throw new ApiProblem(unreachable());
  };
  const response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init }).catch(notReached);
  // It may break off, or hang, in the middle as well.
  if (response.ok) return JSON.parse(await response.text().catch(notReached)) as Answer;
  if (response.status === 401 && path !== 'api/session') onSignedOut();
  throw new ApiProblem(await problemOf(response));
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    // Not ours: a proxy stands between.
    return { ...unreachable(), status: response.status, detail: `The server answered ${response.status}.` };
  }
}

export function unreachable(): Problem {
  return {
    type: 'urn:reelway:failure:server_unreachable',
    title: 'The server does not answer',
    status: 0,
    detail: 'The server does not answer.',
    code: 'server_unreachable',
    help: 'Check that it runs and that this machine reaches it; the page goes on by itself when it is back.',
    passing: true,
  };
}

/** Any thrown thing as a problem. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  return {
    type: 'about:blank',
    title: 'Unexpected error',
    status: 0,
    detail: error instanceof Error ? error.message : String(error),
    code: 'internal',
    help: 'Reload the page; if it stays so, report it with the log of the browser.',
    passing: false,
  };
}

/** `api/jobs?status=failed&status=queued`: without what is undefined or empty. */
export function withQuery(
  path: string,
  query: Record<string, string | number | readonly string[] | undefined>,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value as string | number | undefined])
      if (one !== undefined && one !== '') parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
