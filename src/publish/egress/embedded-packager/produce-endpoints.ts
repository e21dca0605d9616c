import type { EndpointResult, ReportProgress } from '../egress.js';
import { beginEndpoint, openEndpoint, type EndpointState } from './endpoint-state.js';
import { finishEndpoint, skippedEndpoint, storeInitSegments } from './finish-endpoint.js';
import { shareTasks } from './job-tasks.js';
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
  { openStore, engine }: PackagingTools,
  job: PackagingJob,
  report: ReportProgress,
): Promise<EndpointResult[]> {
  try {
    const store = openStore(job.bucket);
    const source = await engine.index(job.source, job.signal, job.sourceRole);
    const endpoints: EndpointState[] = [];
    for (const request of job.endpoints) endpoints.push(await openEndpoint(store, source, request, job.signal));
    for (const endpoint of endpoints) await beginEndpoint(endpoint);

    await makeSegments({ engine, endpoints, tasks: shareTasks(endpoints), job, report }, async () => {
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
