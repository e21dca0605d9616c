import type { CommandContext } from './command-context.js';
import { everybodyTold, tellingJobs } from './everybody-told.js';
import type { LoadedSettings } from './settings.js';
import type { JobDetail, JobSummary } from '../workflow/job-view.js';
import type { SubmitChoice } from '../workflow/submit-asset.js';

/** How a command asks for an asset: of the server that owns the data folder, or of services that it opens itself. */
export interface AssetDoor {
  /** The server that does the work; undefined when this process does. */
  readonly server: string | undefined;
  /**
   * @param packagingGroup a group file in place of the stored group
   * @returns the id of the job
   */
  submit(request: object, packagingGroup: unknown, choice?: SubmitChoice): Promise<string>;
  show(job: string, signal: AbortSignal): Promise<JobDetail>;
  /** How it is; many that ask at the same time cost little. */
  look(job: string, signal: AbortSignal): Promise<Pick<JobSummary, 'status' | 'failure'>>;
  /** Are jobs waiting or running? Asked where this process does the work. */
  busy(): Promise<boolean>;
  /** Waits until everybody was told, as far as that works at once. */
  settle(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** @throws Failure data_folder_in_use when a command that is no server has the data folder; database_unavailable */
export async function openAssetDoor(context: CommandContext, settings: LoadedSettings): Promise<AssetDoor> {
  const { config } = settings;
  const { findRunningServer } = await import('../status/running-server.js');
  const running = config.DATABASE_URL === undefined ? await findRunningServer(config.REELWAY_DATA_DIR) : undefined;
  if (!running) return ownDoor(context, settings);
  const { serverClient } = await import('./ask-server.js');
  const client = serverClient(running);
  return {
    server: running.url,
    async submit(request, packagingGroup, choice = {}) {
      const body = { ...request, ...(packagingGroup !== undefined && { packagingGroup }) };
      const query = new URLSearchParams(
        Object.entries(choice).filter((entry): entry is [string, string] => entry[1] !== undefined),
      ).toString();
      return (await client.send<{ job: string }>('POST', `/api/assets${query && `?${query}`}`, body)).job;
    },
    show: (job, signal) => client.get<JobDetail>(`/api/jobs/${encodeURIComponent(job)}`, signal),
    look: (job, signal) => client.get<JobDetail>(`/api/jobs/${encodeURIComponent(job)}`, signal),
    busy: () => Promise.resolve(false),
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

async function ownDoor({ terminal }: CommandContext, { config, environment }: LoadedSettings): Promise<AssetDoor> {
  const [{ openServices }, { openLog }, { parsePackagingGroup }, { gathered }, { jobTable }, { jobStatusOf }] =
    await Promise.all([
      import('../wiring.js'),
      import('../log.js'),
      import('../domain/packaging-configuration.js'),
      import('../workflow/gathered.js'),
      import('../status/job-table.js'),
      import('../workflow/job-view.js'),
    ]);
  // The person sees progress and the outcome; the log is for who asked for it.
  const log = openLog({
    level: environment.LOG_LEVEL === undefined ? 'fatal' : config.LOG_LEVEL,
    format: config.LOG_FORMAT,
  });
  const publicUrl = config.REELWAY_PUBLIC_URL ?? `http://${config.REELWAY_HOST}:${config.REELWAY_PORT}`;
  const services = await openServices({
    config,
    environment,
    log,
    publicUrl: () => publicUrl,
    onLost: (failure) => {
      terminal.say(failure.message);
      process.exit(1);
    },
  });
  const { jobs } = services.engine;
  const table = jobTable(services.database.tables);
  const statusOf = gathered(async (ids: readonly string[]) => {
    const statuses = await table.statuses(ids);
    return ids.map((id) => statuses.get(id));
  });
  return {
    server: undefined,
    async submit(request, packagingGroup, choice) {
      const group = packagingGroup === undefined ? undefined : parsePackagingGroup(packagingGroup);
      return (await services.submitAsset(request, group, choice)).id;
    },
    show: (job) => jobs.show(job),
    async look(job) {
      const status = await statusOf(job);
      const is = status && jobStatusOf(status);
      // Why it failed stands with the job.
      return is === undefined || is === 'failed' || is === 'cancelled' ? jobs.find(job) : { status: is, failure: null };
    },
    async busy() {
      const open = { kind: ['package-asset'], status: ['queued', 'running'], parent: 'any' } as const;
      return (await jobs.list(open)).jobs.length > 0;
    },
    settle: (signal) => everybodyTold(async () => (await jobs.list(tellingJobs)).jobs.length > 0, signal),
    close: () => services.close(),
  };
}
