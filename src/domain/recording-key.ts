import { createHash } from 'node:crypto';
import { recordingFileKey, type Recording, type RecordingFile } from './recording.js';

/**
 * Where a recording's files lie in our storage: readable, the same at every attempt, and never shared by two files. People find a meeting by
 * its number and time; the digests keep apart what would look alike (two instances at one second, two files of one type).
 */
export function recordingPrefix({
  meetingId,
  startTime,
  uuid,
}: Pick<Recording, 'meetingId' | 'startTime' | 'uuid'>): string {
  return `recordings/${meetingId}/${startTime.replace(/[-:]/g, '')}-${digest(uuid)}`;
}

/** The object of one file. It ends in an extension, without which Opencast takes no file. */
export function recordingFileObject(recording: Recording, file: RecordingFile): string {
  const start = (file.recordingStart ?? recording.startTime).replace(/[-:]/g, '');
  const type = (file.recordingType ?? file.fileType)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const name = [start, type, digest(recordingFileKey(file))].filter((part) => part !== '').join('-');
  return `${recordingPrefix(recording)}/${name}.${extensionOf(file)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

const extensions: Readonly<Record<string, string>> = {
  TRANSCRIPT: 'vtt',
  CC: 'vtt',
  CHAT: 'txt',
  TIMELINE: 'json',
  SUMMARY: 'json',
  CSV: 'csv',
  TB: 'jpg',
};

function extensionOf({ fileExtension, fileType }: RecordingFile): string {
  const given = (fileExtension ?? extensions[fileType.toUpperCase()] ?? fileType).toLowerCase();
  return /^[a-z0-9]{1,8}$/.test(given) ? given : 'bin';
}
