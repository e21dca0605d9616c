import type { IncomingMessage } from 'node:http';
import type { ApiServer } from './http-types.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body may take as long as it likes, as long as it keeps coming. */
    longBody?: true;
  }
}

/**
 * Cuts off who sends the body of a request too slowly: after `within` milliseconds it must be here whole. Routes with a long body watch it
 * themselves (`arriving`).
 */
export function boundArrival(app: ApiServer, within: number): void {
  app.addHook('onRequest', (request, _, done) => {
    const { raw } = request;
    if (request.routeOptions.config.longBody !== true && hasBody(raw)) {
      const cut = setTimeout(() => !isHere(raw) && raw.destroy(), within).unref();
      raw.once('close', () => clearTimeout(cut));
    }
    done();
  });
}

/** What says that a body follows the headers (RFC 9112, 6.3). */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Requests within this process (`inject`) do not know that they are complete; they know that they were read. */
function isHere(raw: IncomingMessage): boolean {
  return raw.complete || raw.readableEnded;
}

/**
 * The body piece by piece; its sender is cut off when nothing comes for `within` milliseconds. Time that the reader takes does not count. Who stops
 * reading may still answer: the connection stays open.
 */
export async function* arriving(raw: IncomingMessage, within: number): AsyncGenerator<Uint8Array> {
  const pieces: AsyncIterator<Uint8Array> = raw.iterator({ destroyOnReturn: false });
  for (;;) {
    const cut = setTimeout(() => raw.destroy(), within);
    const next = await pieces.next().finally(() => clearTimeout(cut));
    if (next.done === true) return;
    yield next.value;
  }
}
