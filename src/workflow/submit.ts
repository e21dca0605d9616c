import { isDeepStrictEqual } from 'node:util';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { Failure } from '../domain/failure.js';
import { keepAttempt } from './job-summaries.js';
import { jobStatusOf } from './job-view.js';
import type { JobsRuntime } from './jobs.js';
import type { AnyWorkflow } from './register.js';
import type { Urgency } from './urgency.js';

export interface SubmitOptions {
  /**
   * When the job with this id has ended: `return` it as it is (default), or do the work `again` from the start, also with other input, or
   * `again unless done` with this same input.
   */
  readonly whenEnded?: 'return' | 'again' | 'again unless done';
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

/**
 * Removes an ended job and those below it; how they ended is kept.
 * @throws Failure conflict when one below it has not ended yet
 */
async function removeEnded({ table, journal }: JobsRuntime, id: string): Promise<void> {
  const family = await table.family(id);
  const busy = family.find((member) => ['queued', 'running'].includes(jobStatusOf(member.engineStatus)));
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
