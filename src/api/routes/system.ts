import type { DiskSpace, SystemView } from '../../status/system-view.js';
import { queues, type GivenLimits, type QueueLimits } from '../../workflow/queues.js';
import type { StoredToken } from '../../domain/api-token.js';
import { problemSchema, snapshotSchema, systemSchema, type System } from '../contract.js';
import type { ApiServer } from '../http-types.js';
import { checkTimeout, runChecks, type HealthCheck } from './health.js';

/** What the health page shows beside the checks. */
export interface SystemServices extends SystemView {
  readonly database: 'embedded' | 'server';
  /** where media lie, for people */
  readonly storage: string;
  readonly queueLimits: GivenLimits;
  /** Of the recordings line; absent: there is none. */
  readonly zoom?: () => Promise<NonNullable<System['zoom']>>;
  /** Copies the embedded database as it is at one instant. @returns the folder, on this machine */
  readonly snapshot: () => Promise<string>;
  /** of the folders that this process writes to */
  readonly disks: () => Promise<readonly DiskSpace[]>;
}

export interface SystemRouteServices {
  readonly system: SystemServices;
  readonly checks: readonly HealthCheck[];
  readonly version: string;
  readonly tokens: () => readonly StoredToken[];
}

const startedAt = new Date(Date.now() - performance.now());

/** `/api/system`: how the whole of it is doing, for the dashboard's health page. */
export function systemRoutes(app: ApiServer, { system, checks, version, tokens }: SystemRouteServices): void {
  app.get(
    '/api/system',
    {
      schema: {
        summary: 'Checks, queues, workers, disks and versions',
        ...{ tags: ['health'], security: [{ token: [] }] },
        response: { 200: systemSchema, 503: problemSchema },
      },
    },
    async () => {
      // What a database or a disk knows can be told only while it answers; its check says why when it does not.
      const [results, held, workers, disks, zoom] = await Promise.all([
        runChecks(checks),
        inTime(system.queues(), []),
        inTime(system.workers(), []),
        inTime(system.disks(), []),
        system.zoom && inTime(system.zoom(), null),
      ]);
      return {
        version,
        node: process.version,
        startedAt: startedAt.toISOString(),
        database: system.database,
        storage: system.storage,
        checks: results,
        queues: Object.entries<QueueLimits>({ ...queues, ...system.queueLimits }).map(([name, limits]) => {
          const { perProcess, everywhere = null } = limits;
          const state = held.find((queue) => queue.name === name);
          return {
            ...{ name, perProcess, everywhere, waiting: state?.waiting ?? 0, running: state?.running ?? 0 },
            oldestWaitingAt: isoOrNull(state?.oldestWaiting),
          };
        }),
        workers: workers.map(({ seenAt, ...worker }) => ({ ...worker, seenAt: seenAt?.toISOString() ?? null })),
        disks: [...disks],
        // That of the command line on this machine is no person's.
        tokens: tokens()
          .filter(({ name }) => name !== 'local')
          .map(({ name, role }) => ({ name, role })),
        zoom: zoom ?? null,
      };
    },
  );

  app.post(
    '/api/system/snapshot',
    {
      config: { role: 'admin' },
      schema: {
        summary: 'Copies the embedded database to a folder of this machine, for `reelway backup`',
        ...{ tags: ['health'], security: [{ token: [] }] },
        response: { 200: snapshotSchema, 409: problemSchema },
      },
    },
    async () => ({ folder: await system.snapshot() }),
  );
}

/** What hangs must not keep from people that it hangs: as long as checks may take, then without it. */
function inTime<T>(look: Promise<T>, otherwise: T): Promise<T> {
  const late = new Promise<T>((resolve) => setTimeout(() => resolve(otherwise), checkTimeout).unref());
  return Promise.race([look.catch(() => otherwise), late]);
}

function isoOrNull(milliseconds: number | null | undefined): string | null {
  return milliseconds === null || milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
