import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FailureCode } from '../domain/failure.js';
import { recordingOutcomes } from '../domain/recording-outcome.js';
import { countedZoomEvents, type CountedZoomEvent } from '../domain/zoom-event.js';
import { metricTable, type MetricName, type MetricsOf } from './metric-table.js';
import { storedHistogram } from './stored-histogram.js';
import type { DiskSpace, QueueState, SystemView, WorkerState } from './system-view.js';
import type { Tally } from './tally.js';

/** What is looked up at every scrape. */
export interface MetricSources {
  readonly version: string;
  readonly view: SystemView;
  readonly tally: () => Promise<Tally>;
  readonly disks: () => Promise<readonly DiskSpace[]>;
  readonly checks: () => Promise<readonly { readonly name: string; readonly ok: boolean }[]>;
}

export interface Metrics {
  /** In Prometheus's text format, with what the database says now. */
  scrape(sources: MetricSources): Promise<string>;
  readonly contentType: string;
  readonly jobEnded: (kind: string, status: 'done' | 'failed') => void;
  readonly stepFailed: (code: FailureCode, outcome: 'again' | 'failed') => void;
  readonly moved: (bytes: { readonly read: number; readonly written: number }) => void;
  readonly answered: (request: AnsweredRequest) => void;
  readonly zoomEvent: (event: CountedZoomEvent) => void;
  /** Names of all metrics, Node's too. */
  names(): string[];
}

export interface AnsweredRequest {
  readonly method: string;
  /** pattern of the route: `/api/jobs/:id` */
  readonly route: string;
  readonly status: number;
  /** undefined: it is not timed */
  readonly seconds: number | undefined;
}

/** Requests whose first failure after a start somebody wants to hear of. */
const watchedAnswers = [
  { route: '/new_recording', statuses: [400, 401, 500, 503] },
  { route: '/ingest', statuses: [500] },
] as const;

/** The metrics of this process. */
export function openMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const options = (name: MetricName) => {
    const { help, labels } = metricTable[name];
    return { name, help, labelNames: [...labels] as string[], registers: [register] };
  };
  const gauge = (name: MetricsOf<'type', 'gauge'>) => new Gauge(options(name));
  const stored = (name: MetricsOf<'type', 'histogram'>) => storedHistogram(register, { name, ...metricTable[name] });
  const counter = (name: MetricsOf<'type', 'counter'>) => new Counter(options(name));

  const gauges = {
    info: gauge('reelway_info'),
    jobs: gauge('reelway_jobs'),
    deadLetters: gauge('reelway_dead_letters'),
    queueJobs: gauge('reelway_queue_jobs'),
    oldest: gauge('reelway_queue_oldest_waiting_seconds'),
    workers: gauge('reelway_workers'),
    free: gauge('reelway_disk_free_bytes'),
    size: gauge('reelway_disk_size_bytes'),
    check: gauge('reelway_check_ok'),
    lastDone: gauge('reelway_last_done_timestamp_seconds'),
  };
  const tallied = {
    recordings: counter('reelway_recordings_total'),
    opencastWorkflows: counter('reelway_opencast_workflows_total'),
    pipeline: stored('reelway_recording_pipeline_seconds'),
    duration: stored('reelway_recording_duration_seconds'),
  };
  const ended = counter('reelway_jobs_ended_total');
  const failures = counter('reelway_step_failures_total');
  const zoomEvents = counter('reelway_zoom_events_total');
  // What rises from nothing is no increase to Prometheus: the first unexpected error after a start would alert nobody.
  for (const event of countedZoomEvents) zoomEvents.inc({ event }, 0);
  for (const outcome of ['again', 'failed']) failures.inc({ code: 'internal' satisfies FailureCode, outcome }, 0);
  const read = counter('reelway_read_bytes_total');
  const written = counter('reelway_written_bytes_total');
  const requests = counter('reelway_http_requests_total');
  for (const { route, statuses } of watchedAnswers)
    for (const status of statuses) requests.inc({ method: 'POST', route, status: String(status) }, 0);
  const { buckets } = metricTable.reelway_http_request_seconds;
  const durations = new Histogram({ ...options('reelway_http_request_seconds'), buckets: [...buckets] });

  function showOne(metric: Gauge, value: number | undefined): void {
    if (value === undefined) metric.remove();
    else metric.set(value);
  }

  function showQueues(queues: readonly QueueState[], now: number): void {
    for (const { name, waiting, running, oldestWaiting } of queues) {
      gauges.queueJobs.set({ queue: name, status: 'waiting' }, waiting);
      gauges.queueJobs.set({ queue: name, status: 'running' }, running);
      gauges.oldest.set({ queue: name }, oldestWaiting === null ? 0 : Math.max(0, now - oldestWaiting) / 1000);
    }
  }

  /** What a restart does not set back. undefined: the database does not say */
  function showTally(tally: Tally | undefined): void {
    const { recordings, opencastWorkflows, pipeline, duration } = tallied;
    recordings.reset();
    opencastWorkflows.remove();
    const of = (name: MetricName) => tally && (tally.get(name) ?? new Map<string, number>());
    pipeline.show(of('reelway_recording_pipeline_seconds'));
    duration.show(of('reelway_recording_duration_seconds'));
    if (!tally) return;
    for (const outcome of recordingOutcomes)
      recordings.inc({ outcome }, of('reelway_recordings_total')?.get(outcome) ?? 0);
    opencastWorkflows.inc(of('reelway_opencast_workflows_total')?.get('') ?? 0);
  }

  async function lookUp({ version, view, disks, checks, tally }: MetricSources): Promise<void> {
    // What the database cannot say now is absent, not old.
    const [counts, queues, workers, dead, lastDone, sums, space, checked] = await Promise.all([
      view.jobCounts().catch(() => undefined),
      view.queues().catch(() => []),
      view.workers().catch((): readonly WorkerState[] | undefined => undefined),
      view.deadLetters().catch(() => undefined),
      view.lastDone().catch(() => undefined),
      tally().catch(() => undefined),
      disks(),
      checks(),
    ]);
    for (const metric of Object.values(gauges)) metric.reset();
    gauges.info.set({ version }, 1);
    for (const { kind, status, count } of counts ?? []) gauges.jobs.set({ kind, status }, count);
    showOne(gauges.deadLetters, dead);
    showOne(gauges.workers, workers?.length);
    showOne(gauges.lastDone, lastDone && lastDone / 1000);
    showQueues(queues, Date.now());
    showTally(sums);
    for (const { path, free, total } of space) {
      gauges.free.set({ path }, free);
      gauges.size.set({ path }, total);
    }
    for (const { name, ok } of checked) gauges.check.set({ check: name }, ok ? 1 : 0);
  }

  let scraping: Promise<unknown> = Promise.resolve();
  return {
    contentType: register.contentType,
    scrape(sources) {
      // One after the other: two at a time would write into each other's answer.
      const answer = scraping.then(async () => {
        await lookUp(sources);
        return register.metrics();
      });
      scraping = answer.catch(() => undefined);
      return answer;
    },
    jobEnded: (kind, status) => ended.inc({ kind, status }),
    stepFailed: (code, outcome) => failures.inc({ code, outcome }),
    moved(bytes) {
      read.inc(bytes.read);
      written.inc(bytes.written);
    },
    answered({ method, route, status, seconds }) {
      requests.inc({ method, route, status: String(status) });
      if (seconds !== undefined) durations.observe({ method, route }, seconds);
    },
    zoomEvent: (event) => zoomEvents.inc({ event }),
    names: () => register.getMetricsAsArray().map(({ name }) => name),
  };
}
