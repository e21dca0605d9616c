import { z } from 'zod';
import { roles } from '../domain/api-token.js';
import { failureTable, type FailureCode } from '../domain/failure.js';
import { recordingStatuses } from '../domain/recording-status.js';
import { scheduledClassSchema } from '../domain/schedule.js';
import { ingestOriginSchema } from '../domain/work-request.js';
import { jobStatuses } from '../workflow/job-view.js';
import { streamSchema } from './stream-view.js';
import { takenSchema } from './taken-view.js';

/** The shapes of the API, shared with whoever talks to it. Times are ISO 8601 in UTC, sizes bytes, durations milliseconds. */

/** RFC 9457; what every error is. */
export const problemSchema = z
  .object({
    type: z.string().describe('urn:reelway:failure:<code>'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().describe('Stable; the table of failures in the documentation.'),
    help: z.string().describe('What to do now.'),
    passing: z.boolean().describe('Whether waiting may cure it.'),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).optional(),
  })
  .meta({ id: 'Problem' });

export const checkSchema = z.object({ name: z.string(), ok: z.boolean(), message: z.string() }).meta({ id: 'Check' });

export const readinessSchema = z.object({ ready: z.boolean(), checks: z.array(checkSchema) }).meta({ id: 'Readiness' });

export const sessionSchema = z
  .object({
    name: z.string().nullable().describe('Of the token that the browser is signed in with; null: it is not.'),
    role: z
      .enum(roles)
      .nullable()
      .describe('What the token may do: look; act, too; or change packaging groups as well.'),
    oidc: z.boolean().describe('People sign in by OpenID Connect, too: at /api/session/oidc.'),
  })
  .meta({ id: 'Session' });

export const snapshotSchema = z.object({ folder: z.string() }).meta({ id: 'Snapshot' });

export const ticketSchema = z.object({ ticket: z.string() }).meta({ id: 'Ticket' });

export const submittedSchema = z
  .object({
    job: z.string().describe('The job to watch: /api/jobs/<job>'),
    created: z.boolean().describe('false: the same request is in work already, and was joined'),
  })
  .meta({ id: 'Submitted' });

export const assetSchema = z
  .object({
    id: z.string(),
    packagingGroupId: z.string(),
    source: z
      .string()
      .describe('An address without its query, which may be a password: who may act finds that with the job.'),
    job: z.string(),
    createdAt: z.iso.datetime(),
    endpoints: z.array(
      z.object({
        configurationId: z.string(),
        playbackUrls: z.array(z.string()).describe('Who knows such a URL may watch.'),
        keys: z.array(z.string()).describe('Entry manifests in the storage.'),
        objects: z.int(),
        bytes: z.int(),
        durationMs: z.number(),
        publishedAt: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'Asset' });

export const assetListSchema = z
  .object({
    assets: z.array(assetSchema),
    next: z.string().nullable().describe('`cursor` of the next page; null: this is the last'),
  })
  .meta({ id: 'AssetList' });

export const jobFailureSchema = z
  .object({
    code: z.enum(Object.keys(failureTable) as [FailureCode, ...FailureCode[]]),
    title: z.string(),
    message: z.string(),
    help: z.string().describe('What to do now.'),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()])),
  })
  .meta({ id: 'JobFailure' });

const time = z.iso.datetime();

export const jobSummarySchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    title: z.string(),
    status: z.enum(jobStatuses),
    deadLetter: z.boolean().describe('Failed for good and waits for an operator: to be retried or dismissed.'),
    queue: z.string().nullable(),
    parent: z.string().nullable(),
    turn: z.int().describe('While it waits: the lowest of its queue begins first, then the oldest.'),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    updatedAt: time,
    attempt: z.int().describe('1, and one more for each retry.'),
    progress: z
      .object({
        done: z.number(),
        total: z.number(),
        unit: z.string(),
        bytesRead: z.number().optional(),
        bytesWritten: z.number().optional(),
      })
      .nullable(),
    step: z
      .object({ name: z.string(), failedAttempts: z.int(), nextAttemptAt: time.nullable() })
      .nullable()
      .describe('The step that runs now, or waits for its next attempt.'),
    failure: jobFailureSchema.nullable(),
  })
  .meta({ id: 'JobSummary' });

