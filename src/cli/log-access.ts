import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Kysely } from 'kysely';
import type { DebugModeState, JobLogAnswer } from '../api/contract/log.js';
import type { Tables } from '../status/tables.js';
import type { CommandContext } from './command-context.js';
import { loadSettings } from './settings.js';

/** Logs of jobs, and how much is logged, as commands reach them. */
export interface LogAccess {
  /** @throws Failure not_found */
  logs(id: string, after: number): Promise<JobLogAnswer>;
  debug(): Promise<DebugModeState>;
  /** @param seconds 0: no longer */
  setDebug(seconds: number): Promise<DebugModeState>;
}

/** Through the server that owns the data folder, else straight from the database. @throws Failure data_folder_in_use, database_unavailable, not_found */
export async function withLogs<T>(context: CommandContext, use: (access: LogAccess) => Promise<T>): Promise<T> {
  const { config } = await loadSettings(context);
  const [{ findRunningServer }, { serverClient }, { Failure }] = await Promise.all([
    import('../status/running-server.js'),
    import('./ask-server.js'),
    import('../domain/failure.js'),
  ]);
  const server = config.DATABASE_URL === undefined ? await findRunningServer(config.REELWAY_DATA_DIR) : undefined;
  if (server) {
    const client = serverClient(server);
    return use({
      logs: (id, after) => client.get(`/api/jobs/${encodeURIComponent(id)}/logs?after=${after}`),
      debug: () => client.get('/api/debug'),
      setDebug: (seconds) => client.send('PUT', '/api/debug', { seconds }),
    });
  }
  if (config.DATABASE_URL === undefined && !existsSync(path.join(config.REELWAY_DATA_DIR, 'database')))
    throw new Failure('not_found', `The data folder ${config.REELWAY_DATA_DIR} holds no database yet.`);
  const [{ openDatabase }, { openLog }] = await Promise.all([import('../status/database.js'), import('../log.js')]);
  const log = openLog({ level: 'fatal' });
  const database = await openDatabase({ dataFolder: config.REELWAY_DATA_DIR, databaseUrl: config.DATABASE_URL, log });
  try {
    return await use(await ofDatabase(database.tables));
  } finally {
    await database.close();
  }
}

async function ofDatabase(tables: Kysely<Tables>): Promise<LogAccess> {
  const [{ jobLog }, { debugMode }, { debugState, jobLogAnswer }] = await Promise.all([
    import('../status/job-log.js'),
    import('../status/debug-mode.js'),
    import('../api/routes/logs.js'),
  ]);
  const [log, mode] = [jobLog(tables), debugMode(tables)];
  return {
    logs: (id, after) => jobLogAnswer(log, id, { after, limit: 500 }),
    debug: () => debugState(mode),
    setDebug: (seconds) => debugState(mode, seconds),
  };
}
