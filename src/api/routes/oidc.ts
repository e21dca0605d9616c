import { z } from 'zod';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { signedInByOidc } from '../../domain/api-token.js';
import { Failure, toFailure } from '../../domain/failure.js';
import type { SessionTable } from '../../status/session-table.js';
import type { ApiServer } from '../http-types.js';
import type { Oidc, OidcAttempt } from '../oidc.js';
import { cookieValue, setSessionCookie } from '../session-cookie.js';

export interface OidcServices {
  readonly oidc: Oidc;
  readonly sessions: Pick<SessionTable, 'open'>;
  /** Start of our own addresses. */
  readonly publicUrl: () => string;
  readonly secure: boolean;
}

/** seconds that somebody stays signed in: whether the provider still knows them is asked when it has passed */
const sessionLifetime = 12 * 3600;
/** seconds between the begin of a sign-in and its end */
const attemptLifetime = 600;
const callback = '/api/session/oidc/callback';
const attemptCookie = 'reelway_oidc';
const attemptSchema = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

/** Signing in to the dashboard with the account that people have elsewhere. */
export function oidcRoutes(app: ApiServer, { oidc, sessions, publicUrl, secure }: OidcServices): void {
  const hidden = { schema: { hide: true } };

  app.get('/api/session/oidc', hidden, async (_, reply) => {
    const { url, attempt } = await oidc.begin(publicUrl() + callback).catch((error: unknown) => ({
      ...{ url: backToSignIn(error), attempt: undefined },
    }));
    if (attempt) keepAttempt(reply, Buffer.from(JSON.stringify(attempt)).toString('base64url'), attemptLifetime);
    return reply.header('cache-control', 'no-store').redirect(url);
  });

  app.get(callback, hidden, async (request, reply) => {
    keepAttempt(reply, '', 0);
    reply.header('cache-control', 'no-store');
    try {
      const query = new URL(request.url, 'http://reelway').search;
      const { name, role } = await oidc.finish(new URL(publicUrl() + callback + query), attemptOf(request));
      const secret = await sessions.open(signedInByOidc(name, role), new Date(Date.now() + sessionLifetime * 1000));
      setSessionCookie(request, reply, secret, { secure, maxAge: sessionLifetime });
      request.log.info({ name, role }, 'signed in');
    } catch (error) {
      const failure = toFailure(error);
      request.log.warn({ code: failure.code, reason: failure.message }, 'a sign-in did not succeed');
      return reply.redirect(backToSignIn(failure));
    }
    return reply.redirect('/');
  });

  /** Only the browser that began a sign-in can end it. Lax: the way back comes from the provider's page. */
  function keepAttempt(reply: FastifyReply, value: string, maxAge: number): void {
    const attributes = [`Path=/api/session/oidc`, `Max-Age=${maxAge}`, 'HttpOnly', 'SameSite=Lax'];
    reply.header('set-cookie', [`${attemptCookie}=${value}`, ...attributes, ...(secure ? ['Secure'] : [])].join('; '));
  }
}

function attemptOf(request: FastifyRequest): OidcAttempt {
  try {
    const text = cookieValue(request, attemptCookie) ?? '';
    return attemptSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw new Failure('oidc_refused', 'The sign-in was not begun in this browser, or too long ago.');
  }
}

function backToSignIn(error: unknown): string {
  const failure = toFailure(error);
  const told = failure.code === 'internal' ? 'The sign-in did not succeed.' : failure.message;
  return `/#/sign-in?problem=${encodeURIComponent(told)}`;
}
