import { DBOS, Error as engineErrors } from '@dbos-inc/dbos-sdk';
import { Failure } from '../domain/failure.js';
import type { JobJournal } from '../status/job-journal.js';
import type { JobPlace } from '../status/job-search.js';
import type { JobQuery, JobRow, JobTable } from '../status/job-table.js';
import { failureOf } from './children.js';
import {
  engineStatusesOf,
  isOpen,
  jobStatusOf,
  mostChildren,
  optionalTime,
  summaryOf,
  viewOfFailure,
  type JobDetail,
  type JobStatus,
  type JobSummary,
} from './job-view.js';
import { stepViews } from './job-steps.js';
import { keepAttempt, summaries } from './job-summaries.js';
import type { StartJob } from './register.js';
import type { RunningSteps } from './running-steps.js';
import { storedFailure } from './stored-failure.js';

/** Everything that people and programs may do with jobs; the API and the command line share it. */
export interface Jobs {
  /** Newest first. @throws Failure invalid_request when the cursor is not one of ours */
  readonly list: (filter?: JobFilter) => Promise<{ jobs: JobSummary[]; next: string | null }>;
  /** Of each queue those that begin next, in that order. @param limitOfQueue 1 to 500 */
  readonly next: (limitOfQueue: number) => Promise<JobSummary[]>;
  /** @throws Failure not_found */
  readonly find: (id: string) => Promise<JobSummary>;
  /** @throws Failure not_found */
  readonly show: (id: string) => Promise<JobDetail>;
  /** Stops the job and all below it. @throws Failure not_found; conflict when it has ended */
  readonly cancel: (id: string) => Promise<JobSummary>;
  /**
   * Goes on from the step that failed, keeping what earlier steps gave; jobs below that failed go on as well, and so does the failed job
   * above that waited for this one. The id stays the same. @throws Failure not_found; conflict unless failed or cancelled
   */
  readonly retry: (id: string) => Promise<JobSummary>;
  /** Takes a failed job out of the dead letters. @throws Failure not_found; conflict unless failed */
  readonly dismiss: (id: string) => Promise<JobSummary>;
}

/** The same for the program itself. */
export interface EngineJobs extends Jobs {
  /** Stops those of the jobs that have not ended, and all below them. */
  readonly cancelAll: (ids: readonly string[]) => Promise<void>;
}

export interface JobFilter {
  readonly status?: readonly JobStatus[];
  readonly kind?: readonly string[];
  /** Jobs of this parent, `any` job, or (default) jobs without a parent. With `deadLetter` the default is `any`. */
  readonly parent?: string;
  readonly deadLetter?: boolean;
  /** Part of the id or of the title, in any case; below three characters: the beginning of a word. */
  readonly search?: string;
  /** 1 to 500, default 50 */
  readonly limit?: number;
  /** `next` of the page before */
  readonly cursor?: string;
}

export interface JobsRuntime {
  readonly table: JobTable;
  readonly journal: JobJournal;
  readonly running: RunningSteps;
  readonly start: StartJob;
}

const defaultLimit = 50;
const largestLimit = 500;
/** milliseconds that a retry waits for a cancelled step to let go */
const letGoTimeoutMs = 30_000;

