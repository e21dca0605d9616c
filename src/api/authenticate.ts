import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { roles, signedInByOidc, storedToken, type Role, type StoredToken } from '../domain/api-token.js';
import { Failure } from '../domain/failure.js';
import type { SessionTable } from '../status/session-table.js';
import { sessionSecret } from './session-cookie.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may do this; absent: viewers may look, operators may change. */
    role?: Role;
  }
  interface FastifyRequest {
    /** The token that let the request in; null before, and on routes that need none. */
    token: StoredToken | null;
  }
}

export interface Doors {
  /** Asked at every request: a token may come and go while the server runs. */
  readonly tokens: () => readonly StoredToken[];
  readonly sessions: Pick<SessionTable, 'find'>;
  /** Do sessions count that an OpenID provider stands behind? */
  readonly oidc?: unknown;
}

/**
 * A hook that lets a request pass only with `Authorization: Bearer <secret>` (RFC 6750 section 2.1) of a known token, or with the cookie of
 * a session that was opened with one.
 */
export function authenticate(doors: Doors) {
  return async (request: FastifyRequest): Promise<void> => {
    if (request.headers.authorization !== undefined) {
      request.token = bearerToken(doors, request.headers.authorization);
      checkRole(request, request.token);
      return;
    }
    const token = await sessionToken(doors, request);
    if (!token) throw new Failure('unauthorized', 'The request carries no token.');
    refuseForeign(request);
    checkRole(request, token);
    request.token = token;
  };
}

/** The least role that a request of a route needs: viewers may look, operators may change, unless the route says otherwise. */
export function neededRole(method: string, { role }: { readonly role?: Role } = {}): Role {
  return role ?? (method === 'GET' || method === 'HEAD' ? 'viewer' : 'operator');
}

/** @throws Failure forbidden when the token's role is less than what the route needs */
export function checkRole({ method, routeOptions }: FastifyRequest, { name, role }: StoredToken): void {
  const needed = neededRole(method, routeOptions.config);
  if (roles.indexOf(role) >= roles.indexOf(needed)) return;
  throw new Failure('forbidden', `The token ${name} is of a ${role}; this needs an ${needed}.`, {
    details: { role, needed },
  });
}

/** The token of the session that the browser is signed in with; its end is the session's end. */
export async function sessionToken(
  { tokens, sessions, oidc }: Doors,
  request: FastifyRequest,
): Promise<StoredToken | null> {
  const secret = sessionSecret(request);
  const opened = secret === undefined ? undefined : await sessions.find(secret);
  if (opened?.role) return oidc ? signedInByOidc(opened.name, opened.role) : null;
  return (opened && findToken(tokens(), opened.digest)) ?? null;
}

function bearerToken({ tokens }: Doors, authorization: string): StoredToken {
  const [, secret] = /^Bearer +([\x21-\x7E]{1,512})$/i.exec(authorization) ?? [];
  if (secret === undefined) throw new Failure('unauthorized', 'The request carries no token.');
  return tokenOfSecret(tokens(), secret);
}

/** @throws Failure unauthorized when no token has the secret */
export function tokenOfSecret(tokens: readonly StoredToken[], secret: string): StoredToken {
  const token = findToken(tokens, storedToken('', secret).digest);
  if (!token) throw new Failure('unauthorized', 'The token of the request is not one of this server.');
  return token;
}

/** Every token is compared, whole and in constant time: how long it takes says nothing about any of them. */
function findToken(tokens: readonly StoredToken[], digest: string): StoredToken | undefined {
  const matching = tokens.filter((token) =>
    timingSafeEqual(Buffer.from(token.digest, 'hex'), Buffer.from(digest, 'hex')),
  );
  return matching[0];
}

/**
 * A browser sends its cookie whoever wrote the page that asks. What changes something must therefore come from our own page: it carries a
 * header that a page of another origin may not set without being allowed to (Fetch Standard 4.8, CORS preflight), and the browser's own
 * word on where it comes from (Fetch Metadata section 2.3).
 * @throws Failure forbidden
 */
export function refuseForeign({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD') return;
  const site = headers['sec-fetch-site'];
  if (headers['x-requested-with'] === 'reelway' && (site === undefined || site === 'same-origin')) return;
  throw new Failure('forbidden', 'A change that is asked for with a cookie must come from the dashboard.');
}
