import { randomUUID } from 'node:crypto';
import type { StoredToken } from '../../src/domain/api-token.js';
import type { ApiServices } from '../../src/api/server.js';
import { openMetrics, type Metrics } from '../../src/status/metrics.js';
import { signInTickets } from '../../src/api/sign-in-tickets.js';

/** What the dashboard's own routes need, for tests of the API that have no database: sessions in memory, and an engine that is idle. */
type DashboardServices = Pick<
  ApiServices,
  'sessions' | 'tickets' | 'system' | 'packagingVerdicts' | 'metricSources'
> & { readonly metrics: Metrics };

export function dashboardServices(): DashboardServices {
  const view = {
    queues: () => Promise.resolve([]),
    jobCounts: () => Promise.resolve([]),
    deadLetters: () => Promise.resolve(0),
    lastDone: () => Promise.resolve(undefined),
    workers: () => Promise.resolve([]),
  };
  const disks = () => Promise.resolve([]);
  const open = new Map<string, { token: StoredToken; expiresAt: Date }>();
  return {
    sessions: {
      open(token, expiresAt) {
        const secret = randomUUID().replaceAll('-', '').padEnd(43, '0');
        open.set(secret, { token, expiresAt });
        return Promise.resolve(secret);
      },
      find(secret) {
        const session = open.get(secret);
        return Promise.resolve(session && session.expiresAt > new Date() ? withRole(session.token) : undefined);
      },
      close: (secret) => Promise.resolve(void open.delete(secret)),
    },
    tickets: signInTickets(),
    system: {
      ...{ database: 'embedded', storage: '/media', queueLimits: {} },
      ...view,
      disks,
      snapshot: () => Promise.reject(new Error('no database')),
    },
    metrics: openMetrics(),
    metricSources: {
      ...{ version: '0.0.0', view, disks },
      ...{ tally: () => Promise.resolve(new Map()), checks: () => Promise.resolve([]) },
    },
    packagingVerdicts: { refusals: () => [], refused: {} },
  };
}

/** As the table gives it. */
function withRole(token: StoredToken) {
  return { ...token, role: token.digest === '' ? token.role : null };
}
