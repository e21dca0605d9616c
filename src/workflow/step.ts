import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS, Error as engineErrors } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';
import { Failure, toFailure } from '../domain/failure.js';
import { withinJob } from '../domain/running-job.js';
import { inSpan } from '../domain/span.js';
import type { JobJournal, StepKey } from '../status/job-journal.js';
import type { StepContext, StepOptions } from './definition.js';
import { isDatabaseAway, onceDatabaseAnswers } from './database-away.js';
import type { EngineMeter } from './engine-meter.js';
import { currentHolder, lostJob, type Ownership } from './ownership.js';
import { progressReporter } from './progress.js';
import { OwnershipDoubt, type Holder, type RunningStep, type RunningSteps } from './running-steps.js';
import { isFailure, storable, storedFailure } from './stored-failure.js';

/** What every step of this process shares. */
export interface StepRuntime {
  readonly journal: JobJournal;
  readonly running: RunningSteps;
  readonly ownership: Ownership;
  readonly meter: EngineMeter;
  readonly log: Logger;
}

type Action<T> = (step: StepContext) => Promise<T>;
type Limits = Required<Pick<StepOptions, 'attempts' | 'pauseMs' | 'longestPauseMs'>>;

const defaults = { attempts: 8, pauseMs: 1000, longestPauseMs: 300_000 } as const satisfies Limits;
/** An unexpected error is most likely a defect, which waiting does not cure; a second and third look cost little. */
const attemptsAtUnexpected = 3;

/**
 * Runs a checkpointed step of the workflow that calls it. This is the only place that decides on retries.
 * @throws Failure of the last attempt, also when it comes from the checkpoint
 */
export async function runStep<T>(
  runtime: StepRuntime,
  name: string,
  action: Action<T>,
  options: StepOptions = {},
): Promise<T> {
  try {
    return await engineStep(runtime, name, () => attempts(runtime, name, action, options));
  } catch (error) {
    // The engine's own errors (cancelled, taken over by another process) end the workflow; everything else is a Failure.
    throw isFailure(error) ? toFailure(error) : error;
  }
}

/**
 * A checkpoint of the engine, while the process does not stop.
 * @param action begins with `whileHeld` before any await
 */
export async function engineStep<T>(
  { running }: Pick<StepRuntime, 'running'>,
  name: string,
  action: () => Promise<T>,
): Promise<T> {
  if (running.stopping) return never<T>();
  const arrived = running.enter();
  try {
    // Called before any await: the engine numbers steps in the order of these calls.
    return await DBOS.runStep(
      () => {
        const result = action();
        arrived();
        return result;
      },
      { name },
    );
  } finally {
    arrived();
  }
}

/**
 * What a workflow gets when the process stops: it goes no further and nothing is recorded, as after a kill. The engine takes it up again at
 * the last checkpoint.
 */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}

async function attempts<T>(
  runtime: StepRuntime,
  name: string,
  action: Action<T>,
  { waits = false, showsIn, ...options }: StepOptions,
): Promise<T> {
  const limits = { ...defaults, ...options };
  const step = { key: currentStep(), holder: currentHolder(), name, action, limits, showsIn };
  const elsewhere = DBOS.stepStatus?.cancelSignal;
  const facts = { 'reelway.job.id': step.key.jobId, 'reelway.step.number': step.key.stepId };
  return inSpan({ name, kind: 'step', facts }, (facts) =>
    whileHeld(runtime, step.holder, { waits }, ({ signal: local, setWaits }) => {
      const signal = elsewhere ? AbortSignal.any([local, elsewhere]) : local;
      return repeat(runtime, { ...step, signal, setWaits, facts });
    }),
  );
}

/**
 * Runs what belongs to a job, as long as the job is this run's. When this process has been away for so long that others may have taken its
 * jobs, the work is cut off, and begun again if they have not.
 * @throws what ends a run that has lost its job
 */
export async function whileHeld<T>(
  { running, ownership }: Pick<StepRuntime, 'running' | 'ownership'>,
  holder: Holder,
  options: { waits: boolean },
  work: (step: RunningStep) => Promise<T>,
): Promise<T> {
  while (!running.stopping) {
    const step = running.begin(holder, options);
    try {
      return await work(step);
    } catch (error) {
      if (running.stopping) break;
      if (!(step.signal.reason instanceof OwnershipDoubt)) throw error;
    } finally {
      step.ended();
    }
    if (!(await ownership.holds(holder))) {
      if (running.stopping) break;
      throw lostJob(holder);
    }
  }
  return never<T>();
}

interface Repetition<T> {
  readonly key: StepKey;
  readonly holder: Holder;
  readonly name: string;
  readonly action: Action<T>;
  readonly signal: AbortSignal;
  readonly setWaits: (waits: boolean) => void;
  readonly limits: Limits;
  readonly showsIn: string | undefined;
  /** Of the span. */
  readonly facts: Record<string, string | number>;
}