export const jobStepSchema = z
  .object({
    name: z.string(),
    status: z.enum(['running', 'waiting', 'done', 'failed']),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    failedAttempts: z.int(),
    nextAttemptAt: time.nullable(),
    failure: jobFailureSchema.nullable().describe('Of the last attempt that failed.'),
    child: z.string().nullable().describe('The job that this step started.'),
  })
  .meta({ id: 'JobStep' });

export const jobDetailSchema = jobSummarySchema
  .extend({
    input: z.unknown(),
    result: z.unknown().describe('null unless the job is done'),
    steps: z.array(jobStepSchema),
    earlierAttempts: z.array(
      z.object({
        attempt: z.int(),
        status: z.enum(['done', 'failed', 'cancelled']),
        failure: jobFailureSchema.nullable(),
        startedAt: time.nullable(),
        endedAt: time,
      }),
    ),
    children: z.array(jobSummarySchema),
  })
  .meta({ id: 'JobDetail' });

export const jobPageSchema = z
  .object({ jobs: z.array(jobSummarySchema), next: z.string().nullable().describe('Cursor of the next page.') })
  .meta({ id: 'JobPage' });

export const systemSchema = z
  .object({
    version: z.string(),
    node: z.string(),
    startedAt: time.describe('Of the process that answers.'),
    database: z.enum(['embedded', 'server']),
    storage: z.string(),
    checks: z.array(checkSchema),
    queues: z.array(
      z.object({
        name: z.string(),
        perProcess: z.int().describe('Jobs of it that one process runs at a time.'),
        everywhere: z
          .int()
          .nullable()
          .describe('Jobs of it that run at a time on all machines together; null: no such limit.'),
        waiting: z.int(),
        running: z.int(),
        oldestWaitingAt: time.nullable(),
      }),
    ),
    workers: z.array(
      z.object({
        id: z.string(),
        host: z.string().nullable(),
        pid: z.int().nullable(),
        seenAt: time.nullable(),
        running: z.int(),
      }),
    ),
    disks: z.array(z.object({ path: z.string(), free: z.number(), total: z.number() })),
    tokens: z.array(z.object({ name: z.string(), role: z.enum(roles) })).describe('Who may use this server.'),
    zoom: z
      .object({
        webhooks: z.boolean().describe('Whether this server can check webhooks of Zoom.'),
        validatedAt: time.nullable().describe('When Zoom last validated the address; it does so every three days.'),
        sweep: z.object({ job: z.string(), at: time, status: z.enum(jobStatuses) }).nullable(),
      })
      .nullable()
      .describe('null: no recordings are taken.'),
  })
  .meta({ id: 'System' });

const ingestSchema = z.object({
  trackingId: z.string(),
  origin: ingestOriginSchema.describe('Who asked: Zoom, a person, or a look through the list of Zoom.'),
  status: z.enum(recordingStatuses),
  reason: z.string().nullable(),
  seriesId: z.string().nullable(),
  job: z.string().nullable(),
  requestedAt: time.nullable(),
  updatedAt: time,
});

export const recordingSummarySchema = z
  .object({
    uuid: z.string().describe('Holds slashes and plus signs: to be encoded in paths.'),
    meetingId: z.string(),
    topic: z.string(),
    startTime: time.describe('Of the meeting.'),
    durationMinutes: z.number(),
    hostEmail: z.string().nullable(),
    presence: z.enum(['available', 'trashed', 'deleted']).describe('In Zoom.'),
    awaitsSchedule: z.boolean().describe('No class was found for it; a later schedule may have one.'),
    files: z.int(),
    bytes: z.number().nullable(),
    ingests: z.array(ingestSchema).describe('Oldest first.'),
    playbackUrls: z
      .array(z.string())
      .describe('What plays it, of each view: who knows them may watch. Empty: it was not packaged.'),
  })
  .meta({ id: 'RecordingSummary' });

export const recordingPageSchema = z
  .object({
    recordings: z.array(recordingSummarySchema),
    next: z.string().nullable().describe('`cursor` of the next page; null: this is the last'),
  })
  .meta({ id: 'RecordingPage' });

export const classSuggestionSchema = z.object({
  class: scheduledClassSchema,
  because: z
    .enum(['meeting', 'topic', 'time'])
    .describe('It has the meeting of the recording, its course is named in the topic, or it takes place at that time.'),
  minutesLate: z.int().describe("From the class's nearest begin to the recording's; negative: it began earlier."),
});

