import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { storedToken, type StoredToken } from '../domain/api-token.js';
import { Failure } from '../domain/failure.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the token that let the request in; null before, and on routes that need none. */
    tokenName: string | null;
  }
}

/**
 * A hook that lets a request pass only with `Authorization: Bearer <secret>` (RFC 6750 section 2.1) of a known token.
 * @param tokens asked at every request: a token may come and go while the server runs
 */
export function authenticate(tokens: () => readonly StoredToken[]) {
  // eslint-disable-next-line @typescript-eslint/require-await -- fastify tells hooks without a callback by their promise
  return async (request: FastifyRequest): Promise<void> => {
    const [, secret] = /^Bearer +([\x21-\x7E]{1,512})$/i.exec(request.headers.authorization ?? '') ?? [];
    if (secret === undefined) throw new Failure('unauthorized', 'The request carries no token.');
    const { digest } = storedToken('', secret);
    // Every token is compared, whole and in constant time: how long it takes says nothing about any of them.
    const matching = tokens().filter((token) =>
      timingSafeEqual(Buffer.from(token.digest, 'hex'), Buffer.from(digest, 'hex')),
    );
    const [token] = matching;
    if (!token) throw new Failure('unauthorized', 'The token of the request is not one of this server.');
    request.tokenName = token.name;
  };
}
