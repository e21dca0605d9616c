import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StoredToken } from '../../domain/api-token.js';
import { Failure } from '../../domain/failure.js';
import type { SessionTable } from '../../status/session-table.js';
import { refuseForeign, sessionToken, tokenOfSecret } from '../authenticate.js';
import { problemSchema, sessionSchema, ticketSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';
import type { Oidc } from '../oidc.js';
import { sessionSecret, setSessionCookie } from '../session-cookie.js';
import type { SignInTickets } from '../sign-in-tickets.js';

export interface SignIn {
  readonly tokens: () => readonly StoredToken[];
  readonly sessions: SessionTable;
  readonly tickets: SignInTickets;
  /** The server is reached by https, as REELWAY_PUBLIC_URL says. */
  readonly secure: boolean;
  readonly oidc?: Oidc;
}

/** seconds that somebody stays signed in */
const sessionLifetime = 14 * 86_400;

const tags = ['session'];
const credentials = z.union([
  z.strictObject({ token: z.string().min(1).max(512) }),
  z.strictObject({ ticket: z.string().min(1).max(512) }),
]);

/** Signing in to the dashboard: a token, or the ticket of a link, for a cookie that no script can read. */
export function sessionRoutes(app: ApiServer, services: SignIn): void {
  const { sessions, tokens, tickets, secure } = services;
  const oidc = services.oidc !== undefined;

  app.get(
    '/api/session',
    { schema: { summary: 'Who is signed in', tags, response: { 200: sessionSchema } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { name = null, role = null } = (await sessionToken(services, request)) ?? {};
      return { name, role, oidc };
    },
  );

  app.post(
    '/api/session',
    {
      schema: {
        summary: 'Sign in: a cookie for a token, or for the ticket of a one-time link',
        description: 'Needs the header `X-Requested-With: reelway`.',
        ...{ tags, body: credentials },
        response: { 200: sessionSchema, 400: problemSchema, 401: problemSchema, 403: problemSchema },
      },
    },
    async (request, reply) => {
      refuseForeign(request);
      const { body } = request;
      const token = 'token' in body ? tokenOfSecret(tokens(), body.token) : tokenOfTicket(body.ticket);
      await endSession(request);
      const secret = await sessions.open(token, new Date(Date.now() + sessionLifetime * 1000));
      setSessionCookie(request, reply, secret, { secure, maxAge: sessionLifetime });
      return { name: token.name, role: token.role, oidc };
    },
  );

  function tokenOfTicket(ticket: string): StoredToken {
    const token = tickets.redeem(ticket);
    if (token) return token;
    throw new Failure('unauthorized', 'The link was used already, or is too old: sign in with a token.');
  }

  async function endSession(request: FastifyRequest): Promise<void> {
    const secret = sessionSecret(request);
    if (secret !== undefined) await sessions.close(secret);
  }

  app.delete(
    '/api/session',
    { schema: { summary: 'Sign out', tags, response: { 200: sessionSchema, 403: problemSchema } } },
    async (request, reply) => {
      refuseForeign(request);
      await endSession(request);
      setSessionCookie(request, reply, '', { secure, maxAge: 0 });
      return { name: null, role: null, oidc };
    },
  );
}

/** For whoever holds a token already: a link that signs a browser in. */
export function ticketRoutes(app: ApiServer, { tickets }: Pick<SignIn, 'tickets'>): void {
  app.post(
    '/api/session/tickets',
    {
      schema: {
        summary: 'A ticket that signs a browser in once, within the hour',
        description: 'The link is `<server>/#/sign-in?ticket=<ticket>`.',
        ...{ tags, security: [{ token: [] }] },
        response: { 201: ticketSchema, 401: problemSchema },
      },
    },
    async (request, reply) => {
      if (!request.token) throw new Failure('unauthorized', 'The request carries no token.');
      if (request.token.digest === '')
        throw new Failure('forbidden', 'Whom an OpenID provider signed in has no token to give a link for.');
      await reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ticket: tickets.issue(request.token) });
    },
  );
}
