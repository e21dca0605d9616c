import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import type { DebugMode } from '../../status/debug-mode.js';
import type { JobLog } from '../../status/job-log.js';
import { problemSchema } from '../contract.js';
import { debugModeSchema, jobLogSchema, type DebugModeState, type JobLogAnswer } from '../contract/log.js';
import type { ApiServer } from '../http-types.js';

export interface LogServices {
  readonly jobLog: Pick<JobLog, 'read'>;
  readonly debugMode: DebugMode;
}

const security = [{ token: [] }];
/** seconds that everything may be logged at one go */
export const longestDebug = 86_400;

/** What the log says about jobs, and how much it says. */
export function logRoutes(app: ApiServer, { jobLog, debugMode }: LogServices): void {
  app.get(
    '/api/jobs/:id/logs',
    {
      schema: {
        summary: 'What the log says about a job and those below it, oldest first',
        description: 'To follow it, ask again with `after`: the `next` of the answer before.',
        ...{ tags: ['jobs'], security },
        params: z.object({
          id: z.string().min(1).describe('Of a job, an asset or a meeting, or the UUID of a recording.'),
        }),
        querystring: z.object({
          after: z.coerce.number().int().min(0).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(500),
        }),
        response: { 200: jobLogSchema, 404: problemSchema },
      },
    },
    ({ params: { id }, query }) => jobLogAnswer(jobLog, id, query),
  );

  app.get(
    '/api/debug',
    {
      schema: {
        summary: 'Whether everything is logged, and until when',
        ...{ tags: ['health'], security },
        response: { 200: debugModeSchema },
      },
    },
    () => debugState(debugMode),
  );

  app.put(
    '/api/debug',
    {
      config: { role: 'admin' },
      schema: {
        summary: 'Logs everything for a while, in all processes, or no longer',
        ...{ tags: ['health'], security },
        body: z.strictObject({
          seconds: z.int().min(0).max(longestDebug).describe('From now on; 0: no longer.'),
        }),
        response: { 200: debugModeSchema, 403: problemSchema },
      },
    },
    ({ body: { seconds } }) => debugState(debugMode, seconds),
  );
}

/** @throws Failure not_found */
export async function jobLogAnswer(
  jobLog: Pick<JobLog, 'read'>,
  id: string,
  { after = 0, limit }: { after?: number | undefined; limit: number },
): Promise<JobLogAnswer> {
  const page = await jobLog.read(id, { after, limit });
  if (!page)
    throw new Failure('not_found', `No job, asset, meeting or recording ${id} has jobs.`, { details: { given: id } });
  const lines = page.lines.map(({ job, line }) => ({
    job,
    line: JSON.parse(line) as JobLogAnswer['lines'][number]['line'],
  }));
  return { jobs: [...page.jobs], lines, next: page.lines.at(-1)?.sequence ?? after, ended: page.ended };
}

/** @param seconds to log everything from now on; 0: no longer; absent: as it is */
export async function debugState(mode: DebugMode, seconds?: number): Promise<DebugModeState> {
  if (seconds === 0) await mode.off();
  const until = seconds === undefined || seconds === 0 ? await mode.until() : await mode.on(seconds * 1000);
  return { until: until === undefined ? null : new Date(until).toISOString() };
}
