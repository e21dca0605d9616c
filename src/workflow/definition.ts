import type { z } from 'zod';
import type { Failure } from '../domain/failure.js';
import type { QueueName } from './queues.js';
import type { Urgency } from './urgency.js';

/**
 * A workflow: what it is called, what it takes and what it does. `run` reads like the process it describes: every effect is a step,
 * and between steps it decides only by its input and by what steps gave it (it is run again from the start after a crash, where
 * steps that were done give what they gave).
 */
export interface WorkflowDefinition<Input, Result> {
  /** The kind of job; stays the same for ever, because unfinished work is found by it. */
  readonly name: string;
  readonly queue: QueueName | ((input: Input) => QueueName);
  readonly input: z.ZodType<Input>;
  /** Jobs of a queue take turns by this, say by packaging group; without it they go in the order in which they came, before those that do. */
  share?(input: Input): string | undefined;
  /** What people see in lists; never a secret. */
  title(input: Input): string;
  run(input: Input, job: JobContext): Promise<Result>;
}

/** Lets the compiler find `Input` and `Result`. */
export function defineWorkflow<Input, Result>(
  definition: WorkflowDefinition<Input, Result>,
): WorkflowDefinition<Input, Result> {
  return definition;
}

/** What a workflow acts through. */
export interface JobContext {
  readonly id: string;
  /** Children have the same. */
  readonly urgency: Urgency;
  /**
   * One checkpointed action: done once, its result kept (so: small, JSON). It runs again when the process ended in the middle of it, so it
   * must be safe to repeat. A passing failure is tried again with growing pauses, a permanent one fails the job at once.
   * @throws Failure as the action's last attempt threw it
   */
  readonly step: <T>(name: string, action: (step: StepContext) => Promise<T>, options?: StepOptions) => Promise<T>;
  /** Starts a job of its own, once: the same id is the same job. */
  readonly startChild: <Input, Result>(
    definition: WorkflowDefinition<Input, Result>,
    id: string,
    input: Input,
  ) => Promise<ChildJob<Result>>;
  /** Starts a job that is not part of this one: cancelling or redoing this one leaves it alone, and nobody waits for it. */
  readonly startJob: <Input, Result>(
    definition: WorkflowDefinition<Input, Result>,
    id: string,
    input: Input,
    options?: { readonly urgency?: Urgency },
  ) => Promise<void>;
  /** Waits until every child has ended; one that fails stops neither the others nor this job. In the order given. */
  readonly settleChildren: <Result>(children: readonly ChildJob<Result>[]) => Promise<ChildOutcome<Result>[]>;
  /** Goes on after the pause, counted from when it began, however often the process is restarted. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Is this job to run code that was added under that name? False for jobs that had already passed this place without it. */
  readonly patched: (name: string) => Promise<boolean>;
}

export interface StepContext {
  /** Fires when the job is cancelled or the process stops; the action should end soon, what it throws then is not taken for a failure. */
  readonly signal: AbortSignal;
  /** Shows how far the job is; cheap, call it as often as you like. */
  readonly report: (progress: JobProgress) => void;
  /**
   * Asks whether the job is still this process's: right before an effect outside that must not happen twice and that has no key of its own.
   * Others take over the jobs of a process that was frozen or cut off, and what it does when it wakes, nobody can undo.
   * @throws when the job is another's; let it through
   */
  readonly fence: () => Promise<void>;
}

export interface StepOptions {
  /** Attempts altogether when failures are passing; default 8 */
  readonly attempts?: number;
  /** milliseconds before the second attempt, doubled for each further one; default 1000 */
  readonly pauseMs?: number;
  /** milliseconds, the longest pause; default 300000 */
  readonly longestPauseMs?: number;
  /** It does nothing but wait: a process that stops need not let it end. Default false. */
  readonly waits?: boolean;
  /** A job above, with nothing of its own to show meanwhile, that shows this step's progress, too. */
  readonly showsIn?: string;
}

export interface JobProgress {
  /** of `total` */
  readonly done: number;
  readonly total: number;
  /** what is counted: segments, bytes, files */
  readonly unit: string;
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
}

export interface ChildJob<Result> {
  readonly id: string;
  /** Exists in the type only. */
  readonly result?: Result;
}

export type ChildOutcome<Result> =
  | { readonly id: string; readonly status: 'done'; readonly result: Result }
  | { readonly id: string; readonly status: 'failed' | 'cancelled'; readonly failure: Failure };