async function repeat<T>(runtime: StepRuntime, repetition: Repetition<T>): Promise<T> {
  const { key, name, signal, limits } = repetition;
  const { journal } = runtime;
  let { failedAttempts } = await onceDatabaseAnswers(() => journal.stepStarted(key, name), signal);
  for (;;) {
    const outcome = await attempt(runtime, repetition);
    if (outcome.failure === undefined) return outcome.result;
    signal.throwIfAborted();
    const { failure } = outcome;
    const pause = pauseAfter(failure, ++failedAttempts, limits);
    const nextAttemptAt = pause === undefined ? null : Date.now() + pause;
    await onceDatabaseAnswers(() => journal.attemptFailed(key, storedFailure(failure), nextAttemptAt), signal);
    repetition.facts['reelway.step.failed_attempts'] = failedAttempts;
    runtime.meter.stepFailed(failure.code, pause === undefined ? 'failed' : 'again');
    logAttempt(runtime.log, { key, name, failure, failedAttempts, pause });
    if (pause === undefined) throw storable(failure);
    repetition.setWaits(true);
    await sleep(pause, undefined, { signal });
    repetition.setWaits(false);
  }
}

function currentStep(): StepKey {
  const { workflowID: jobId, stepID: stepId } = DBOS;
  if (jobId === undefined || stepId === undefined)
    throw new Failure('internal', 'A step was called outside a workflow.');
  return { jobId, stepId };
}

type Outcome<T> = { failure?: undefined; result: T } | { failure: Failure };

async function attempt<T>(
  runtime: StepRuntime,
  { key, name, holder, action, signal, showsIn }: Repetition<T>,
): Promise<Outcome<T>> {
  const shownIn = [key.jobId, ...(showsIn === undefined ? [] : [showsIn])];
  const progress = progressReporter(runtime.journal, shownIn, runtime.log);
  const report = counted(progress.report, runtime.meter);
  async function fence() {
    signal.throwIfAborted();
    if (await runtime.ownership.holds(holder)) return;
    throw lostJob(holder);
  }
  const began = performance.now();
  runtime.log.debug({ job: key.jobId, step: name }, 'step begins');
  try {
    const result = await withinJob({ job: key.jobId, step: name }, () => action({ signal, report, fence }));
    runtime.log.debug({ job: key.jobId, step: name, ms: Math.round(performance.now() - began) }, 'step done');
    return { result };
  } catch (error) {
    if (error instanceof engineErrors.DBOSError) throw error;
    return { failure: isDatabaseAway(error) && !isFailure(error) ? databaseAway(error) : toFailure(error) };
  } finally {
    await progress.flush();
  }
}

/** Bytes as they are reported, each counted once: reports of one attempt only grow. */
function counted(report: StepContext['report'], meter: EngineMeter): StepContext['report'] {
  let read = 0;
  let written = 0;
  return (progress) => {
    const { bytesRead = read, bytesWritten = written } = progress;
    meter.moved({ read: Math.max(0, bytesRead - read), written: Math.max(0, bytesWritten - written) });
    [read, written] = [bytesRead, bytesWritten];
    report(progress);
  };
}

function databaseAway(error: unknown): Failure {
  return new Failure('database_unavailable', `The database did not answer: ${String(error)}.`, { cause: error });
}

/** milliseconds until the next attempt; undefined when there is none. */
function pauseAfter(failure: Failure, failedAttempts: number, limits: Limits): number | undefined {
  if (failure.kind === 'permanent') return undefined;
  const attempts = failure.code === 'internal' ? Math.min(attemptsAtUnexpected, limits.attempts) : limits.attempts;
  if (failedAttempts >= attempts) return undefined;
  // "Equal jitter": at least half the pause, so that the origin is spared, and not all at the same instant.
  const pause = Math.min(limits.longestPauseMs, limits.pauseMs * 2 ** (failedAttempts - 1));
  return pause / 2 + (Math.random() * pause) / 2;
}

interface FailedAttempt {
  readonly key: StepKey;
  readonly name: string;
  readonly failure: Failure;
  readonly failedAttempts: number;
  readonly pause: number | undefined;
}

function logAttempt(log: Logger, { key, name, failure, failedAttempts, pause }: FailedAttempt): void {
  const facts = { job: key.jobId, step: name, attempt: failedAttempts, code: failure.code, reason: failure.message };
  const then = pause === undefined ? 'the job fails' : `next attempt in ${Math.round(pause)} ms`;
  // The stack of the unexpected is for the log alone.
  if (failure.code === 'internal') log.error({ ...facts, err: failure.cause }, `step failed unexpectedly: ${then}`);
  else log.warn(facts, `step failed: ${then}`);
}
