import { z } from 'zod';
import { recordingSchema, utcTimeSchema } from './recording.js';
import { publishTargetSchema } from './schedule.js';

/** Who asked: Zoom, a person, or our own look through Zoom's list for what was never announced. */
export const ingestOriginSchema = z.enum(['webhook', 'on_demand', 'sweep']);
export type IngestOrigin = z.infer<typeof ingestOriginSchema>;

/** A recording that is to become an event of an Opencast series, or a stream: what the workflow `ingest-recording` takes. Holds no token. */
export const ingestRequestSchema = z.object({
  uuid: z.string().min(1),
  accountId: z.string(),
  /** As it was when this was decided; Zoom's own list, asked again before the download, counts. */
  recording: recordingSchema,
  origin: ingestOriginSchema,
  /** Names this ingest in status answers: `auto-ingest-<uuid>`, `on-demand-<uuid4>`. */
  trackingId: z.string().min(1),
  /** when we learned of it */
  receivedAt: utcTimeSchema,
  series: z.object({
    id: z.string().min(1),
    /** of the event that is made: `Lecture` */
    title: z.string(),
    /** as the schedule has it: `Lecture`, `Section`, ... */
    type: z.string().optional(),
    courseCode: z.string().optional(),
  }),
  /** Where it goes, as its class says; absent: as RECORDINGS_PUBLISH says. */
  publish: publishTargetSchema.optional(),
  /** absent: DEFAULT_OC_WORKFLOW */
  opencastWorkflow: z.string().optional(),
  /** Ingest although Opencast has the recording. */
  allowMultipleIngests: z.boolean(),
  /** Every view, for an archive, in place of those that are published. */
  ingestAllMp4: z.boolean(),
});

export type IngestRequest = z.infer<typeof ingestRequestSchema>;

/** Automatic ingests of one recording are one, whoever found it. */
export function automaticTrackingId(uuid: string): string {
  return `auto-ingest-${uuid}`;
}

/** A recording is ingested once, unless somebody asks for one more by name. */
export function jobIdOfIngest({
  uuid,
  trackingId,
  origin,
  allowMultipleIngests,
}: Pick<IngestRequest, 'uuid' | 'trackingId' | 'origin' | 'allowMultipleIngests'>): string {
  const oneMore = origin === 'on_demand' && allowMultipleIngests;
  return oneMore ? `recording:${uuid}:${trackingId}` : `recording:${uuid}`;
}
