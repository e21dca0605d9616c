import { AsyncResource } from 'node:async_hooks';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { enqueueWorkflows, prepareEnqueuedWorkflow, type PreparedWorkflow } from '@dbos-inc/dbos-sdk/eventreceiver';
import type { JobTable } from '../status/job-table.js';
import type { QueueShares } from '../status/queue-shares.js';
import { onceDatabaseAnswers } from './database-away.js';
import { gathered } from './gathered.js';
import { hasPlacesPerShare, type QueueName } from './queues.js';
import type { Run } from './job-meta.js';
import { priorityOf, takeTurns, type Turn, type Urgency } from './urgency.js';

/** A job as it is stored when no workflow starts it. */
export interface NewJob {
  readonly id: string;
  readonly run: Run;
  readonly parameters: Parameters<Run>;
  readonly queue: QueueName;
  readonly urgency: Urgency;
  /** whose turns it takes, or whose places */
  readonly share: string | undefined;
  readonly attributes: Record<string, unknown>;
}

export interface EnqueueRuntime {
  readonly table: Pick<JobTable, 'statuses'>;
  readonly shares: QueueShares;
  /** Ends waiting for a database that is away. */
  readonly signal: AbortSignal;
}

/** Where no workflow is running: what is written for many belongs to none of them. */
const outsideWorkflows = new AsyncResource('reelway:enqueue');

/** How jobs get into the queues: those that come at the same time in one transaction. */
export interface Enqueue {
  /** Resolves when the job is stored, with its turn. @returns false when there was a job of that id */
  readonly store: (job: NewJob) => Promise<boolean>;
  /** Gives a job its turn that a workflow has started: until then it comes after all of its urgency. */
  readonly takeTurn: (turn: Turn) => Promise<void>;
}

export function enqueueing(runtime: EnqueueRuntime): Enqueue {
  return {
    store: gathered((jobs) => outsideWorkflows.runInAsyncScope(() => enqueue(runtime, jobs))),
    takeTurn: gathered((turns) => outsideWorkflows.runInAsyncScope(() => giveTurns(runtime, turns))),
  };
}

async function giveTurns({ shares, signal }: EnqueueRuntime, wanted: readonly Turn[]): Promise<undefined[]> {
  // A turn that was taken and not answered is skipped: that costs its share a place, and nobody a job.
  const turns = await onceDatabaseAnswers(() => takeTurns(shares, wanted), signal);
  await Promise.all(
    [...turns].map(([id, turn]) => onceDatabaseAnswers(() => DBOS.setWorkflowPriority(id, turn), signal)),
  );
  return wanted.map(() => undefined);
}

async function enqueue(runtime: EnqueueRuntime, jobs: readonly NewJob[]): Promise<boolean[]> {
  const { table, shares, signal } = runtime;
  const patiently = <T>(query: () => Promise<T>) => onceDatabaseAnswers(query, signal);
  const there = await patiently(() => table.statuses(jobs.map(({ id }) => id)));
  // Of two with one id the first is stored.
  const missing = new Map<string, NewJob>();
  for (const job of jobs) if (!there.has(job.id) && !missing.has(job.id)) missing.set(job.id, job);
  if (missing.size === 0) return jobs.map(() => false);
  const turns = await patiently(() => takeTurns(shares, [...missing.values()].filter(takesTurns)));
  const rows = await Promise.all([...missing.values()].map((job) => rowOf(job, turns.get(job.id))));
  // In the same order everywhere, so that no two processes that store the same ids wait for each other.
  rows.sort((a, b) => (a.workflowUUID < b.workflowUUID ? -1 : 1));
  // One transaction. After a commit whose answer was lost they are there already, and count as somebody else's.
  const stored = await patiently(() => enqueueWorkflows(rows));
  return jobs.map((job) => missing.get(job.id) === job && stored.has(job.id));
}

function takesTurns(job: NewJob): job is NewJob & Turn {
  return job.share !== undefined && !hasPlacesPerShare(job.queue);
}

async function rowOf(job: NewJob, turn: number | undefined): Promise<PreparedWorkflow> {
  const { id, run, parameters, queue, urgency, share, attributes } = job;
  const prepared = await prepareEnqueuedWorkflow(run, [...parameters], {
    workflowID: id,
    queueName: queue,
    ...(share !== undefined && hasPlacesPerShare(queue) && { queuePartitionKey: share }),
  });
  return { ...prepared, priority: turn ?? priorityOf(urgency, false), attributes };
}
