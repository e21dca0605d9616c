import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FailureCode } from '../domain/failure.js';
import type { DiskSpace, QueueState, SystemView, WorkerState } from './system-view.js';

interface MetricEntry {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** what, and in which unit */
  readonly help: string;
  /** few values each: names from our own tables, never ids */
  readonly labels: readonly string[];
  /** `database`: the same from every process; `process`: to be added up over processes */
  readonly of: 'database' | 'process';
}

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
  },
} as const satisfies Record<string, MetricEntry>;

type NameOf<Type> = {
  [Name in keyof typeof metricTable]: (typeof metricTable)[Name]['type'] extends Type ? Name : never;
}[keyof typeof metricTable];

/** seconds; from a health check to a gigabyte over a slow line */
const requestBuckets = [0.005, 0.02, 0.1, 0.5, 2, 10, 60];

/** What is looked up at every scrape. */
export interface MetricSources {
  readonly version: string;
  readonly view: SystemView;
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

/** The metrics of this process. */
export function openMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const options = <Name extends keyof typeof metricTable>(name: Name) => {
    const { help, labels } = metricTable[name];
    return { name, help, labelNames: [...labels] as string[], registers: [register] };
  };
  const gauge = (name: NameOf<'gauge'>) => new Gauge(options(name));
  const counter = (name: NameOf<'counter'>) => new Counter(options(name));

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
  };
  const ended = counter('reelway_jobs_ended_total');
  const failures = counter('reelway_step_failures_total');
  // What rises from nothing is no increase to Prometheus: the first unexpected error after a start would alert nobody.
  for (const outcome of ['again', 'failed']) failures.inc({ code: 'internal' satisfies FailureCode, outcome }, 0);
  const read = counter('reelway_read_bytes_total');
  const written = counter('reelway_written_bytes_total');
  const requests = counter('reelway_http_requests_total');
  const durations = new Histogram({ ...options('reelway_http_request_seconds'), buckets: requestBuckets });

  function showQueues(queues: readonly QueueState[], now: number): void {
    for (const { name, waiting, running, oldestWaiting } of queues) {
      gauges.queueJobs.set({ queue: name, status: 'waiting' }, waiting);
      gauges.queueJobs.set({ queue: name, status: 'running' }, running);
      gauges.oldest.set({ queue: name }, oldestWaiting === null ? 0 : Math.max(0, now - oldestWaiting) / 1000);
    }
  }

  async function lookUp({ version, view, disks, checks }: MetricSources): Promise<void> {
    // What the database cannot say now is absent, not old.
    const [counts, queues, workers, dead, space, checked] = await Promise.all([
      view.jobCounts().catch(() => undefined),
      view.queues().catch(() => []),
      view.workers().catch((): readonly WorkerState[] | undefined => undefined),
      view.deadLetters().catch(() => undefined),
      disks(),
      checks(),
    ]);
    for (const metric of Object.values(gauges)) metric.reset();
    gauges.info.set({ version }, 1);
    for (const { kind, status, count } of counts ?? []) gauges.jobs.set({ kind, status }, count);
    if (dead === undefined) gauges.deadLetters.remove();
    else gauges.deadLetters.set(dead);
    if (workers === undefined) gauges.workers.remove();
    else gauges.workers.set(workers.length);
    showQueues(queues, Date.now());
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
    names: () => register.getMetricsAsArray().map(({ name }) => name),
  };
}
