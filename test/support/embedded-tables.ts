import { ensureSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { pino } from 'pino';
import { openDatabase } from '../../src/status/database.js';
import { makeJobIndexes } from '../../src/status/job-indexes.js';

/** Makes an embedded database with our tables and the engine's, as a first start does. */
export async function makeEmbeddedTables(dataFolder: string): Promise<void> {
  const database = await openDatabase({ dataFolder, log: pino({ level: 'silent' }) });
  try {
    const quiet = () => undefined;
    const logger = { info: quiet, debug: quiet, warn: quiet, error: quiet };
    await ensureSystemDatabase('postgresql://reelway@pool/reelway', logger as never, database.pool, 'dbos', false);
    await makeJobIndexes(database.tables);
  } finally {
    await database.close();
  }
}
