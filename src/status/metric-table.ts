interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** what, and in which unit */
  readonly help: string;
  /** few values each: names from our own tables, never ids */
  readonly labels: readonly string[];
  /** `database`: the same from every process; `process`: to be added up over processes */
  readonly of: 'database' | 'process';
  /** of a histogram: upper bounds */
  readonly buckets?: readonly number[];
}

const [minute, hour, day] = [60, 3600, 86_400];

/** Every metric of ours, under the name that it is scraped by; Node's own (process_*, nodejs_*) come beside them. */
export const metricTable = {
  reelway_info: { type: 'gauge', help: 'Always 1; says which version answers.', labels: ['version'], of: 'process' },
  reelway_jobs: {
    type: 'gauge',
    help: 'Jobs that wait or run, by kind and status.',
    labels: ['kind', 'status'],
    of: 'database',
  },
  reelway_dead_letters: {
    type: 'gauge',
    help: 'Jobs that failed for good and wait for somebody to retry or dismiss them.',
    labels: [],
    of: 'database',
  },
  reelway_jobs_ended_total: {
    type: 'counter',
    help: 'Jobs that ended in this process, by kind and outcome (done, failed).',
    labels: ['kind', 'status'],
    of: 'process',
  },
  reelway_step_failures_total: {
    type: 'counter',
    help: 'Attempts of steps that failed, by failure code and by whether another attempt follows (again) or the job fails (failed).',
    labels: ['code', 'outcome'],
    of: 'process',
  },
  reelway_read_bytes_total: {
    type: 'counter',
    help: 'Bytes of sources that jobs read, by what they report of their progress.',
    labels: [],
    of: 'process',
  },
  reelway_written_bytes_total: {
    type: 'counter',
    help: 'Bytes of segments that jobs wrote, by what they report of their progress.',
    labels: [],
    of: 'process',
  },
  reelway_queue_jobs: {
    type: 'gauge',
    help: 'Jobs of a queue, waiting or running.',
    labels: ['queue', 'status'],
    of: 'database',
  },
  reelway_queue_oldest_waiting_seconds: {
    type: 'gauge',
    help: 'Seconds that the job that has waited longest in a queue has waited there, since a retry where there was one; 0 when none waits.',
    labels: ['queue'],
    of: 'database',
  },
  reelway_workers: {
    type: 'gauge',
    help: 'Processes that gave a sign of life in the last minute or hold running jobs.',
    labels: [],
    of: 'database',
  },
  reelway_disk_free_bytes: { type: 'gauge', help: 'Bytes that may still be written.', labels: ['path'], of: 'process' },
  reelway_disk_size_bytes: { type: 'gauge', help: 'Bytes of the file system.', labels: ['path'], of: 'process' },
  reelway_check_ok: {
    type: 'gauge',
    help: '1 when what Reelway needs answers, 0 when not; the checks of /readyz.',
    labels: ['check'],
    of: 'process',
  },
  reelway_http_requests_total: {
    type: 'counter',
    help: 'Requests answered, by method, route (its pattern) and status.',
    labels: ['method', 'route', 'status'],
    of: 'process',
  },
  reelway_http_request_seconds: {
    type: 'histogram',
    help: 'Seconds until a request was answered whole; streams of events are not in it.',
    labels: ['method', 'route'],
    of: 'process',
    // From a health check to a gigabyte over a slow line.
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
  },
  reelway_zoom_events_total: {
    type: 'counter',
    help: 'Webhooks of Zoom with a right signature that came to this process, by event, deliveries of the same one too; other: events that are not told apart.',
    labels: ['event'],
    of: 'process',
  },
  reelway_recordings_total: {
    type: 'counter',
    help: 'Recordings that came to an end, by outcome: published, failed, too_short (MINIMUM_DURATION), unmatched (no class), ignored (for another reason). Counted when the status changes: the same end again is none, one that is retried ends again.',
    labels: ['outcome'],
    of: 'database',
  },
  reelway_opencast_workflows_total: {
    type: 'counter',
    help: 'Workflows for recordings that were started in Opencast.',
    labels: [],
    of: 'database',
  },
  reelway_recording_pipeline_seconds: {
    type: 'histogram',
    help: 'Seconds from when Zoom announced a recording, or somebody asked for it, until Opencast had it or it could be watched.',
    labels: [],
    of: 'database',
    buckets: [minute, 5 * minute, 15 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 12 * hour, day],
  },
  reelway_recording_duration_seconds: {
    type: 'histogram',
    help: 'Seconds that the recordings of reelway_recording_pipeline_seconds last, as Zoom says in minutes.',
    labels: [],
    of: 'database',
    buckets: [5 * minute, 15 * minute, 30 * minute, 45 * minute, hour, 1.5 * hour, 2 * hour, 3 * hour, 6 * hour],
  },
  reelway_last_done_timestamp_seconds: {
    type: 'gauge',
    help: 'When a recording or an asset was done last, seconds since 1970; absent when none is known.',
    labels: [],
    of: 'database',
  },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof metricTable;

export type MetricsOf<Of extends 'type' | 'of', Value> = {
  [Name in MetricName]: (typeof metricTable)[Name][Of] extends Value ? Name : never;
}[MetricName];
