import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import type { Notice } from '../notify/notice.js';
import type { Notifier } from '../notify/notifier.js';
import { defineWorkflow, type JobContext, type WorkflowDefinition } from './definition.js';
import type { Engine } from './start.js';

export interface TellInput {
  readonly notice: Notice;
  /** index of the target in REELWAY_NOTIFY */
  readonly target: number;
}

/** Who is told. */
export interface Telling {
  readonly tell: WorkflowDefinition<TellInput, null>;
  /** How many targets are told; each has a job of its own. */
  readonly targets: number;
}

/** A notice that was given already has its job already. @param target index */
export function noticeJobId({ id }: Pick<Notice, 'id'>, target: number): string {
  return `notice:${id}:${target + 1}`;
}

/** One notice to one target: a job of its own, so that a target that is down holds up nothing, and what it missed is not lost. */
export function tell(notifiers: readonly Notifier[]) {
  return defineWorkflow<TellInput, null>({
    name: 'tell',
    queue: 'notices',
    input: z.object({
      notice: z.custom<Notice>((value) => typeof value === 'object' && value !== null),
      target: z.int().nonnegative(),
    }),
    // Targets have places of their own: however many notices wait for one that is down, the others are told at once.
    share: ({ target }) => String(target),
    title: ({ notice }) => `notice: ${notice.subject}`,

    async run({ notice, target }, job) {
      const notifier = notifiers[target];
      // Targets were taken out of the settings since: there is nobody left to tell.
      if (!notifier) return null;
      await job.step(`tell ${notifier.target}`, async ({ signal, fence }) => {
        await fence();
        await notifier.send(notice, signal);
      });
      return null;
    },
  });
}

/** From within a job. */
export async function tellAll({ tell, targets }: Telling, job: JobContext, notice: Notice): Promise<void> {
  for (let target = 0; target < targets; target++)
    await job.startJob(tell, noticeJobId(notice, target), { notice, target });
}

/** From outside of any job. One of this id that was given before is not given again, were its words others: it is the same notice. */
export async function giveNotice(
  { submit }: Pick<Engine, 'submit'>,
  workflow: ReturnType<typeof tell>,
  input: TellInput,
): Promise<void> {
  try {
    await submit(workflow, noticeJobId(input.notice, input.target), input);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'conflict') throw error;
  }
}
