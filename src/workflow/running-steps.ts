/**
 * The steps that run in this process, so that a cancel or a stop reaches them at once. A cancel from another process arrives through the
 * engine, which looks once a second.
 */
export interface RunningSteps {
  readonly stopping: boolean;
  /** Call `ended` when the action has come to its end. */
  begin(jobId: string): { signal: AbortSignal; ended: () => void };
  cancel(jobIds: readonly string[]): void;
  /** Resolves when no step of the jobs runs here any more; false when that takes longer than `timeoutMs`. */
  idle(jobIds: readonly string[], timeoutMs: number): Promise<boolean>;
  /** Ends all steps as if the process had been killed: nothing of them is recorded. False when some have not ended in time. */
  stop(timeoutMs: number): Promise<boolean>;
}

interface RunningStep {
  readonly jobId: string;
  readonly controller: AbortController;
  readonly end: Promise<void>;
}

export function runningSteps(): RunningSteps {
  const running = new Set<RunningStep>();
  let stopping = false;

  function begin(jobId: string) {
    const controller = new AbortController();
    let settle = () => {};
    const step: RunningStep = { jobId, controller, end: new Promise((resolve) => (settle = resolve)) };
    running.add(step);
    const ended = () => {
      running.delete(step);
      settle();
    };
    return { signal: controller.signal, ended };
  }

  function of(jobIds: readonly string[]): RunningStep[] {
    return [...running].filter((step) => jobIds.includes(step.jobId));
  }

  return {
    get stopping() {
      return stopping;
    },
    begin,
    cancel: (jobIds) => of(jobIds).forEach((step) => step.controller.abort(new Error('The job was cancelled.'))),
    idle: (jobIds, timeoutMs) => allEnded(of(jobIds), timeoutMs),
    stop(timeoutMs) {
      stopping = true;
      for (const step of running) step.controller.abort(new Error('The process stops.'));
      return allEnded([...running], timeoutMs);
    },
  };
}

async function allEnded(steps: readonly RunningStep[], timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)));
  const ends = Promise.all(steps.map((step) => step.end)).then(() => true);
  return Promise.race([ends, timeout]).finally(() => clearTimeout(timer));
}
