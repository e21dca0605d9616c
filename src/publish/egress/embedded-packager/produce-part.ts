import { readClaim } from '../../../transfer/journal.js';
import type { EndpointPart, ReportProgress } from '../egress.js';
import { beginEndpoint, openEndpoint, type EndpointRequest, type EndpointState } from './endpoint-state.js';
import { countAll, countMade, shareTasks } from './job-tasks.js';
import { makeSegments } from './make-segments.js';
import { packagingFailure } from './packaging-failure.js';
import type { PackagingJob, PackagingTools } from './packaging-job.js';

/** One endpoint of a job whose parts are made by several. */
export interface SharedJob extends Pick<PackagingJob, 'source' | 'sourceRole' | 'bucket' | 'signal'> {
  readonly endpoint: EndpointRequest;
}

/**
 * Makes the folder ready, before any part of it is begun: what is not of this work is removed here and by no part, which could not tell
 * another part's segments from it.
 * @returns tasks that are not made
 * @throws Failure
 */
export async function beginShared(tools: PackagingTools, job: SharedJob): Promise<number> {
  try {
    const endpoint = await open(tools, job);
    await beginEndpoint(endpoint);
    return shareTasks([endpoint]).filter((task) => countMade(task) < countAll(task)).length;
  } catch (error) {
    throw packagingFailure(error, job.signal);
  }
}

/** Makes a part's segments in the folder that `beginShared` made ready. Makes nothing where that was for another state of the source. @throws Failure */
export async function producePart(
  tools: PackagingTools,
  job: SharedJob,
  { index, of }: EndpointPart,
  report: ReportProgress,
): Promise<void> {
  try {
    const endpoint = await open(tools, job);
    const { at, fingerprint } = endpoint.work;
    if ((await readClaim(at))?.fingerprint !== fingerprint) return;
    const all = shareTasks([endpoint]);
    const cut = (part: number): number => Math.round((part * all.length) / of);
    const tasks = all.slice(cut(index), cut(index + 1));
    await makeSegments({ engine: tools.engine, endpoints: [endpoint], tasks, job, report });
    await endpoint.journal.flush();
  } catch (error) {
    throw packagingFailure(error, job.signal);
  }
}

async function open({ openStore, engine }: PackagingTools, job: SharedJob): Promise<EndpointState> {
  const source = await engine.index(job.source, job.signal, job.sourceRole);
  return openEndpoint(openStore(job.bucket), source, job.endpoint, job.signal);
}
