import { readClaim } from '../../../transfer/journal.js';
import type { EndpointPart, ReportProgress } from '../egress.js';
import { openEndpoint } from './endpoint-state.js';
import { shareTasks } from './job-tasks.js';
import { makeSegments } from './make-segments.js';
import { packagingFailure } from './packaging-failure.js';
import type { PackagingJob, PackagingTools } from './packaging-job.js';

/** Makes a part's segments of a job's one endpoint, in the folder that `produceUpTo` made ready. Makes nothing where that was for another state of the source. @throws Failure */
export async function producePart(
  { openStore, engine }: PackagingTools,
  job: PackagingJob,
  { index, of }: EndpointPart,
  report: ReportProgress,
): Promise<void> {
  try {
    const source = await engine.index(job.source, job.signal, job.sourceRole);
    const [request] = job.endpoints;
    if (!request || job.endpoints.length > 1) throw new Error('a part is of one endpoint');
    const endpoint = await openEndpoint(openStore(job.bucket), source, request, job.signal);
    const { at, fingerprint } = endpoint.work;
    if ((await readClaim(at))?.fingerprint !== fingerprint) return;
    const all = shareTasks([endpoint]);
    const cut = (part: number): number => Math.round((part * all.length) / of);
    const tasks = all.slice(cut(index), cut(index + 1));
    await makeSegments({ engine, endpoints: [endpoint], tasks, job, report });
    await endpoint.journal.flush();
  } catch (error) {
    throw packagingFailure(error, job.signal);
  }
}
