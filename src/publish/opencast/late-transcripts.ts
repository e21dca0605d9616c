import { recordingFileKey, type Recording, type RecordingFile } from '../../domain/recording.js';
import { isCaptions } from './ingest-plan.js';
import { segmentsOf } from './segments.js';

export interface LateTranscript {
  readonly file: RecordingFile;
  /** Takes the place of what the event has; otherwise it goes beside transcripts of other segments. */
  readonly overwrites: boolean;
}

/**
 * Transcripts that an event lacks, by the rule of the ingest: one for each segment that is part of the event, and none of false starts. Opencast
 * replaces all captions or none, so only a single segment's transcript may take the place of its closed captions.
 * @param attached names of the files that are part of the event: they tell which segments the ingest took
 */
export function lateTranscripts(recording: Recording, attached: readonly string[]): LateTranscript[] {
  const isAttached = ({ file }: { file: RecordingFile }): boolean => attached.includes(recordingFileKey(file));
  const files = recording.files.map((file) => ({ file }));
  const taken = segmentsOf(files, Date.parse(recording.startTime) / 1000).filter(({ media }) => media.some(isAttached));
  const overwrites = taken.length === 1;
  return taken.flatMap(({ others }) => {
    const transcript = others.find(({ file }) => file.fileType.toUpperCase() === 'TRANSCRIPT');
    if (!transcript || isAttached(transcript) || !isReady(transcript.file)) return [];
    if (!overwrites && others.some((other) => isCaptions(other) && isAttached(other))) return [];
    return [{ file: transcript.file, overwrites }];
  });
}

function isReady({ downloadUrl, status = 'completed' }: RecordingFile): boolean {
  return downloadUrl !== undefined && status.toLowerCase() === 'completed';
}
