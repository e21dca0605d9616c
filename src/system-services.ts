import type { HealthCheck } from './api/routes/health.js';
import type { SystemServices } from './api/routes/system.js';
import { storageOf, type Config } from './config/config.js';
import { opencastConnection, type zoomConnection } from './recordings-line.js';
import type { Database } from './status/database.js';
import { takeSnapshot } from './status/snapshots.js';
import type { ObjectStore } from './storage/object-store.js';
import type { Probe } from './workflow/watch.js';
import { diskSpace, systemView } from './status/system-view.js';

/** What operators see of the system itself, and its backup: for the wiring. */
export function systemServices(config: Config, database: Database): SystemServices {
  const { kind, tables } = database;
  const storage = storageOf(config);
  const folders = [config.REELWAY_DATA_DIR, ...(storage.kind === 'file' ? [storage.folder] : [])];
  return {
    database: kind,
    queueLimits: config.REELWAY_QUEUE_LIMITS ?? {},
    storage: storage.kind === 'file' ? storage.folder : `s3://${storage.bucket}/${storage.prefix}`,
    ...systemView(tables),
    snapshot: () => takeSnapshot(database, config.REELWAY_DATA_DIR),
    disks: async () => (await Promise.all(folders.map(diskSpace))).filter((disk) => disk !== undefined),
  };
}

/** Zoom and Opencast, asked as the line asks them; those of the settings. */
export function outsideProbes(config: Config, zoom: ReturnType<typeof zoomConnection>): Probe[] {
  const opencast = opencastConnection(config);
  const today = () => new Date().toISOString().slice(0, 10);
  return [
    ...(opencast
      ? [{ name: 'Opencast', run: async (signal: AbortSignal) => void (await opencast.whoAmI(signal)) }]
      : []),
    ...(zoom?.accounts ?? []).map(({ accountId, client }, _, all) => ({
      name: all.length === 1 ? 'Zoom' : `Zoom ${accountId ?? '(of the single settings)'}`,
      async run(signal: AbortSignal) {
        const listed = client.recordings({ from: today(), to: today() }, signal);
        await listed[Symbol.asyncIterator]().next();
      },
    })),
  ];
}

export function healthChecks(
  { pool }: Database,
  openStore: (bucket: string | undefined) => ObjectStore,
): HealthCheck[] {
  return [
    { name: 'database', run: async () => void (await pool.query('SELECT 1')) },
    { name: 'storage', run: async () => void (await openStore(undefined).head('.reelway/readyz')) },
  ];
}
