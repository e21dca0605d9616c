import { within } from '../domain/within.js';

/**
 * The jobs and steps that run in this process, so that a cancel, a stop or a doubt about whose a job is reaches them at once. A cancel from
 * another process arrives through the engine, which looks once a second.
 */
export interface RunningSteps {
  readonly stopping: boolean;
  /**
   * A step is on its way through the engine to its action, for as long as the database takes: were the engine taken away meanwhile, what it then
   * throws would be recorded as the step's outcome. Call the answer when it has got there.
   */
  enter(): () => void;
  /** Call `ended` when the action has come to its end. */
  begin(holder: Holder, options?: { waits?: boolean }): RunningStep;
  /** A run of a job begins; call the answer when it has ended. */
  beginJob(jobId: string): () => void;
  /** The job's function has not returned here yet. */
  hasJob(jobId: string): boolean;
  /** Whose steps run here. */
  holders(): Holder[];
  cancel(jobIds: readonly string[]): void;
  /** This process may have lost its jobs to others: steps (of the holders; all without) stop until that is known. */
  doubt(holders?: readonly Holder[]): void;
  /** Resolves when no step of the jobs runs here any more; false when that takes longer than `timeoutMs`. */
  idle(jobIds: readonly string[], timeoutMs: number): Promise<boolean>;
  /** Resolves when every job here has ended or does nothing but wait; false when that takes longer than `timeoutMs`. */
  drained(timeoutMs: number): Promise<boolean>;
  /** Ends all steps as if the process had been killed: nothing of them is recorded. False when some have not ended in time, or not got to their action. */
  stop(timeoutMs: number): Promise<boolean>;
}

/** One run of a job: after a take-over the same job has another owner, perhaps in the same process. */
export interface Holder {
  readonly jobId: string;
  /** the engine's token of this run */
  readonly owner: string;
}

export interface RunningStep {
  readonly signal: AbortSignal;
  readonly ended: () => void;
  /** Says whether it merely waits, so that letting go of it loses no work. */
  readonly setWaits: (waits: boolean) => void;
}

/** Why a step's signal fires when nobody knows for the moment whose its job is. */
export class OwnershipDoubt extends Error {}

interface Entry {
  readonly holder: Holder;
  readonly controller: AbortController;
  readonly end: Promise<void>;
  waits: boolean;
}

/** milliseconds between looks whether all have drained */
const drainLookMs = 50;

export function runningSteps(): RunningSteps {
  const running = new Set<Entry>();
  const entering = new Set<Promise<void>>();
  const jobs: { jobId: string }[] = [];
  let stopping = false;

  function begin(holder: Holder, { waits = false }: { waits?: boolean } = {}): RunningStep {
    const controller = new AbortController();
    let settle = () => {};
    const entry: Entry = { holder, controller, waits, end: new Promise((resolve) => (settle = resolve)) };
    running.add(entry);
    return {
      signal: controller.signal,
      ended() {
        running.delete(entry);
        settle();
      },
      setWaits: (now) => void (entry.waits = now),
    };
  }

  function of(jobIds: readonly string[]): Entry[] {
    return [...running].filter(({ holder }) => jobIds.includes(holder.jobId));
  }

  /** A job between two steps is at work; one with steps of which all wait is not. */
  function isAtWork({ jobId }: { jobId: string }): boolean {
    const steps = of([jobId]);
    return steps.length === 0 || steps.some(({ waits }) => !waits);
  }

  return {
    get stopping() {
      return stopping;
    },
    enter() {
      let arrive = () => {};
      const arrival = new Promise<void>((resolve) => (arrive = resolve));
      entering.add(arrival);
      return () => {
        entering.delete(arrival);
        arrive();
      };
    },
    begin,
    beginJob(jobId) {
      const job = { jobId };
      jobs.push(job);
      return () => void jobs.splice(jobs.indexOf(job), 1);
    },
    hasJob: (jobId) => jobs.some((job) => job.jobId === jobId),
    holders: () => [...new Map([...running].map(({ holder }) => [holder.owner, holder])).values()],
    cancel: (jobIds) => of(jobIds).forEach(({ controller }) => controller.abort(new Error('The job was cancelled.'))),
    doubt(holders) {
      const owners = holders?.map(({ owner }) => owner);
      for (const { holder, controller } of running)
        if (!owners || owners.includes(holder.owner)) controller.abort(new OwnershipDoubt('The job may be another’s.'));
    },
    idle: (jobIds, timeoutMs) => allEnded(of(jobIds), timeoutMs),
    async drained(timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      while (jobs.some(isAtWork)) {
        if (performance.now() >= deadline) return false;
        await new Promise((resolve) => setTimeout(resolve, drainLookMs));
      }
      return true;
    },
    stop(timeoutMs) {
      stopping = true;
      for (const { controller } of running) controller.abort(new Error('The process stops.'));
      return within(timeoutMs, Promise.all([...entering, ...[...running].map(({ end }) => end)]));
    },
  };
}

function allEnded(steps: readonly Entry[], timeoutMs: number): Promise<boolean> {
  return within(timeoutMs, Promise.all(steps.map((step) => step.end)));
}
