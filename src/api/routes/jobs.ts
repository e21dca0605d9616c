import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { JobFeed } from '../../workflow/job-feed.js';
import { jobStatuses, type JobSummary } from '../../workflow/job-view.js';
import type { JobFilter, Jobs } from '../../workflow/jobs.js';
import { jobDetailSchema, jobPageSchema, jobSummarySchema, problemSchema } from '../contract.js';
import { eventStream } from '../event-stream.js';
import type { ApiServer } from '../http-types.js';

export interface JobServices {
  readonly jobs: Jobs;
  readonly feed: JobFeed;
}

const tags = ['jobs'];
const security = [{ token: [] }];
const params = z.object({ id: z.string().min(1) });
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).optional());
const query = z.object({
  status: oneOrMore(z.enum(jobStatuses)).describe('May be given several times.'),
  kind: oneOrMore(z.string()).describe('May be given several times.'),
  parent: z.string().optional().describe('Jobs below this one; `any`: all; otherwise only those without a parent.'),
  deadLetter: z.stringbool().optional().describe('Only what failed for good and waits for an operator.'),
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Part of the id or of the title, in any case; of one or two characters: the beginning of a word. A page may be short, or empty, and have a `next`.',
    ),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  cursor: z.string().optional().describe('`next` of the page before'),
});
const nextQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50).describe('Of each queue.') });
const actions = {
  cancel: { summary: 'Stop a job and those below it', verb: (jobs: Jobs) => jobs.cancel },
  retry: { summary: 'Go on from the step that failed', verb: (jobs: Jobs) => jobs.retry },
  dismiss: { summary: 'Take a failed job out of the dead letters', verb: (jobs: Jobs) => jobs.dismiss },
} as const;

/** Jobs: what the command line's `reelway jobs` shows and does, and both live. */
export function jobRoutes(app: ApiServer, { jobs, feed }: JobServices): void {
  app.get(
    '/api/jobs',
    {
      schema: {
        ...{ summary: 'Jobs, newest first', tags, security, querystring: query },
        response: { 200: jobPageSchema, 400: problemSchema },
      },
    },
    ({ query }) => jobs.list(withoutUndefined(query)),
  );

  app.get(
    '/api/jobs/next',
    {
      schema: {
        ...{ summary: 'Of each queue the jobs that begin next, in that order', tags, security, querystring: nextQuery },
        response: { 200: jobPageSchema.pick({ jobs: true }), 400: problemSchema },
      },
    },
    async ({ query: { limit } }) => ({ jobs: await jobs.next(limit) }),
  );

  app.get(
    '/api/jobs/:id',
    {
      schema: {
        ...{ summary: 'A job with its steps, attempts and children', tags, security, params },
        response: { 200: jobDetailSchema, 404: problemSchema },
      },
    },
    ({ params: { id } }) => jobs.show(id),
  );

  for (const [name, { summary, verb }] of Object.entries(actions)) {
    app.post(
      `/api/jobs/:id/${name}`,
      {
        schema: {
          ...{ summary, tags, security, params },
          response: { 200: jobSummarySchema, 404: problemSchema, 409: problemSchema },
        },
      },
      ({ params: { id } }) => verb(jobs)(id),
    );
  }
  eventRoutes(app, { jobs, feed });
}

/** Live: an event for every change of a job, each with the whole JobSummary. */
function eventRoutes(app: ApiServer, { jobs, feed }: JobServices): void {
  const open = new Set<Readable>();
  app.addHook('preClose', (done) => {
    for (const stream of open) stream.push(null);
    done();
  });

  function send(reply: FastifyReply, subscribe: (listener: (job: JobSummary) => void) => () => void): FastifyReply {
    const stream = eventStream({ name: 'job', keyOf: (job: JobSummary) => job.id, subscribe });
    open.add(stream.once('close', () => open.delete(stream)));
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store, no-transform')
      .header('x-accel-buffering', 'no')
      .send(stream);
  }
  const description = 'Server-sent events: `event: job`, `data:` a JobSummary. Comments keep a quiet stream open.';

  app.get(
    '/api/jobs/events',
    { schema: { summary: 'Changes of all jobs, live', description, tags, security } },
    (_, reply) => send(reply, (listener) => feed.subscribe(listener)),
  );

  app.get(
    '/api/jobs/:id/events',
    {
      schema: {
        summary: 'A job as it is, then its changes and those of its children, live',
        ...{ description, tags, security, params },
      },
    },
    async ({ params: { id } }, reply) => {
      const { jobs: children } = await jobs.list({ parent: id, limit: 500 });
      const now = [await jobs.find(id), ...children];
      return send(reply, (listener) => {
        for (const job of now) listener(job);
        return feed.subscribe((job) => {
          if (job.id === id || job.parent === id) listener(job);
        });
      });
    },
  );
}

function withoutUndefined(filter: z.infer<typeof query>): JobFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}
