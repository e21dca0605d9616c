import type { MeetingStatus } from '../api/routes/ingest-status.js';
import type { ScheduleFile } from '../api/routes/schedule.js';
import type { OnDemandRequest } from '../intake/request-on-demand.js';
import type { JobDetail } from '../workflow/job-view.js';
import type { ReconcileInput } from '../workflow/reconcile-zoom.js';
import type { ApplyOptions, ScheduleReport } from '../workflow/sync-schedule.js';
import { withApi, type ApiDoor, type DoorOptions } from './api-door.js';
import type { CommandContext } from './command-context.js';

/** The recordings line as commands reach it: by its API. */
export interface RecordingsDoor {
  /** The server that does the work; undefined when this process does, for as long as the command runs. */
  readonly server: string | undefined;
  order(request: OnDemandRequest): Promise<{ readonly trackingId: string; job: string | null; reason: string | null }>;
  /** @returns the id of the job */
  backfill(range: ReconcileInput): Promise<string>;
  /** Handles once more what Zoom sent. @returns how many events */
  replay(which: { readonly key: string } | { readonly uuid: string }): Promise<number>;
  showJob(job: string, signal: AbortSignal): Promise<JobDetail>;
  importSchedule(file: ScheduleFile, options: ApplyOptions): Promise<ScheduleReport>;
  syncSchedule(options: ApplyOptions): Promise<ScheduleReport>;
  /** As `GET /status` answers. */
  status(of: { readonly meetingId: string } | { readonly seconds: number }): Promise<StatusRecords>;
}

export type StatusRecords = MeetingStatus | null | { readonly meetings: readonly MeetingStatus[] };

/** Opens the door, uses it, and closes it. @throws Failure data_folder_in_use, database_unavailable, port_in_use */
export function withRecordings<T>(
  context: CommandContext,
  use: (door: RecordingsDoor) => Promise<T>,
  options: DoorOptions = {},
): Promise<T> {
  return withApi(context, (api) => use(doorOf(api)), { works: true, creates: true, ...options });
}

function doorOf(api: ApiDoor): RecordingsDoor {
  return {
    server: api.server,
    order: ({ uuid, seriesId, opencastWorkflow: workflow, allowMultipleIngests, ingestAllMp4 }) =>
      api.send('POST', '/api/recordings/ingest', {
        ...{ uuid, seriesId, workflow, allowMultiple: allowMultipleIngests, allMp4: ingestAllMp4 },
      }),
    backfill: async (range) => (await api.send<{ job: string }>('POST', '/api/recordings/backfill', range)).job,
    replay: async (which) => (await api.send<{ replayed: number }>('POST', '/api/zoom-events/replay', which)).replayed,
    showJob: (job, signal) => api.get(`/api/jobs/${encodeURIComponent(job)}`, signal),
    importSchedule: (file, options) => api.send('POST', '/api/schedule/import', { ...file, ...options }),
    syncSchedule: (options) => api.send('POST', '/api/schedule/sync', options),
    async status(of) {
      const query = 'meetingId' in of ? `meeting_id=${of.meetingId}` : `seconds=${of.seconds}`;
      return (await api.get<{ records: StatusRecords }>(`/status?${query}`)).records;
    },
  };
}
