import Fastify, { type FastifyBaseLogger } from 'fastify';
import { authenticate, type Doors } from './authenticate.js';
import { checkHost } from './check-host.js';
import { answerError, answerNotFound } from './error-answer.js';
import type { ApiServer } from './http-types.js';
import { metricRoutes, type MetricServices } from './routes/metrics.js';
import type { ListenOptions } from './server.js';

/** milliseconds for a request to arrive whole */
const requestTimeout = 10_000;

/** `/metrics` and nothing else, of a process that serves nothing else, behind the same tokens; it does not listen yet. */
export function metricsServer(
  services: MetricServices & Pick<Doors, 'tokens'> & { readonly log: FastifyBaseLogger },
  options: Omit<ListenOptions, 'port'>,
): ApiServer {
  const app: ApiServer = Fastify({
    loggerInstance: services.log,
    bodyLimit: 1,
    requestTimeout,
    forceCloseConnections: 'idle',
  });
  app.setErrorHandler(answerError).setNotFoundHandler(answerNotFound);
  app.decorateRequest('token', null);
  app.addHook('onRequest', checkHost(options));
  // Nobody is signed in here: a scraper has a token.
  app.addHook('onRequest', authenticate({ ...services, sessions: { find: () => Promise.resolve(undefined) } }));
  metricRoutes(app, services);
  return app;
}
