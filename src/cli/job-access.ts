import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config.js';
import type { JobDetail, JobSummary } from '../workflow/job-view.js';
import type { JobFilter, Jobs } from '../workflow/jobs.js';
import type { ServerClient } from './server-client.js';

/** Jobs as a command reaches them. */
export interface JobAccess {
  readonly jobs: Jobs;
  /** Does somebody work on them now? Otherwise they wait for the next `reelway serve`. */
  readonly served: boolean;
  close(): Promise<void>;
}

/**
 * Through the running server of the data folder, which owns the embedded database; else straight from the database, which is looked at and
 * changed, while nothing of it runs here.
 * @returns undefined when the data folder has no database yet
 * @throws Failure data_folder_in_use when a process that does not serve holds it, database_unavailable
 */
export async function openJobs(config: Config): Promise<JobAccess | undefined> {
  const [{ findRunningServer }, { serverClient }] = await Promise.all([
    import('../status/running-server.js'),
    import('./ask-server.js'),
  ]);
  const server = config.DATABASE_URL === undefined ? await findRunningServer(config.REELWAY_DATA_DIR) : undefined;
  if (server) return { jobs: jobsOfServer(serverClient(server)), served: true, close: () => Promise.resolve() };
  if (config.DATABASE_URL === undefined && !existsSync(join(config.REELWAY_DATA_DIR, 'database'))) return undefined;
  return jobsOfDatabase(config);
}

function jobsOfServer(client: ServerClient): Jobs {
  const at = (id: string) => `/api/jobs/${encodeURIComponent(id)}`;
  return {
    list: (filter = {}) => client.get(`/api/jobs?${queryOf(filter).toString()}`),
    next: async (limit) => (await client.get<{ jobs: JobSummary[] }>(`/api/jobs/next?limit=${limit}`)).jobs,
    find: (id) => client.get<JobDetail>(at(id)),
    show: (id) => client.get<JobDetail>(at(id)),
    cancel: (id) => client.send<JobSummary>('POST', `${at(id)}/cancel`),
    retry: (id) => client.send<JobSummary>('POST', `${at(id)}/retry`),
    dismiss: (id) => client.send<JobSummary>('POST', `${at(id)}/dismiss`),
  };
}

function queryOf({ status = [], kind = [], parent, deadLetter, search, limit, cursor }: JobFilter): URLSearchParams {
  const one = Object.entries({ parent, deadLetter, search, limit, cursor }).filter(([, value]) => value !== undefined);
  return new URLSearchParams([
    ...status.map((value) => ['status', value] as [string, string]),
    ...kind.map((value) => ['kind', value] as [string, string]),
    ...one.map(([name, value]) => [name, String(value)] as [string, string]),
  ]);
}

async function jobsOfDatabase(config: Config): Promise<JobAccess> {
  const [
    { openDatabase },
    { jobJournal },
    { jobTable },
    { queueShares },
    { workerTable },
    { startEngine },
    { openLog },
  ] = await Promise.all([
    import('../status/database.js'),
    import('../status/job-journal.js'),
    import('../status/job-table.js'),
    import('../status/queue-shares.js'),
    import('../status/worker-table.js'),
    import('../workflow/start.js'),
    import('../log.js'),
  ]);
  const log = openLog({ level: config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL, format: config.LOG_FORMAT });
  const database = await openDatabase({ dataFolder: config.REELWAY_DATA_DIR, databaseUrl: config.DATABASE_URL, log });
  const { tables } = database;
  const parts = {
    ...{ journal: jobJournal(tables), table: jobTable(tables) },
    ...{ workers: workerTable(tables), shares: queueShares(tables) },
  };
  try {
    const engine = await startEngine({ database, ...parts, workflows: [], log });
    return {
      jobs: engine.jobs,
      served: database.kind === 'server',
      async close() {
        await engine.stop();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
