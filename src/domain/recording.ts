import { z } from 'zod';

/** A time in UTC, whole seconds: `2026-11-22T14:05:00Z`. */
export const utcTimeSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);

/**
 * One file of a cloud recording. Zoom's lists of types grow, so `fileType` and `recordingType` are open and kept as they came; captions and
 * timelines may lack nearly everything.
 */
export const recordingFileSchema = z.object({
  id: z.string().optional(),
  /** `MP4`, `M4A`, `TRANSCRIPT`, `CC`, `CHAT`, `TIMELINE`, ... */
  fileType: z.string(),
  /** `MP4`, `M4A`, `VTT`, `TXT`, `JSON`, ... */
  fileExtension: z.string().optional(),
  /** `shared_screen_with_speaker_view(CC)`, `active_speaker`, ...: raw, so that variants do not collide */
  recordingType: z.string().optional(),
  recordingStart: utcTimeSchema.optional(),
  recordingEnd: utcTimeSchema.optional(),
  /** bytes */
  fileSize: z.number().nonnegative().optional(),
  /** `completed` or `processing` */
  status: z.string().optional(),
  /** Opens with a token only, which is never in it; absent on accounts that keep recordings on their own premises. */
  downloadUrl: z.string().optional(),
});

export type RecordingFile = z.infer<typeof recordingFileSchema>;

/** A cloud recording: one instance of a Zoom meeting, as a webhook or the API described it, without tokens and passcodes. */
export const recordingSchema = z.object({
  accountId: z.string(),
  /** of the meeting's instance; may hold `/`, `+` and `=` */
  uuid: z.string().min(1),
  /** the meeting's number, digits */
  meetingId: z.string().regex(/^\d+$/),
  topic: z.string(),
  hostId: z.string(),
  hostEmail: z.string().optional(),
  /** when the meeting began, which may be long before the recording did */
  startTime: utcTimeSchema,
  durationMinutes: z.number().nonnegative(),
  /** IANA name, of the host's settings */
  timezone: z.string().optional(),
  /** without passcode */
  shareUrl: z.string().optional(),
  /** bytes */
  totalSize: z.number().nonnegative().optional(),
  files: z.array(recordingFileSchema),
});

export type Recording = z.infer<typeof recordingSchema>;

/** Something that happened to a recording while its meeting went on; recording times are made of these. */
export interface RecordingStateEvent {
  /** `ended`: the meeting or webinar */
  readonly kind: 'started' | 'paused' | 'resumed' | 'stopped' | 'ended';
  /** seconds since 1970 */
  readonly at: number;
}

/** Whether Zoom still has the recording. Trash keeps it for 30 days. */
export type RecordingPresence = 'available' | 'trashed' | 'deleted';

/** Any time that Zoom gives as a UTC time of whole seconds; undefined when it is none. */
export function utcTime(text: string): string | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : secondsIso(time);
}

/** @param time milliseconds since 1970 */
export function secondsIso(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * Names a file among those of its recording: its id, else what tells it from the others. The same file has the same name in every event
 * and answer that mentions it.
 */
export function recordingFileKey(file: RecordingFile): string {
  return file.id ?? [file.fileType, file.recordingType ?? '', file.recordingStart ?? ''].join('|').toLowerCase();
}

/** Something to see or to hear. */
export function isMediaFile({ fileType }: Pick<RecordingFile, 'fileType'>): boolean {
  return ['MP4', 'M4A'].includes(fileType.toUpperCase());
}

/**
 * What is known of a recording after one more description of it. Zoom announces a meeting's files in several events, so files add up; of the
 * same file the later description counts. A fact that is left out, empty or 0 (a duration that Zoom does not know) takes none away.
 */
export function mergeRecordings(known: Recording, later: Recording): Recording {
  const files = new Map(known.files.map((file) => [recordingFileKey(file), file]));
  for (const file of later.files) files.set(recordingFileKey(file), { ...files.get(recordingFileKey(file)), ...file });
  const given = Object.fromEntries(
    Object.entries(later).filter(([, value]) => value !== undefined && value !== '' && value !== 0),
  );
  return { ...known, ...given, files: [...files.values()] };
}
