import type { FastifyRequest } from 'fastify';
import { Failure } from '../domain/failure.js';
import { isLoopbackHost } from './loopback.js';

/**
 * A hook against DNS rebinding: a page of another site that lets its own name point to 127.0.0.1 would be of the same origin as we, for
 * the browser. A server that only this machine can reach therefore answers only to names of this machine, and to the one of REELWAY_PUBLIC_URL.
 */
export function checkHost({ host, publicUrl }: { host: string; publicUrl: string | undefined }) {
  const publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  // eslint-disable-next-line @typescript-eslint/require-await -- fastify tells hooks without a callback by their promise
  return async (request: FastifyRequest): Promise<void> => {
    if (!isLoopbackHost(host)) return;
    const named = hostName(request.headers.host);
    if (named === undefined || isLoopbackHost(named) || named === publicHost) return;
    throw new Failure(
      'forbidden',
      `This server listens on ${host} and does not answer to the name ${JSON.stringify(named.slice(0, 100))}; a proxy in front of it needs REELWAY_PUBLIC_URL.`,
    );
  };
}

/** `[::1]:8080` as `::1`; undefined when absent, which only a client that is no browser does. */
function hostName(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]*))(?::\d+)?$/.exec(header) ?? [];
  return (bracketed ?? plain ?? header).toLowerCase();
}
