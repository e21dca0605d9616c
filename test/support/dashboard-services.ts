import { randomUUID } from 'node:crypto';
import type { StoredToken } from '../../src/domain/api-token.js';
import type { ApiServices } from '../../src/api/server.js';
import { signInTickets } from '../../src/api/sign-in-tickets.js';

/** What the dashboard's own routes need, for tests of the API that have no database: sessions in memory, and an engine that is idle. */
export function dashboardServices(): Pick<ApiServices, 'sessions' | 'tickets' | 'system' | 'checkConfiguration'> {
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
        return Promise.resolve(session && session.expiresAt > new Date() ? session.token : undefined);
      },
      close: (secret) => Promise.resolve(void open.delete(secret)),
    },
    tickets: signInTickets(),
    system: {
      ...{ database: 'embedded', storage: '/media', queueLimits: {} },
      queues: () => Promise.resolve([]),
      workers: () => Promise.resolve([]),
      disks: () => Promise.resolve([]),
    },
    checkConfiguration: () => undefined,
  };
}
