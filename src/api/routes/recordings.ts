import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import { recordingStatuses } from '../../domain/recording-status.js';
import { requestOnDemand } from '../../intake/request-on-demand.js';
import type { RecordingPlace } from '../../status/recording-list.js';
import type { CatalogRecording } from '../../status/recording-views.js';
import type { OrderedIngest } from '../../workflow/ingest-on-demand.js';
import { reconcileInputSchema, type ReconcileInput } from '../../workflow/reconcile-zoom.js';
import type { RecordingDesk } from '../../workflow/recording-desk.js';
import {
  orderedIngestSchema,
  problemSchema,
  recordingDetailSchema,
  recordingPageSchema,
  submittedSchema,
} from '../contract.js';
import type { ApiServer } from '../http-types.js';
import { recordingDetail, recordingSummary } from '../recording-view.js';

/** What operators do with the recordings line, beside the doors that zoom-recording-ingester had. */
export interface RecordingsDesk extends RecordingDesk {
  /** Looks through Zoom's list. @returns the job */
  readonly backfill: (range: ReconcileInput) => Promise<{ id: string; created: boolean }>;
}

const security = [{ token: [] }];
const tags = ['recordings'];
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).optional());
/** A day of UTC, which scripts write, or an instant, which whoever has another day in mind does. */
const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional();
const query = z.object({
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      "Part of the topic, the uuid, the meeting's number, the host's address, a series, or a course of the class schedule, in any case.",
    ),
  status: oneOrMore(z.enum(recordingStatuses)).describe('Of any of its ingests; may be given several times.'),
  meetingId: z.string().optional(),
  awaitsSchedule: z.stringbool().optional().describe('true: those that no class was found for'),
  from: time.describe(
    'Meetings that begin then or later: a day in UTC, `2026-11-20`, or an instant, `2026-11-20T00:00:00-05:00`.',
  ),
  to: time.describe('The last day, in UTC; of an instant: those that begin before it.'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1000).optional().describe('`next` of the page before'),
});
const params = z.object({ uuid: z.string().min(1).describe('Encoded: it holds slashes and plus signs.') });
const orderSchema = z.object({
  uuid: z
    .string()
    .min(1)
    .max(2000)
    .describe('Of the recording, or a link to it in Zoom, or the number of a meeting: its latest.'),
  seriesId: z.string().min(1).optional().describe("Absent: the schedule's, or the default series."),
  workflow: z.string().min(1).optional().describe('Of Opencast; absent: DEFAULT_OC_WORKFLOW'),
  allowMultiple: z.boolean().default(false).describe('One more event, although Opencast has the recording.'),
  allMp4: z.boolean().default(false).describe('Every view, for an archive.'),
});

export function recordingRoutes(app: ApiServer, { desk }: { desk: RecordingsDesk }): void {
  lookRoutes(app, desk);
  const accepted = { 202: orderedIngestSchema, 400: problemSchema, 404: problemSchema, 409: problemSchema };

  app.post(
    '/api/recordings/ingest',
    {
      schema: {
        summary: 'Ingest one recording; with another series, one that failed or was ignored begins anew',
        ...{ tags, security, body: orderSchema, response: { ...accepted, 502: problemSchema, 503: problemSchema } },
      },
    },
    async ({ body: { uuid, seriesId, workflow, allowMultiple, allMp4 } }, reply) => {
      const request = requestOnDemand({
        ...{ uuid, oc_series_id: seriesId, oc_workflow: workflow },
        ...{ allow_multiple_ingests: allowMultiple, ingest_all_mp4: allMp4 },
      });
      return reply.code(202).send(orderedView(await desk.order(request)));
    },
  );

  app.post(
    '/api/recordings/:uuid/rematch',
    {
      schema: {
        summary: 'Decide anew on a recording that nothing came of, by the schedule as it is now',
        ...{ tags, security, params, response: { ...accepted, 503: problemSchema } },
      },
    },
    async ({ params: { uuid } }, reply) => reply.code(202).send(orderedView(await desk.rematch(uuid))),
  );

  app.post(
    '/api/recordings/rematch',
    {
      schema: {
        summary: 'Decide anew on every recording that waits for a class',
        ...{ tags, security, response: { 200: z.object({ rematched: z.int() }), 503: problemSchema } },
      },
    },
    async () => ({ rematched: await desk.rematchAll() }),
  );

  app.post(
    '/api/recordings/backfill',
    {
      schema: {
        summary: 'Look through the recordings of some days in Zoom, and take those that were missed',
        description: 'The result of the job says what was found; with dryRun, what would be done.',
        ...{ tags, security, body: reconcileInputSchema.extend({ dryRun: z.boolean().default(false) }) },
        response: { 202: submittedSchema, 400: problemSchema },
      },
    },
    async ({ body }, reply) => {
      if (body.from > body.to) throw new Failure('invalid_request', `from ${body.from} is after to ${body.to}.`);
      const { id, created } = await desk.backfill(body);
      return reply.code(202).send({ job: id, created });
    },
  );
}

function lookRoutes(app: ApiServer, desk: RecordingsDesk): void {
  app.get(
    '/api/recordings',
    {
      schema: {
        summary: 'Recordings by the start of their meetings, the newest first',
        ...{ tags, security, querystring: query, response: { 200: recordingPageSchema, 400: problemSchema } },
      },
    },
    async ({ query: { from, to, limit, cursor, ...filter } }) => {
      const found = await desk.list({
        ...filter,
        limit: limit + 1,
        ...(from !== undefined && { from: Date.parse(from) }),
        ...(to !== undefined && { before: endOf(to) }),
        ...(cursor !== undefined && { after: readCursor(cursor) }),
      });
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return { recordings: shown.map(recordingSummary), next: last ? cursorOf(last) : null };
    },
  );

  app.get(
    '/api/recordings/:uuid',
    {
      schema: {
        summary: 'A recording with its files, its time line, its events and what the schedule says of it',
        ...{ tags, security, params, response: { 200: recordingDetailSchema, 404: problemSchema } },
      },
    },
    async ({ params: { uuid } }) => recordingDetail(await desk.show(uuid)),
  );
}

function endOf(to: string): number {
  return Date.parse(to) + (to.includes('T') ? 0 : 86_400_000);
}

function orderedView({ trackingId, job, reason }: OrderedIngest): z.input<typeof orderedIngestSchema> {
  return { trackingId, job: job ?? null, reason: reason ?? null };
}

function cursorOf({ recording: { startTime, uuid } }: CatalogRecording): string {
  return Buffer.from(`${Date.parse(startTime)} ${uuid}`).toString('base64url');
}

function readCursor(cursor: string): RecordingPlace {
  const [, time, uuid] = /^(\d{1,16}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || uuid === undefined)
    throw new Failure('invalid_request', 'The cursor is not one that a list of recordings gave.', {
      details: { given: cursor },
    });
  return { startTime: Number(time), uuid };
}
