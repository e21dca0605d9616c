import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS, Error as engineErrors } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import type { QueueShares } from '../status/queue-shares.js';
import { settleChildren } from './children.js';
import type { JobContext, WorkflowDefinition } from './definition.js';
import type { EngineMeter } from './engine-meter.js';
import type { JobEnds } from './job-ends.js';
import type { RunningSteps } from './running-steps.js';
import { never, runStep, type StepRuntime } from './step.js';
import { storable } from './stored-failure.js';
import { hasPlacesPerShare } from './queues.js';
import { defaultUrgency, priorityOf, takeTurn, urgencies, type Urgency } from './urgency.js';

/** Any workflow; what it takes and gives is checked by its own schema. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Input stands in both positions, so that only `any` holds all definitions
export type AnyWorkflow = WorkflowDefinition<any, unknown>;

/** Where no workflow is running: the engine knows the calling workflow by the asynchronous context, and would make the new one its child. */
const outsideWorkflows = new AsyncResource('reelway:outside-workflows');

export interface StartOptions {
  readonly urgency?: Urgency | undefined;
}

/** Starts a job and answers whether it is new; within a workflow the start is a checkpoint. */
export type StartJob = (
  definition: AnyWorkflow,
  id: string,
  input: unknown,
  options?: StartOptions,
) => Promise<{ created: boolean }>;

/** What the engine keeps of a job beside its input. */
const jobMetaSchema = z.object({ urgency: z.enum(urgencies).catch(defaultUrgency) }).catch({ urgency: defaultUrgency });

export interface RegisterRuntime extends StepRuntime {
  readonly ends: JobEnds;
  readonly shares: QueueShares;
}

type Run = (input: unknown, meta: StartOptions) => Promise<unknown>;

/** Makes the workflows known to the engine; before it is launched. Their names find unfinished work again after a restart. */
export function registerWorkflows(definitions: readonly AnyWorkflow[], runtime: RegisterRuntime): StartJob {
  const functions = new Map<string, Run>();
  const start: StartJob = async (definition, id, input, { urgency = defaultUrgency } = {}) => {
    const run = functions.get(definition.name);
    if (!run) throw new Failure('internal', `The workflow ${definition.name} is not registered.`);
    const checked = checkedInput(definition, input);
    const { queue } = definition;
    const share = definition.share?.(checked);
    const ownPlaces = share !== undefined && hasPlacesPerShare(queue);
    const options = {
      workflowID: id,
      queueName: queue,
      enqueueOptions: {
        priority: priorityOf(urgency, share !== undefined && !ownPlaces),
        ...(ownPlaces && { queuePartitionKey: share }),
      },
      // Queue and share, too: the engine forgets them at a cancel, and a retry belongs there.
      workflowAttributes: { title: definition.title(checked), queue, ...(ownPlaces && { share }) },
    };
    // Called before any await: the engine numbers steps and children in the order of these calls.
    const outcome = DBOS.isInWorkflow()
      ? DBOS.startWorkflow(run, options)(checked, { urgency }).then(() => ({ created: true }))
      : startNew(() => DBOS.startWorkflow(run, { ...options, workflowIDReusePolicy: 'reject' })(checked, { urgency }));
    const { created } = await outcome;
    if (created && share !== undefined && !ownPlaces) {
      await outsideWorkflows.runInAsyncScope(() => takeTurn(runtime.shares, id, { queue, urgency, share }));
    }
    return { created };
  };
  for (const definition of definitions) {
    // Jobs that were begun before there were urgencies have no second argument.
    const run: Run = (input, meta) => {
      const { urgency } = jobMetaSchema.parse(meta);
      return runWorkflow(definition, input, { ...runtime, job: jobContext(runtime, start, urgency) });
    };
    functions.set(definition.name, DBOS.registerWorkflow(run, { name: definition.name }));
  }
  return start;
}

async function startNew(start: () => Promise<unknown>): Promise<{ created: boolean }> {
  try {
    await start();
    return { created: true };
  } catch (error) {
    if (engineErrors.isWorkflowIDInUseError(error)) return { created: false };
    throw error;
  }
}

async function runWorkflow(
  definition: AnyWorkflow,
  input: unknown,
  { job, running, meter, log }: { job: JobContext; running: RunningSteps; meter: EngineMeter; log: Logger },
): Promise<unknown> {
  const ended = running.beginJob(job.id);
  try {
    const result = await definition.run(checkedInput(definition, input), job);
    log.info({ job: job.id, kind: definition.name }, 'job done');
    meter.jobEnded(definition.name, 'done');
    return result;
  } catch (error) {
    // The engine's own errors steer it (cancelled, taken over by another process); they are not outcomes of the job.
    if (error instanceof engineErrors.DBOSError) throw error;
    const failure = storable(error);
    log.warn({ job: job.id, kind: definition.name, code: failure.code, reason: failure.message }, 'job failed');
    meter.jobEnded(definition.name, 'failed');
    throw failure;
  } finally {
    ended();
  }
}

/** @throws Failure invalid_request naming every problem */
function checkedInput(definition: AnyWorkflow, input: unknown): unknown {
  const checked = definition.input.safeParse(input);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
  throw new Failure('invalid_request', `The input of ${definition.name} is not valid: ${problems.join('; ')}.`, {
    details: { problems },
  });
}

function jobContext(runtime: RegisterRuntime, start: StartJob, urgency: Urgency): JobContext {
  return {
    urgency,
    get id() {
      return DBOS.workflowID ?? '';
    },
    step: (name, action, options) => runStep(runtime, name, action, options),
    async startChild(definition, id, input) {
      if (runtime.running.stopping) return never();
      await start(definition, id, input, { urgency });
      return { id };
    },
    async startJob(definition, id, input, options = {}) {
      await runStep(runtime, `start ${id}`, () =>
        outsideWorkflows.runInAsyncScope(() => start(definition, id, input, { urgency, ...options })),
      );
    },
    settleChildren: (children) => settleChildren(runtime, children),
    async sleep(milliseconds) {
      const until = (await DBOS.now()) + milliseconds;
      await runStep(runtime, 'sleep', ({ signal }) => wakeAt(until, signal), { waits: true });
    },
    patched: (name) => (runtime.running.stopping ? never() : DBOS.patch(name)),
  };
}

/** Longest that a timer of Node runs. */
const longestTimerMs = 2 ** 31 - 1;

async function wakeAt(time: number, signal: AbortSignal): Promise<void> {
  for (let left = time - Date.now(); left > 0; left = time - Date.now()) {
    await sleep(Math.min(left, longestTimerMs), undefined, { signal });
  }
}
