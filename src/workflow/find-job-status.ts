import { Failure } from '../domain/failure.js';
import type { JobStatus } from './job-view.js';
import type { Jobs } from './jobs.js';

/**
 * @param since a job from before that was another's of the same name, which was deleted
 * @returns undefined when there is no such job, or history has forgotten it
 */
export async function findJobStatus(
  jobs: Pick<Jobs, 'find'>,
  id: string,
  since = new Date(0),
): Promise<JobStatus | undefined> {
  try {
    const { status, createdAt } = await jobs.find(id);
    return Date.parse(createdAt) < since.getTime() ? undefined : status;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
}
