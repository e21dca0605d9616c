import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../domain/failure.js';
import type { EventPublisher } from '../publish/opencast/event-publisher.js';
import type { StepContext } from './definition.js';

export interface FollowOptions {
  /** milliseconds between two looks: the first, and the longest */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** milliseconds after which a workflow that has not ended is somebody's to look at */
  readonly patienceMs: number;
}

export const followDefaults: FollowOptions = {
  firstPauseMs: 1000,
  longestPauseMs: 30_000,
  patienceMs: 72 * 3600_000,
};

/**
 * Waits for the end of the workflow that works on the event: the latest one, which may be one that somebody started in Opencast after ours failed.
 * Opencast may be away meanwhile.
 * @throws Failure opencast_workflow_failed
 */
export async function followEvent(
  publisher: Pick<EventPublisher, 'latestWorkflow'>,
  { mediaPackageId, startedAt }: { mediaPackageId: string; startedAt: number },
  { signal, report }: StepContext,
  options: FollowOptions,
): Promise<void> {
  for (let pause = options.firstPauseMs; ; pause = Math.min(pause * 1.5, options.longestPauseMs)) {
    const workflow = await publisher.latestWorkflow(mediaPackageId, signal).catch(unlessAway);
    if (workflow !== 'away') {
      const name = `The workflow ${workflow?.id ?? ''} of the event ${mediaPackageId}`;
      const details = { event: mediaPackageId };
      if (!workflow)
        throw new Failure('opencast_workflow_failed', `Opencast has no workflow of the event ${mediaPackageId}.`, {
          details,
        });
      report({ ...workflow.operations, unit: 'operations' });
      if (workflow.state === 'SUCCEEDED') return;
      if (workflow.state === 'FAILED' || workflow.state === 'STOPPED') {
        const where = workflow.operation === undefined ? '' : ` in "${workflow.operation}"`;
        throw new Failure(
          'opencast_workflow_failed',
          `${name} has ${workflow.state === 'FAILED' ? 'failed' : 'been stopped'}${where}.`,
          {
            details: { ...details, workflow: workflow.id },
          },
        );
      }
    }
    if (Date.now() - startedAt > options.patienceMs)
      throw new Failure(
        'opencast_workflow_failed',
        `The workflow of the event ${mediaPackageId} has not ended after ${Math.round(options.patienceMs / 3600_000)} hours.`,
        { details: { event: mediaPackageId } },
      );
    await sleep(pause, undefined, { signal });
  }
}

function unlessAway(error: unknown): 'away' {
  if (error instanceof Failure && error.code === 'opencast_unavailable') return 'away';
  throw error;
}
