import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import type { Logger } from 'pino';
import { Failure } from '../domain/failure.js';
import { within } from '../domain/within.js';
import type { Database } from '../status/database.js';
import type { JobJournal } from '../status/job-journal.js';
import type { JobTable } from '../status/job-table.js';
import type { QueueShares } from '../status/queue-shares.js';
import type { WorkerTable } from '../status/worker-table.js';
import { endedResult } from './children.js';
import { outliveClockSteps } from './clock-steps.js';
import type { WorkflowDefinition } from './definition.js';
import { noMeter, type EngineMeter } from './engine-meter.js';
import { enqueueing } from './enqueue.js';
import { jobEnds } from './job-ends.js';
import { jobFeed, type JobFeed } from './job-feed.js';
import { jobs, type EngineJobs, type JobsRuntime } from './jobs.js';
import {
  hasPlacesPerShare,
  longestQueuePollMs,
  queuePollMs,
  queues,
  type GivenLimits,
  type QueueLimits,
  type QueueName,
} from './queues.js';
import { ownership } from './ownership.js';
import { registerWorkflows, type AnyWorkflow } from './register.js';
import { runningSteps, type RunningSteps } from './running-steps.js';
import { submit, type SubmitOptions } from './submit.js';
import { backIntoQueues, startTakeOver, type TakeOver } from './take-over.js';

/** The engine, one per process: it takes jobs, runs them and shows them. */
export interface Engine {
  /**
   * Starts a job, or finds the one that has this id already: the id is the business key. When it resolves the job is stored.
   * @throws Failure invalid_request; conflict when the id belongs to a job with other input
   */
  readonly submit: <Input, Result>(
    definition: WorkflowDefinition<Input, Result>,
    id: string,
    input: Input,
    options?: SubmitOptions,
  ) => Promise<{ id: string; created: boolean }>;
  /**
   * What the job gave, once it has ended.
   * @throws Failure as it failed; `cancelled`; `not_found`; the signal's reason
   */
  readonly result: <Result = unknown>(id: string, signal?: AbortSignal) => Promise<Result>;
  readonly jobs: EngineJobs;
  readonly feed: JobFeed;
  /** Lets go of running jobs, which go on at their last checkpoint with the next start. The database stays open. */
  readonly stop: () => Promise<void>;
}

export interface EngineOptions {
  readonly database: Pick<Database, 'kind' | 'pool' | 'expectAnswers'>;
  readonly journal: JobJournal;
  readonly table: JobTable;
  readonly workers: WorkerTable;
  /** None: the engine runs nothing, and serves to look at jobs and to change them. */
  readonly workflows: readonly AnyWorkflow[];
  readonly log: Logger;
  readonly shares: QueueShares;
  /** default: nobody counts */
  readonly meter?: EngineMeter;
  /** Where other than `queues` says. */
  readonly limits?: GivenLimits | undefined;
  /** milliseconds that running jobs have to end when the engine stops, before others get them; default 0 */
  readonly drainMs?: number;
  /** Timing of the take-over, see take-over.ts. */
  readonly beatMs?: number;
  readonly lostAfterMs?: number;
}

/** milliseconds that running steps have to end when the engine stops */
const stopTimeoutMs = 10_000;

/** milliseconds that a stop waits for a database that is away or silent */
const lastWordMs = 5000;

/** milliseconds between looks whether the engine has written how jobs ended */
const outcomeLookMs = 20;

