import { inSpan } from '../domain/span.js';
import type { ApiServer } from './http-types.js';

/** Asked every few seconds, or open for hours: nothing to follow. */
const notFollowed = /^\/(healthz|readyz|metrics|assets\/.*)$|\/events$/;

/** Makes each request a span, by the pattern of its route, from here to the end of its answer: what it begins is part of it. */
export function followRequests(app: ApiServer): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { method, headers, routeOptions } = request;
    const route = routeOptions.url ?? 'none';
    if (notFollowed.test(route)) return done();
    const facts = { 'http.request.method': method, 'http.route': route, 'reelway.request.id': request.id };
    const { traceparent: parent } = headers;
    const span = { name: `${method} ${route}`, kind: 'server', facts } as const;
    void inSpan({ ...span, ...(typeof parent === 'string' && { parent }) }, (facts) => {
      const answered = new Promise<void>((resolve) => reply.raw.once('close', resolve));
      done();
      return answered.then(() => void (facts['http.response.status_code'] = reply.statusCode));
    });
  });
}
