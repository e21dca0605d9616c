import type { AnsweredRequest, Metrics, MetricSources } from '../../status/metrics.js';
import type { ApiServer } from '../http-types.js';

export interface MetricServices {
  readonly metrics: Pick<Metrics, 'scrape' | 'contentType' | 'answered'>;
  readonly metricSources: MetricSources;
}

/**
 * `/metrics` for Prometheus. It needs a token, from loopback too: a proxy on the same machine would else show it to everybody.
 */
export function metricRoutes(app: ApiServer, { metrics, metricSources }: MetricServices): void {
  app.get(
    '/metrics',
    { logLevel: 'warn', schema: { summary: 'Metrics for Prometheus', tags: ['health'], security: [{ token: [] }] } },
    async (_, reply) => {
      reply.header('cache-control', 'no-store').type(metrics.contentType);
      return metrics.scrape(metricSources);
    },
  );
}

/** Counts every request that is answered from here on, by the pattern of its route: addresses are without number. */
export function countRequests(app: ApiServer, { answered }: { answered: (request: AnsweredRequest) => void }): void {
  app.addHook('onResponse', (request, reply, done) => {
    const isStream = String(reply.getHeader('content-type')).startsWith('text/event-stream');
    answered({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      seconds: isStream ? undefined : reply.elapsedTime / 1000,
    });
    done();
  });
}
