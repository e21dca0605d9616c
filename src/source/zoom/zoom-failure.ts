import { Failure, type FailureCode } from '../../domain/failure.js';
import { HttpFault } from '../../net/http-fault.js';
import { retryAfter } from '../../net/retry-after.js';
import type { ZoomAnswer } from './zoom-answer.js';

/** Zoom's own codes in the bodies of refusals. */
const zoomCode = { invalidToken: 124, scopeMissing: 4711, noRecording: 3301, noMeeting: 3001 } as const;

/** Does Zoom say that the token is not, or no longer, good? */
export function isTokenRefused({ status, json }: ZoomAnswer): boolean {
  return status === 401 || codeOf(json) === zoomCode.invalidToken;
}

/** An answer that is none of what was asked for, in the words of the failure table. @param what was asked, for the message: `GET /users` */
export function answerFailure(answer: ZoomAnswer, what: string, now = Date.now()): Failure {
  const { status, json } = answer;
  const code = codeOf(json);
  const said = messageOf(json);
  const details = { status, ...(code !== undefined && { zoomCode: code }) };
  if (isTokenRefused(answer))
    return new Failure('zoom_unauthorized', `Zoom refuses our access token for ${what}: ${said}`, { details });
  if (code === zoomCode.scopeMissing) return scopeFailure(said, what);
  if (status === 429) return rateFailure(answer, now);
  if (status === 404 || code === zoomCode.noRecording || code === zoomCode.noMeeting)
    return new Failure('recording_not_found', `Zoom does not find what ${what} asks for: ${said}`, { details });
  if (status === 408 || status >= 500 || (status < 300 && json === undefined))
    return new Failure('zoom_unavailable', `Zoom answers ${what} with ${status} and ${said}`, { details });
  return new Failure('zoom_refused', `Zoom answers ${what} with ${status}: ${said}`, { details });
}

/** An exchange without an answer; what is a Failure already stays one. */
export function exchangeFailure(error: unknown, code: FailureCode): unknown {
  if (!(error instanceof HttpFault)) return error;
  return new Failure(error.passing ? code : 'zoom_refused', `${error.message}.`, { cause: error });
}

/** 4711: Zoom names the scopes, any of which would do. */
function scopeFailure(said: string, what: string): Failure {
  const [, list = ''] = /scopes?:\s*\[([^\]]*)\]/i.exec(said) ?? [];
  const scopes = list.split(',').flatMap((scope) => scope.trim() || []);
  return new Failure(
    'zoom_scope_missing',
    `The Zoom app lacks a scope for ${what}; one of these is needed: ${scopes.join(', ') || said}.`,
    { details: { scopes, zoomCode: zoomCode.scopeMissing } },
  );
}

/**
 * 429: Zoom says when to come back in whole seconds, as a date, in ISO 8601, or not at all; a daily limit ends at 00:00 UTC.
 * `retryAfterSeconds` is absent when Zoom does not say.
 */
function rateFailure({ headers, json }: ZoomAnswer, now: number): Failure {
  const type = String(headers['x-ratelimit-type'] ?? '');
  const said = messageOf(json);
  const isDaily = /daily/i.test(type) || /daily|00:00:00/i.test(said);
  const after = retryAfter(headers['retry-after'], now) ?? (isDaily ? untilMidnightUtc(now) : undefined);
  const when = after === undefined ? 'in a while' : `at ${new Date(now + after).toISOString()}`;
  return new Failure(
    'zoom_rate_limited',
    `Zoom's ${isDaily ? 'daily ' : ''}rate limit is reached; it goes on ${when}.`,
    {
      details: { status: 429, ...(after !== undefined && { retryAfterSeconds: Math.ceil(after / 1000) }) },
    },
  );
}

function untilMidnightUtc(now: number): number {
  const day = 86_400_000;
  return day - (now % day);
}

function codeOf(json: unknown): number | undefined {
  const { code, errorCode } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const given = code ?? errorCode;
  return typeof given === 'number' ? given : undefined;
}

function messageOf(json: unknown): string {
  const { message, errorMessage } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const given = message ?? errorMessage;
  if (typeof given === 'string' && given !== '') return given.slice(0, 500);
  return json === undefined ? 'what is no JSON' : 'no message';
}