export function jobs(runtime: JobsRuntime): EngineJobs {
  const { table, journal, running } = runtime;

  async function list(filter: JobFilter = {}) {
    const limit = Math.min(Math.max(filter.limit ?? defaultLimit, 1), largestLimit);
    const query = { ...queryOf(filter), limit: limit + 1 };
    const { rows, next = undefined } = filter.search
      ? await table.search(filter.search, query)
      : { rows: await table.list(query) };
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : next;
    return { jobs: await summaries(page), next: last ? cursorOf(last) : null };
  }

  async function rowOf(id: string): Promise<JobRow> {
    const row = await table.find(id);
    if (!row) throw new Failure('not_found', `There is no job ${id}.`, { details: { job: id } });
    return row;
  }

  async function find(id: string): Promise<JobSummary> {
    const [found] = await summaries([await rowOf(id)]);
    return found as JobSummary;
  }

  async function show(id: string): Promise<JobDetail> {
    const row = await rowOf(id);
    const [status, done, noted, attempts, children] = await Promise.all([
      DBOS.getWorkflowStatus(id),
      DBOS.listWorkflowSteps(id),
      journal.steps(id),
      journal.attempts(id),
      table.list({ parent: id, limit: mostChildren }),
    ]);
    const failure = jobStatusOf(row.engineStatus) === 'failed' ? storedFailure(failureOf(id, status)) : null;
    return {
      ...summaryOf(row, failure),
      input: status?.input?.[0],
      result: row.engineStatus === 'SUCCESS' ? (status?.output ?? null) : null,
      steps: stepViews(done ?? [], noted, jobStatusOf(row.engineStatus)),
      earlierAttempts: attempts.map((attempt) => ({
        ...attempt,
        failure: viewOfFailure(attempt.failure),
        startedAt: optionalTime(attempt.startedAt),
        endedAt: new Date(attempt.endedAt).toISOString(),
      })),
      children: (await summaries(children)).reverse(),
    };
  }

  async function cancel(id: string): Promise<JobSummary> {
    const status = jobStatusOf((await rowOf(id)).engineStatus);
    if (!isOpen(status)) throw conflict(id, status, 'only a queued or running job can be cancelled');
    await stop([id]);
    return find(id);
  }

  async function cancelAll(ids: readonly string[]): Promise<void> {
    const statuses = await table.statuses(ids);
    const open = [...statuses].flatMap(([id, status]) => (isOpen(jobStatusOf(status)) ? [id] : []));
    if (open.length > 0) await stop(open);
  }

  async function stop(ids: string[]): Promise<void> {
    await DBOS.cancelWorkflows(ids, { cancelChildren: true });
    for (const id of ids) running.cancel((await table.family(id)).map((member) => member.id));
  }

  async function retry(id: string): Promise<JobSummary> {
    const status = jobStatusOf((await rowOf(id)).engineStatus);
    if (status !== 'failed' && status !== 'cancelled')
      throw conflict(id, status, 'only a failed or cancelled job can be retried');
    const below = (await table.family(id)).filter((member) =>
      ['failed', 'cancelled'].includes(jobStatusOf(member.engineStatus)),
    );
    // Children first: a parent that finds its child still failed would fail again at once.
    const again = below.map((member) => member.id).reverse();
    for (const above of await table.ancestors(id)) {
      if (jobStatusOf(above.engineStatus) !== 'failed') break;
      again.push(above.id);
    }
    if (!(await running.idle(again, letGoTimeoutMs)))
      throw conflict(id, status, 'a step of it has not stopped yet; try again in a moment');
    for (const member of again) await startAgain(runtime, await rowOf(member));
    return find(id);
  }

  async function dismiss(id: string): Promise<JobSummary> {
    const status = jobStatusOf((await rowOf(id)).engineStatus);
    if (status !== 'failed') throw conflict(id, status, 'only a failed job can be dismissed');
    await journal.dismiss(id);
    return find(id);
  }

  const next = async (limitOfQueue: number) => summaries(await table.next(limitOfQueue));

  return { list, next, find, show, cancel, cancelAll, retry, dismiss };
}

async function startAgain({ journal }: JobsRuntime, row: JobRow): Promise<void> {
  const steps = (await DBOS.listWorkflowSteps(row.id)) ?? [];
  const fromStep =
    steps.find((step) => step.error)?.functionID ?? 1 + Math.max(-1, ...steps.map((step) => step.functionID));
  await keepAttempt(journal, row, fromStep);
  try {
    await DBOS.rewindWorkflow(row.id, {
      startStep: fromStep,
      ...(row.queue !== null && { queueName: row.queue }),
      ...(row.share !== null && { queuePartitionKey: row.share }),
    });
  } catch (error) {
    if (!(error instanceof engineErrors.DBOSError)) throw error;
    throw conflict(row.id, jobStatusOf(row.engineStatus), 'somebody else has just retried it');
  }
}

function queryOf({ status, kind, parent, deadLetter, cursor }: JobFilter): Omit<JobQuery, 'limit'> {
  const ofParent = parent ?? (deadLetter ? 'any' : null);
  return {
    ...(status?.length && { statuses: status.flatMap(engineStatusesOf) }),
    ...(kind?.length && { kinds: kind }),
    ...(ofParent !== 'any' && { parent: ofParent }),
    ...(deadLetter && { deadLetter }),
    ...(cursor !== undefined && { after: readCursor(cursor) }),
  };
}

function cursorOf({ createdAt, id }: JobPlace): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url');
}

function readCursor(cursor: string): JobPlace {
  const [, createdAt, id] = /^(\d{1,16}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (createdAt === undefined || id === undefined) {
    throw new Failure('invalid_request', 'The cursor is not one that a list of jobs gave.', {
      details: { given: cursor },
    });
  }
  return { createdAt: Number(createdAt), id };
}

function conflict(id: string, status: JobStatus, rule: string): Failure {
  return new Failure('conflict', `The job ${id} is ${status}: ${rule}.`, { details: { job: id, status } });
}
