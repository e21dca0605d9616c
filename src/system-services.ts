import type { SystemServices } from './api/routes/system.js';
import { storageOf, type Config } from './config/config.js';
import type { Database } from './status/database.js';
import { takeSnapshot } from './status/snapshots.js';
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
