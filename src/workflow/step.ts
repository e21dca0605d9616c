import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';
import { Failure, toFailure } from '../domain/failure.js';
import type { JobJournal, StepKey } from '../status/job-journal.js';
import type { StepContext, StepOptions } from './definition.js';
import { progressReporter } from './progress.js';
import type { RunningSteps } from './running-steps.js';
import { isFailure, storable, storedFailure } from './stored-failure.js';

/** What every step of this process shares. */
export interface StepRuntime {
  readonly journal: JobJournal;
  readonly running: RunningSteps;
  readonly log: Logger;
}

type Action<T> = (step: StepContext) => Promise<T>;

const defaults = { attempts: 8, pauseMs: 1000, longestPauseMs: 300_000 } as const satisfies Required<StepOptions>;
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
    // Called before any await: the engine numbers steps in the order of these calls.
    return await (runtime.running.stopping
      ? never<T>()
      : DBOS.runStep(() => attempts(runtime, name, action, options), { name }));
  } catch (error) {
    // The engine's own errors (cancelled, taken over by another process) end the workflow; everything else is a Failure.
    throw isFailure(error) ? toFailure(error) : error;
  }
}

/**
 * What a workflow gets when the process stops: it goes no further and nothing is recorded, as after a kill. The engine takes it up again at
 * the last checkpoint.
 */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}

async function attempts<T>(runtime: StepRuntime, name: string, action: Action<T>, options: StepOptions): Promise<T> {
  const key = currentStep();
  const { signal: local, ended } = runtime.running.begin(key.jobId);
  const elsewhere = DBOS.stepStatus?.cancelSignal;
  const signal = elsewhere ? AbortSignal.any([local, elsewhere]) : local;
  try {
    return await repeat(runtime, { key, name, action, signal, limits: { ...defaults, ...options } });
  } catch (error) {
    if (!runtime.running.stopping) throw error;
  } finally {
    ended();
  }
  return never<T>();
}

interface Repetition<T> {
  readonly key: StepKey;
  readonly name: string;
  readonly action: Action<T>;
  readonly signal: AbortSignal;
  readonly limits: Required<StepOptions>;
}

async function repeat<T>(runtime: StepRuntime, { key, name, action, signal, limits }: Repetition<T>): Promise<T> {
  let { failedAttempts } = await runtime.journal.stepStarted(key, name);
  for (;;) {
    const outcome = await attempt(runtime, key, action, signal);
    if (outcome.failure === undefined) return outcome.result;
    signal.throwIfAborted();
    const pause = pauseAfter(outcome.failure, ++failedAttempts, limits);
    const nextAttemptAt = pause === undefined ? null : Date.now() + pause;
    await runtime.journal.attemptFailed(key, storedFailure(outcome.failure), nextAttemptAt);
    logAttempt(runtime.log, { key, name, failure: outcome.failure, failedAttempts, pause });
    if (pause === undefined) throw storable(outcome.failure);
    await sleep(pause, undefined, { signal });
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
  key: StepKey,
  action: Action<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  const progress = progressReporter(runtime.journal, key.jobId, runtime.log);
  try {
    return { result: await action({ signal, report: progress.report }) };
  } catch (error) {
    return { failure: toFailure(error) };
  } finally {
    await progress.flush();
  }
}

/** milliseconds until the next attempt; undefined when there is none. */
function pauseAfter(failure: Failure, failedAttempts: number, limits: Required<StepOptions>): number | undefined {
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