export const zoomEventSchema = z
  .object({
    key: z.string(),
    event: z.string().describe("Zoom's name of it: recording.completed"),
    uuid: z.string().nullable(),
    receivedAt: time,
    handledAt: time.nullable().describe('null: it waits'),
    outcome: z.string().nullable(),
    failedAttempts: z.int(),
    failure: z.object({ code: z.string(), message: z.string() }).nullable().describe('Of the last attempt.'),
    body: z.unknown().describe('As it was stored: without tokens and passcodes.'),
  })
  .meta({ id: 'ZoomEvent' });

export const zoomEventPageSchema = z
  .object({ events: z.array(zoomEventSchema), next: z.string().nullable() })
  .meta({ id: 'ZoomEventPage' });

export const recordingDetailSchema = recordingSummarySchema
  .extend({
    zoomUrl: z.string().describe('The recording in Zoom, for who is signed in there.'),
    fileList: z.array(
      z.object({
        name: z.string(),
        fileType: z.string(),
        recordingType: z.string().nullable(),
        startsAt: time.nullable(),
        endsAt: time.nullable(),
        bytes: z.number().nullable(),
        status: z.string().nullable(),
        stored: z
          .object({
            path: z.string().describe('On this server, for whoever has a token.'),
            bytes: z.number(),
            digest: z.string(),
          })
          .nullable()
          .describe('The copy that lies here whole and checked; null: there is none.'),
      }),
    ),
    match: z
      .object({ seriesId: z.string().nullable(), title: z.string().nullable(), reason: z.string().nullable() })
      .describe('What would be decided now: a series, or the reason why it would be ignored.'),
    taken: takenSchema,
    suggestions: z.array(classSuggestionSchema).describe('Classes to choose from, when none matches.'),
    timeline: z
      .array(
        z.object({
          at: time,
          source: z.enum(['zoom', 'webhook', 'ingest']),
          what: z.string().describe('A state of the recording in Zoom, an event of Zoom, or a status of an ingest.'),
          detail: z.string().nullable(),
          trackingId: z.string().nullable(),
        }),
      )
      .describe('Oldest first.'),
    opencast: z.array(
      z.object({
        eventId: z.string(),
        trackingId: z.string(),
        workflowId: z.string().nullable(),
        state: z.enum(['SUCCEEDED', 'FAILED']).nullable(),
      }),
    ),
    stream: streamSchema,
    events: z.array(zoomEventSchema).describe('Oldest first.'),
  })
  .meta({ id: 'RecordingDetail' });

export const orderedIngestSchema = z
  .object({
    trackingId: z.string(),
    job: z.string().nullable().describe('null: nothing is to be done, and `reason` says why'),
    reason: z.string().nullable().describe('Why nothing was begun; with a job, that one was under way before.'),
  })
  .meta({ id: 'OrderedIngest' });

export const scheduleSchema = z
  .object({
    timeZone: z.string().describe('Of the times of the classes.'),
    bufferMinutes: z.int().describe('A recording belongs to a class that begins less than this before or after it.'),
    classes: z.array(scheduledClassSchema.extend({ source: z.string() })),
  })
  .meta({ id: 'Schedule' });

export const scheduleReportSchema = z
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

export type Problem = z.output<typeof problemSchema>;
export type Session = z.output<typeof sessionSchema>;
export type Submitted = z.output<typeof submittedSchema>;
export type Asset = z.output<typeof assetSchema>;
export type AssetList = z.output<typeof assetListSchema>;
export type JobFailure = z.output<typeof jobFailureSchema>;
export type JobSummary = z.output<typeof jobSummarySchema>;
export type JobStep = z.output<typeof jobStepSchema>;
export type JobDetail = z.output<typeof jobDetailSchema>;
export type JobPage = z.output<typeof jobPageSchema>;
export type System = z.output<typeof systemSchema>;
export type RecordingSummary = z.output<typeof recordingSummarySchema>;
export type RecordingPage = z.output<typeof recordingPageSchema>;
export type RecordingDetail = z.output<typeof recordingDetailSchema>;
export type ZoomEventPage = z.output<typeof zoomEventPageSchema>;
export type OrderedIngestView = z.output<typeof orderedIngestSchema>;
export type Schedule = z.output<typeof scheduleSchema>;
export type ScheduleReportView = z.output<typeof scheduleReportSchema>;