/** Launches the engine: it takes up again at once what this process's predecessor left unfinished. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { database, journal, table, log } = options;
  const running = runningSteps();
  const ends = jobEnds(table);
  const owners = ownership(table, running);
  const stopping = new AbortController();
  const enqueue = enqueueing({ ...options, signal: stopping.signal });
  const start = registerWorkflows(options.workflows, {
    meter: noMeter,
    ...options,
    ...{ running, ends, enqueue, ownership: owners },
  });
  const works = options.workflows.length > 0;
  const workerId = workerIdFor(database.kind);
  configure(options, workerId);
  const clock = outliveClockSteps(log);
  let takeOver: TakeOver | undefined;
  try {
    if (works && database.kind === 'server') takeOver = await startTakeOver({ ...options, running, workerId });
    await (database.kind === 'server' ? options.workers.alone(launch) : launch());
    if (works) await registerQueues(options.limits ?? {});
  } catch (error) {
    // Jobs that it has taken up since it was launched: they have not failed, others go on with them.
    clock.stop();
    await running.stop(stopTimeoutMs);
    await takeOver?.stop();
    await DBOS.shutdown({ deregister: true });
    if (takeOver) await lastWord('say that it has stopped', takeOver.leave);
    throw error;
  }
  database.expectAnswers();
  takeOver?.look();

  /** Two processes that make the engine's tables at the same time would fail each other. */
  async function launch(): Promise<void> {
    await DBOS.launch();
    await table.makeIndexes();
    for (const queue of Object.keys(queues) as QueueName[]) if (hasPlacesPerShare(queue)) await table.giveShares(queue);
  }

  const feed = jobFeed(table, log);
  const runtime: JobsRuntime = { table, journal, running, start };
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    feed.stop();
    clock.stop();
    // Nothing new is taken from here on; signs of life go on while running jobs come to their end. A look into the queues that a silent database
    // leaves without an answer is given up below.
    const receiving = DBOSExecutor.globalInstance?.deactivateEventReceivers();
    await within(lastWordMs, receiving);
    const drainMs = options.drainMs ?? 0;
    if (drainMs > 0 && !(await running.drained(drainMs)))
      log.info({ seconds: drainMs / 1000 }, 'some jobs did not end in time; others take them up');
    // Not before: what a job asks of the database on its way to its end may take as long as at any other time.
    database.expectAnswers(lastWordMs);
    await receiving;
    if (!(await running.stop(stopTimeoutMs)))
      log.warn('some steps did not end in time; they are repeated with the next start');
    await outcomesStored(running);
    await takeOver?.stop();
    // What is left goes back into its queues now; without that the others would find it a second later.
    if (takeOver) await lastWord('hand over what is left', () => backIntoQueues(workerId));
    stopping.abort(new Error('The process stops.'));
    await DBOS.shutdown({ deregister: true });
    if (takeOver) await lastWord('say that it has stopped', takeOver.leave);
  }

  /** A database that is away is not told: what was this process's is taken over as from a worker that is gone. */
  async function lastWord(what: string, tell: () => Promise<unknown>): Promise<void> {
    try {
      if (!(await within(lastWordMs, tell()))) log.warn(`could not ${what}: the database does not answer`);
    } catch (error) {
      log.warn({ reason: String(error) }, `could not ${what}`);
    }
  }

  return {
    submit: (definition, id, input, submitOptions) => submit(runtime, { definition, id, input }, submitOptions),
    async result<Result>(id: string, signal?: AbortSignal) {
      if (!(await table.find(id))) throw new Failure('not_found', `There is no job ${id}.`, { details: { job: id } });
      await ends.wait(id, signal);
      return endedResult<Result>(id);
    },
    jobs: jobs(runtime),
    feed,
    stop: () => (stopped ??= stop()),
  };
}

/** Jobs whose functions have returned end when the engine has written how; handed over before, they would be begun again elsewhere. */
async function outcomesStored(running: RunningSteps): Promise<void> {
  const deadline = performance.now() + stopTimeoutMs;
  const unstored = () =>
    [...(DBOSExecutor.globalInstance?.systemDatabase.runningWorkflowMap.keys() ?? [])].some(
      (jobId) => !running.hasJob(jobId),
    );
  while (unstored() && performance.now() < deadline) await setTimeout(outcomeLookMs);
}

/**
 * The embedded database has one process, which finds its own unfinished work by a name that stays. On a server every process has a name
 * of its own, and the others take over when it is gone.
 */
function workerIdFor(kind: 'embedded' | 'server'): string {
  return kind === 'embedded' ? 'embedded' : `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
}

function configure({ database, log, workflows }: EngineOptions, workerId: string): void {
  DBOS.setConfig({
    name: 'reelway',
    // Must look like an address; the pool is what is used.
    systemDatabaseUrl: 'postgresql://reelway:unused@pool/reelway',
    systemDatabasePool: database.pool,
    // We use neither its messages nor its events, and PGlite cannot listen.
    useListenNotify: false,
    executorID: workerId,
    ...(workflows.length === 0 && { listenQueues: [] }),
    // Work that was begun by an earlier version goes on with this one; see JobContext.patched.
    enablePatching: true,
    logger: {
      debug: (entry) => log.trace(textOf(entry)),
      info: (entry) => log.debug(textOf(entry)),
      warn: (entry) => log.debug(textOf(entry)),
      // Failed jobs come here too, which register.ts has logged already.
      error: (entry) => (entry instanceof Failure ? log.debug(entry.message) : log.error(textOf(entry))),
    },
  });
}

function textOf(entry: unknown): string {
  return entry instanceof Error ? entry.message : String(entry);
}

async function registerQueues(given: GivenLimits): Promise<void> {
  // A private default of the pinned SDK, two minutes: far too long for a queue that workers merely met at.
  Object.assign(wfQueueRunner.constructor, { defaultMaxPollingIntervalMs: longestQueuePollMs });
  await Promise.all(
    (Object.keys(queues) as QueueName[]).map((name) => {
      const { perProcess, everywhere }: QueueLimits = given[name] ?? queues[name];
      const inProcess = Math.min(perProcess, everywhere ?? perProcess);
      const limits = hasPlacesPerShare(name)
        ? {
            partitionWorkerConcurrency: inProcess,
            ...(everywhere !== undefined && { partitionConcurrency: everywhere }),
          }
        : { workerConcurrency: inProcess, ...(everywhere !== undefined && { globalConcurrency: everywhere }) };
      return DBOS.registerQueue(name, {
        ...limits,
        minPollingIntervalMs: queuePollMs,
        onConflict: 'always_update',
      });
    }),
  );
}
