import { z } from 'zod';
import { utcTime, type Recording, type RecordingFile } from '../../domain/recording.js';

/**
 * A recording as webhooks and the API describe it. As tolerant as Zoom's own types: captions and timelines lack nearly everything, numbers come as
 * text, and what is absent may be null. What a recording cannot do without, `recordingOf` names.
 */
const text = z.string().nullish();
const numeric = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).nullish();

const fileSchema = z.object({
  id: text,
  file_type: text,
  file_extension: text,
  recording_type: text,
  recording_start: text,
  recording_end: text,
  file_size: numeric,
  status: text,
  download_url: text,
});

export const zoomRecordingSchema = z.object({
  uuid: text,
  /** a number in recording events and answers, text in meeting events */
  id: z.union([z.number(), z.string()]).nullish(),
  account_id: text,
  host_id: text,
  host_email: text,
  topic: text,
  start_time: text,
  duration: numeric,
  timezone: text,
  share_url: text,
  total_size: numeric,
  recording_files: z.array(fileSchema).nullish(),
});

export type ZoomRecording = z.infer<typeof zoomRecordingSchema>;
type ZoomFile = z.infer<typeof fileSchema>;

export interface ReadRecording {
  /** What could be read; undefined when not even the recording's and the meeting's id could. */
  readonly recording: Recording | undefined;
  /** Fields that are missing or wrong; empty: the recording is all there. */
  readonly problems: readonly string[];
}

/** @param fallback what to take for an account or start that is absent */
export function recordingOf(given: ZoomRecording, fallback: { accountId: string; startTime: string }): ReadRecording {
  const { uuid, id } = given;
  const meetingId = String(id ?? '').trim();
  const startTime = utcTime(given.start_time ?? '');
  const problems = [
    ...(uuid ? [] : ['uuid']),
    ...(/^\d{1,20}$/.test(meetingId) ? [] : ['id']),
    ...(typeof given.topic === 'string' ? [] : ['topic']),
    ...(startTime === undefined ? ['start_time'] : []),
  ];
  if (!uuid || problems.includes('id')) return { recording: undefined, problems };
  const recording: Recording = {
    accountId: given.account_id ?? fallback.accountId,
    uuid,
    meetingId,
    topic: given.topic ?? '',
    hostId: given.host_id ?? '',
    ...(given.host_email && { hostEmail: given.host_email }),
    startTime: startTime ?? fallback.startTime,
    durationMinutes: given.duration ?? 0,
    ...(given.timezone && { timezone: given.timezone }),
    ...(given.share_url && { shareUrl: withoutSecrets(given.share_url) }),
    ...(typeof given.total_size === 'number' && { totalSize: given.total_size }),
    files: (given.recording_files ?? []).flatMap(fileOf),
  };
  return { recording, problems };
}

/** A file without a type cannot be used for anything. */
function fileOf(given: ZoomFile): RecordingFile[] {
  if (!given.file_type) return [];
  const start = utcTime(given.recording_start ?? '');
  const end = utcTime(given.recording_end ?? '');
  return [
    {
      ...(given.id && { id: given.id }),
      fileType: given.file_type,
      ...(given.file_extension && { fileExtension: given.file_extension }),
      ...(given.recording_type && { recordingType: given.recording_type }),
      ...(start !== undefined && { recordingStart: start }),
      ...(end !== undefined && { recordingEnd: end }),
      ...(typeof given.file_size === 'number' && { fileSize: given.file_size }),
      ...(given.status && { status: given.status }),
      ...(given.download_url && { downloadUrl: withoutSecrets(given.download_url) }),
    },
  ];
}

/**
 * What is wrong with the files of a recording that is to be ingested: each video and sound file needs what the download and the segments are made
 * of, and has to be ready. Other kinds may lack what they like.
 */
export function fileProblems(files: readonly ZoomFile[]): string[] {
  return files.flatMap((file, index) => {
    const name = `recording_files.${index}`;
    if (!file.file_type) return [`${name}.file_type`];
    if (!isMedia(file.file_type)) return [];
    const needed = ['id', 'recording_start', 'recording_end', 'download_url', 'recording_type'] as const;
    const missing = needed.filter((field) => !file[field]).map((field) => `${name}.${field}`);
    const isReady = !file.status || file.status.toLowerCase() === 'completed';
    return isReady ? missing : [...missing, `${name}.status (${file.status})`];
  });
}

export function isMedia(fileType: string): boolean {
  return ['mp4', 'm4a'].includes(fileType.toLowerCase());
}

/** An address without what opens it: a passcode or token in its query. Everything else of the query may be needed. */
export function withoutSecrets(address: string): string {
  if (!address.includes('?') || !URL.canParse(address)) return address;
  const url = new URL(address);
  for (const name of ['pwd', 'access_token', 'download_token', 'token', 'passcode', 'zak'])
    url.searchParams.delete(name);
  return url.href;
}
