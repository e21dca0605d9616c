import type { Schedule } from '../api/contract.js';
import type { MeetingStatus } from '../api/routes/ingest-status.js';
import type { ScheduleFile } from '../api/routes/schedule.js';
import type { OnDemandRequest } from '../intake/request-on-demand.js';
import type { JobDetail } from '../workflow/job-view.js';
import type { ReconcileInput } from '../workflow/reconcile-zoom.js';
import type { ApplyOptions, ScheduleReport } from '../workflow/sync-schedule.js';
import type { Services } from '../wiring.js';
import type { CommandContext } from './command-context.js';
import type { ServerClient } from './server-client.js';
import { loadSettings, type LoadedSettings } from './settings.js';

/** The recordings line as commands reach it: the server that owns the data folder, or services that the command opens itself. */
export interface RecordingsDoor {
  /** The server that does the work; undefined when this process does, for as long as the command runs. */
  readonly server: string | undefined;
  order(request: OnDemandRequest): Promise<{ readonly trackingId: string; job: string | null; reason: string | null }>;
  /** @returns the id of the job */
  backfill(range: ReconcileInput): Promise<string>;
  /** Handles once more what Zoom sent. @returns how many events */
  replay(which: { readonly key: string } | { readonly uuid: string }): Promise<number>;
  showJob(job: string, signal: AbortSignal): Promise<JobDetail>;
  schedule(): Promise<Schedule>;
  importSchedule(file: ScheduleFile, options: ApplyOptions): Promise<ScheduleReport>;
  syncSchedule(options: ApplyOptions): Promise<ScheduleReport>;
  /** As `GET /status` answers. */
  status(of: { readonly meetingId: string } | { readonly seconds: number }): Promise<StatusRecords>;
  close(): Promise<void>;
}

export type StatusRecords = MeetingStatus | null | { readonly meetings: readonly MeetingStatus[] };

interface DoorOptions {
  /** Opencast is to fetch from this process: without a server it listens as one does. */
  readonly serves?: boolean;
}

/** Opens the door, uses it, and closes it. @throws Failure data_folder_in_use, database_unavailable, port_in_use */
export async function withRecordings<T>(
  context: CommandContext,
  use: (door: RecordingsDoor) => Promise<T>,
  options: DoorOptions = {},
): Promise<T> {
  const settings = await loadSettings(context);
  const { config } = settings;
  const { findRunningServer } = await import('../status/running-server.js');
  const running = config.DATABASE_URL === undefined ? await findRunningServer(config.REELWAY_DATA_DIR) : undefined;
  const { serverClient } = await import('./server-client.js');
  const door = running ? doorOfServer(serverClient(running)) : await ownDoor(context, settings, options);
  try {
    return await use(door);
  } finally {
    await door.close();
  }
}

function doorOfServer(client: ServerClient): RecordingsDoor {
  return {
    server: client.url,
    order: ({ uuid, seriesId, opencastWorkflow: workflow, allowMultipleIngests, ingestAllMp4 }) =>
      client.send('POST', '/api/recordings/ingest', {
        ...{ uuid, seriesId, workflow, allowMultiple: allowMultipleIngests, allMp4: ingestAllMp4 },
      }),
    backfill: async (range) => (await client.send<{ job: string }>('POST', '/api/recordings/backfill', range)).job,
    replay: async (which) =>
      (await client.send<{ replayed: number }>('POST', '/api/zoom-events/replay', which)).replayed,
    showJob: (job, signal) => client.get(`/api/jobs/${encodeURIComponent(job)}`, signal),
    schedule: () => client.get('/api/schedule'),
    importSchedule: (file, options) => client.send('POST', '/api/schedule/import', { ...file, ...options }),
    syncSchedule: (options) => client.send('POST', '/api/schedule/sync', options),
    async status(of) {
      const query = 'meetingId' in of ? `meeting_id=${of.meetingId}` : `seconds=${of.seconds}`;
      return (await client.get<{ records: StatusRecords }>(`/status?${query}`)).records;
    },
    close: () => Promise.resolve(),
  };
}

async function ownDoor(
  context: CommandContext,
  settings: LoadedSettings,
  options: DoorOptions,
): Promise<RecordingsDoor> {
  const [{ services, close }, { statusOfMeeting, statusOfMeetings }] = await Promise.all([
    ownServices(context, settings, options),
    import('../api/routes/ingest-status.js'),
  ]);
  const { desk, schedule, zoomIngester } = services.startIntake(false);
  return {
    server: undefined,
    async order(request) {
      const { trackingId, job, reason } = await desk.order(request);
      return { trackingId, job: job ?? null, reason: reason ?? null };
    },
    backfill: async (range) => (await desk.backfill(range)).id,
    replay: (which) => desk.replay(which),
    showJob: (job) => services.engine.jobs.show(job),
    async schedule() {
      const { timeZone, bufferMinutes } = schedule;
      return { timeZone, bufferMinutes, classes: [...(await schedule.classes())] };
    },
    importSchedule: (file, apply) => schedule.importFile(file, apply),
    syncSchedule: (apply) => schedule.sync(apply),
    status: async (of) =>
      'meetingId' in of
        ? statusOfMeeting(await zoomIngester.views.progressOfMeeting(of.meetingId), { watch: true })
        : statusOfMeetings(await zoomIngester.views.progressSince(Date.now() - of.seconds * 1000), { watch: true }),
    close,
  };
}

/** Services of this process, with a log that is silent unless it was asked for. */
async function ownServices(
  { terminal }: CommandContext,
  { config, environment }: LoadedSettings,
  { serves }: DoorOptions,
): Promise<{ services: Services; close: () => Promise<void> }> {
  const { openLog } = await import('../log.js');
  const log = openLog({
    level: environment.LOG_LEVEL === undefined ? 'fatal' : config.LOG_LEVEL,
    format: config.LOG_FORMAT,
  });
  if (serves && config.DATABASE_URL === undefined) {
    const { startServer } = await import('./serve.js');
    const server = await startServer({ config, environment }, log);
    return { services: server.services, close: () => server.stop() };
  }
  const { openServices } = await import('../wiring.js');
  const publicUrl = config.REELWAY_PUBLIC_URL ?? `http://${config.REELWAY_HOST}:${config.REELWAY_PORT}`;
  const services = await openServices({
    ...{ config, environment, log, publicUrl: () => publicUrl },
    onLost: (failure) => {
      terminal.say(failure.message);
      process.exit(1);
    },
  });
  return { services, close: () => services.close() };
}
