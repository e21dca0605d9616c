import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { DBOS, Error as engineErrors } from '@dbos-inc/dbos-sdk';
import type { Logger } from 'pino';
import { Failure } from '../domain/failure.js';
import { currentTrace, inSpan } from '../domain/span.js';
import { settleChildren } from './children.js';
import type { JobContext, WorkflowDefinition } from './definition.js';
import type { EngineMeter } from './engine-meter.js';
import type { Enqueue, NewJob } from './enqueue.js';
import type { JobEnds } from './job-ends.js';
import { jobMetaSchema, type JobMeta, type Run } from './job-meta.js';
import type { RunningSteps } from './running-steps.js';
import { never, runStep, type StepRuntime } from './step.js';
import { storable, storableText } from './stored-failure.js';
import { hasPlacesPerShare } from './queues.js';
import { defaultUrgency, priorityOf, type Urgency } from './urgency.js';

/** Any workflow; what it takes and gives is checked by its own schema. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- Input stands in both positions, so that only `any` holds all definitions
export type AnyWorkflow = WorkflowDefinition<any, unknown>;

/** Where no workflow is running: the engine knows the calling workflow by the asynchronous context, and would make the new one its child. */
const outsideWorkflows = new AsyncResource('reelway:outside-workflows');

export interface StartOptions {
  readonly urgency?: Urgency | undefined;
  /** What it is part of; default: what calls. */
  readonly trace?: string | undefined;
}

/** Starts a job and answers whether it is new; within a workflow the start is a checkpoint. */
export type StartJob = (
  definition: AnyWorkflow,
  id: string,
  input: unknown,
  options?: StartOptions,
) => Promise<{ created: boolean }>;

export interface RegisterRuntime extends StepRuntime {
  readonly ends: JobEnds;
  readonly enqueue: Enqueue;
}

/** Makes the workflows known to the engine; before it is launched. Their names find unfinished work again after a restart. */
export function registerWorkflows(definitions: readonly AnyWorkflow[], runtime: RegisterRuntime): StartJob {
  const functions = new Map<string, Run>();
  const start: StartJob = async (definition, id, input, { urgency = defaultUrgency, trace = currentTrace() } = {}) => {
    const run = functions.get(definition.name);
    if (!run) throw new Failure('internal', `The workflow ${definition.name} is not registered.`);
    const checked = checkedInput(definition, input);
    const queue = typeof definition.queue === 'function' ? definition.queue(checked) : definition.queue;
    const share = definition.share?.(checked);
    const ownPlaces = share !== undefined && hasPlacesPerShare(queue);
    // Queue and share, too: the engine forgets them at a cancel, and a retry belongs there.
    const attributes = { title: storableText(definition.title(checked)), queue, ...(ownPlaces && { share }) };
    const meta: JobMeta = { urgency, ...(trace !== undefined && { trace }) };
    if (!DBOS.isInWorkflow()) {
      const job: NewJob = { id, run, parameters: [checked, meta], queue, urgency, share, attributes };
      return { created: await runtime.enqueue.store(job) };
    }
    const enqueueOptions = {
      priority: priorityOf(urgency, share !== undefined && !ownPlaces),
      ...(ownPlaces && { queuePartitionKey: share }),
    };
    // Called before any await: the engine numbers steps and children in the order of these calls.
    await DBOS.startWorkflow(run, { workflowID: id, queueName: queue, enqueueOptions, workflowAttributes: attributes })(
      checked,
      meta,
    );
    if (share !== undefined && !ownPlaces) await runtime.enqueue.takeTurn({ id, queue, urgency, share });
    return { created: true };
  };
  for (const definition of definitions) {
    // Jobs that were begun before there were urgencies have no second argument.
    const run: Run = (input, meta) => {
      const { urgency, trace } = jobMetaSchema.parse(meta);
      const job = jobContext(runtime, start, urgency);
      const facts = { 'reelway.job.id': job.id, 'reelway.job.kind': definition.name };
      return inSpan({ name: definition.name, kind: 'job', facts, parent: trace }, () =>
        runWorkflow(definition, input, { ...runtime, job }),
      );
    };
    functions.set(definition.name, DBOS.registerWorkflow(run, { name: definition.name }));
  }
  return start;
}

async function runWorkflow(
  definition: AnyWorkflow,
  input: unknown,
  { job, running, meter, log }: { job: JobContext; running: RunningSteps; meter: EngineMeter; log: Logger },
): Promise<unknown> {
  const ended = running.beginJob(job.id);
  log.info({ job: job.id, kind: definition.name }, 'job begins');
  try {
    const result = await definition.run(checkedInput(definition, input), job);
    log.info({ job: job.id, kind: definition.name }, 'job done');
    meter.jobEnded(definition.name, 'done');
    return result;
  } catch (error) {
    // Nothing that comes to pass while the process stops, the engine being taken away, is an outcome of the job.
    if (running.stopping) return await never();
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
      await runStep(runtime, `start ${id}`, () => {
        // Of the step, which is left here.
        const trace = currentTrace();
        return outsideWorkflows.runInAsyncScope(() => start(definition, id, input, { urgency, trace, ...options }));
      });
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

/** The clock is asked once: put back meanwhile, it would make the sleep longer. */
async function wakeAt(time: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + (time - Date.now());
  for (let left = end - performance.now(); left > 0; left = end - performance.now()) {
    await sleep(Math.min(left, longestTimerMs), undefined, { signal });
  }
}
