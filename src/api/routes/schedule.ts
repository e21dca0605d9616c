import { z } from 'zod';
import type { ScheduledClass } from '../../domain/schedule.js';
import type { ApplyOptions, ScheduleReport } from '../../workflow/sync-schedule.js';
import { problemSchema, scheduleReportSchema, scheduleSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';

/** The class schedule, for who takes care of it. */
export interface ScheduleDesk {
  readonly timeZone: string;
  readonly bufferMinutes: number;
  readonly classes: () => Promise<readonly (ScheduledClass & { readonly source: string })[]>;
  /** @param name of the file: its classes replace those that came from a file of this name */
  readonly importFile: (file: ScheduleFile, options: ApplyOptions) => Promise<ScheduleReport>;
  /** Reads the spreadsheet. */
  readonly sync: (options: ApplyOptions) => Promise<ScheduleReport>;
}

export interface ScheduleFile {
  readonly name: string;
  readonly format: 'csv' | 'json';
  readonly text: string;
}

const security = [{ token: [] }];
const tags = ['schedule'];
/** bytes of a schedule's file in a request */
const scheduleLimit = 20 * 1024 * 1024;
const options = { dryRun: z.boolean().default(false), mayEmpty: z.boolean().default(false) };

export function scheduleRoutes(app: ApiServer, { schedule }: { schedule: ScheduleDesk }): void {
  app.get(
    '/api/schedule',
    {
      schema: {
        ...{ summary: 'The class schedule that counts', tags, security },
        response: { 200: scheduleSchema },
      },
    },
    async () => {
      const { timeZone, bufferMinutes } = schedule;
      return { timeZone, bufferMinutes, classes: [...(await schedule.classes())] };
    },
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
        response: { 200: scheduleReportSchema, 422: problemSchema },
      },
    },
    async ({ body: { dryRun, mayEmpty, ...file } }) => copied(await schedule.importFile(file, { dryRun, mayEmpty })),
  );

  app.post(
    '/api/schedule/sync',
    {
      schema: {
        ...{ summary: 'Read the spreadsheet', tags, security, body: z.object(options) },
        response: { 200: scheduleReportSchema, 422: problemSchema, 502: problemSchema, 503: problemSchema },
      },
    },
    async ({ body }) => copied(await schedule.sync(body)),
  );
}

function copied(report: ScheduleReport): z.input<typeof scheduleReportSchema> {
  const { problems, added, removed, changed, ...rest } = report;
  return { ...rest, problems: [...problems], added: [...added], removed: [...removed], changed: [...changed] };
}
