import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import { scheduledClassSchema, type ScheduledClass } from '../../domain/schedule.js';
import type { ReconcileInput } from '../../workflow/reconcile-zoom.js';
import { reconcileInputSchema } from '../../workflow/reconcile-zoom.js';
import type { ApplyOptions, ScheduleReport } from '../../workflow/sync-schedule.js';
import { problemSchema, submittedSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';

/** What operators do with the recordings line, beside the doors that zoom-recording-ingester had. */
export interface RecordingsDesk {
  /** Looks through Zoom's list. @returns the job */
  readonly backfill: (range: ReconcileInput) => Promise<{ id: string; created: boolean }>;
  readonly classes: () => Promise<readonly ScheduledClass[]>;
  /** @param name of the file: its classes replace those that came from a file of this name */
  readonly importSchedule: (file: ScheduleFile, options: ApplyOptions) => Promise<ScheduleReport>;
  readonly syncSchedule: (options: ApplyOptions) => Promise<ScheduleReport>;
}

export interface ScheduleFile {
  readonly name: string;
  readonly format: 'csv' | 'json';
  readonly text: string;
}

const security = [{ token: [] }];
const backfillTags = ['recordings'];
const tags = ['schedule'];
/** bytes of a schedule's file in a request */
const scheduleLimit = 20 * 1024 * 1024;

const options = { dryRun: z.boolean().default(false), mayEmpty: z.boolean().default(false) };
const reportSchema = z
  .object({
    source: z.string(),
    problems: z.array(z.object({ source: z.string(), line: z.int(), reason: z.string() })),
    added: z.array(scheduledClassSchema),
    removed: z.array(scheduledClassSchema),
    changed: z.array(z.object({ before: scheduledClassSchema, after: scheduledClassSchema })),
    unchanged: z.int(),
    rematched: z.int().describe('Recordings that had waited for a class and now have one.'),
  })
  .meta({ id: 'ScheduleReport' });

/** Looking through Zoom's list, and the class schedule. */
export function recordingRoutes(app: ApiServer, { desk }: { desk: RecordingsDesk }): void {
  app.post(
    '/api/recordings/backfill',
    {
      schema: {
        summary: 'Look through the recordings of some days in Zoom, and take those that were missed',
        description: 'The result of the job says what was found; with dryRun, what would be done.',
        ...{ tags: backfillTags, security, body: reconcileInputSchema.extend({ dryRun: z.boolean().default(false) }) },
        response: { 202: submittedSchema, 400: problemSchema },
      },
    },
    async ({ body }, reply) => {
      if (body.from > body.to) throw new Failure('invalid_request', `from ${body.from} is after to ${body.to}.`);
      const { id, created } = await desk.backfill(body);
      return reply.code(202).send({ job: id, created });
    },
  );

  app.get(
    '/api/schedule',
    {
      schema: {
        ...{ summary: 'The class schedule that counts', tags, security },
        response: { 200: z.object({ classes: z.array(scheduledClassSchema) }) },
      },
    },
    async () => ({ classes: [...(await desk.classes())] }),
  );

  app.post(
    '/api/schedule/import',
    {
      bodyLimit: scheduleLimit,
      schema: {
        summary: "Put a file's classes in the place of those that came from a file of this name",
        ...{ tags, security },
        body: z.object({
          name: z.string().min(1).max(200),
          format: z.enum(['csv', 'json']),
          text: z.string(),
          ...options,
        }),
        response: { 200: reportSchema, 422: problemSchema },
      },
    },
    async ({ body: { dryRun, mayEmpty, ...file } }) => copied(await desk.importSchedule(file, { dryRun, mayEmpty })),
  );

  app.post(
    '/api/schedule/sync',
    {
      schema: {
        ...{ summary: 'Read the spreadsheet', tags, security, body: z.object(options) },
        response: { 200: reportSchema, 422: problemSchema, 502: problemSchema, 503: problemSchema },
      },
    },
    async ({ body }) => copied(await desk.syncSchedule(body)),
  );
}

function copied(report: ScheduleReport): z.input<typeof reportSchema> {
  const { problems, added, removed, changed, ...rest } = report;
  return { ...rest, problems: [...problems], added: [...added], removed: [...removed], changed: [...changed] };
}
