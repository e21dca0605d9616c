import { isDeepStrictEqual } from 'node:util';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { Failure } from '../domain/failure.js';
import type { EngineStatus } from '../status/job-table.js';
import { keepAttempt } from './job-summaries.js';
import { isOpen, jobStatusOf } from './job-view.js';
import type { JobsRuntime } from './jobs.js';
import type { AnyWorkflow } from './register.js';
import type { Urgency } from './urgency.js';

export interface SubmitOptions {
  /**
   * When the job with this id has ended: `return` it as it is (default), or do the work `again` from the start, also with other input, or
   * `again unless done` with this same input.
   */
  readonly whenEnded?: 'return' | 'again' | 'again unless done';
  /**
   * Jobs that it will start, which are to be done again with it: one that has ended below another job (or below none) would else be taken for
   * its own, with what it gave then.
   */
  readonly starts?: readonly string[];
  /** Before which waiting jobs it comes; default `on-demand`. It and all below it. */
  readonly urgency?: Urgency;
}

export interface Submission {
  readonly definition: AnyWorkflow;
  readonly id: string;
  readonly input: unknown;
}

/**
 * Starts a job, or finds the one that has this id.
 * @throws Failure invalid_request; conflict when the id belongs to a job with other input
 */
export async function submit(
  runtime: JobsRuntime,
  submission: Submission,
  options: SubmitOptions = {},
): Promise<{ id: string; created: boolean }> {
  const { definition, id, input } = submission;
  for (;;) {
    if (options.starts) await removeStartedByOthers(runtime, id, options.starts);
    if ((await runtime.start(definition, id, input, options)).created) return { id, created: true };
    const existing = await DBOS.getWorkflowStatus(id);
    // Another request has just removed it to do the work again.
    if (!existing) continue;
    const ended = !['ENQUEUED', 'DELAYED', 'PENDING'].includes(existing.status);
    const same =
      existing.workflowName === definition.name && isSameInput(existing.input?.[0], definition.input.parse(input));
    const leave = options.whenEnded === 'again unless done' && existing.status === 'SUCCESS' && same;
    if (ended && (options.whenEnded ?? 'return') !== 'return' && !leave) {
      await removeEnded(runtime, id);
      continue;
    }
    if (same) return { id, created: false };
    throw new Failure('conflict', `The job ${id} exists already with other input.`, { details: { job: id } });
  }
}

/** Leaves alone what goes on, what a job above still waits for, and all when the job itself goes on: then these are its own. */
async function removeStartedByOthers(runtime: JobsRuntime, id: string, starts: readonly string[]): Promise<void> {
  const statuses = await runtime.table.statuses([id, ...starts]);
  const goesOn = (status: EngineStatus | undefined) => status !== undefined && isOpen(jobStatusOf(status));
  if (goesOn(statuses.get(id))) return;
  for (const other of starts) {
    if (!statuses.has(other) || goesOn(statuses.get(other))) continue;
    const above = await runtime.table.ancestors(other);
    if (!above.some(({ engineStatus }) => goesOn(engineStatus))) await removeEnded(runtime, other);
  }
}

/**
 * Removes an ended job and those below it; how they ended is kept.
 * @throws Failure conflict when one below it has not ended yet
 */
async function removeEnded({ table, journal }: JobsRuntime, id: string): Promise<void> {
  const family = await table.family(id);
  const busy = family.find((member) => isOpen(jobStatusOf(member.engineStatus)));
  if (busy) {
    throw new Failure('conflict', `The job ${id} cannot be done again while ${busy.id} below it is not done.`, {
      details: { job: id, child: busy.id },
    });
  }
  for (const member of family) {
    const row = await table.find(member.id);
    if (row) await keepAttempt(journal, row, 0);
  }
  await DBOS.deleteWorkflow(id, true);
}

/** As JSON, which is what is stored: a property that is undefined is none. */
function isSameInput(stored: unknown, given: unknown): boolean {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
  return isDeepStrictEqual(plain(stored), plain(given));
}
