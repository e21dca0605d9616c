import type { EndpointResult, LargeEndpoint, ReportProgress } from '../egress.js';
import { beginEndpoint, openEndpoint, type EndpointState } from './endpoint-state.js';
import { finishEndpoint, skippedEndpoint, storeInitSegments } from './finish-endpoint.js';
import { countAll, countMade, shareTasks } from './job-tasks.js';
import { makeSegments } from './make-segments.js';
import { packagingFailure } from './packaging-failure.js';
import type { PackagingJob, PackagingTools } from './packaging-job.js';

/**
 * Makes every endpoint of the job, or goes on with it, or repairs it, or finds it complete.
 * Nothing is touched before all of them are planned and all folders are known to be free or ours.
 * @returns in the order of `job.endpoints`
 * @throws Failure; what was made until then stays, and the same call goes on from there
 */
export async function produceEndpoints(
  tools: PackagingTools,
  job: PackagingJob,
  report: ReportProgress,
): Promise<EndpointResult[]> {
  const made = await produceUpTo(Infinity, tools, job, report);
  if ('left' in made) throw new Error('no endpoint is larger than what has no end');
  return made;
}

/** As `produceEndpoints`, unless more than `most` tasks are left: then the folders are only made ready for parts. */
export async function produceUpTo(
  most: number,
  { openStore, engine }: PackagingTools,
  job: PackagingJob,
  report: ReportProgress,
): Promise<EndpointResult[] | LargeEndpoint> {
  try {
    const store = openStore(job.bucket);
    const source = await engine.index(job.source, job.signal, job.sourceRole);
    const endpoints: EndpointState[] = [];
    for (const request of job.endpoints) endpoints.push(await openEndpoint(store, source, request, job.signal));
    // What is not of this work is removed here and by no part, which could not tell another part's segments from it.
    for (const endpoint of endpoints) await beginEndpoint(endpoint);

    const tasks = shareTasks(endpoints);
    const left = tasks.filter((task) => countMade(task) < countAll(task)).length;
    if (left > most) return { left };
    await makeSegments({ engine, endpoints, tasks, job, report }, async () => {
      for (const endpoint of endpoints)
        if (endpoint.survey.state !== 'complete') await storeInitSegments(endpoint, job.signal);
    });

    const results: EndpointResult[] = [];
    for (const endpoint of endpoints) {
      const complete = endpoint.survey.state === 'complete';
      results.push(complete ? skippedEndpoint(endpoint) : await finishEndpoint(endpoint, job.signal));
    }
    return results;
  } catch (error) {
    throw packagingFailure(error, job.signal);
  }
}
