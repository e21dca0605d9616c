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
    if (request.routeOptions.config.longBody !== true && !raw.complete) {
      const cut = setTimeout(() => !raw.complete && raw.destroy(), within).unref();
      raw.once('close', () => clearTimeout(cut));
    }
    done();
  });
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
