import { isMediaFile } from '../../domain/recording.js';
import type { StoredRecordingFile } from '../../domain/stored-recording-file.js';

/**
 * A segment of a recording: from a start (or restart) of the recording to its stop. Its files are those that began at the same moment.
 * Only media makes segments: a chat may begin at a moment of its own.
 */
export interface RecordingSegment<File = StoredRecordingFile> {
  /** seconds since 1970 */
  readonly start: number;
  /** the latest end of its files; absent when Zoom did not say */
  readonly end: number | undefined;
  readonly media: readonly File[];
  /** Chat, transcripts, timelines that began during the segment. */
  readonly others: readonly File[];
}

export function isMedia({ file }: Pick<StoredRecordingFile, 'file'>): boolean {
  return isMediaFile(file);
}

/** In the order in which they were recorded. @param meetingStart seconds since 1970: stands for the start of files that have none */
export function segmentsOf<File extends Pick<StoredRecordingFile, 'file'>>(
  files: readonly File[],
  meetingStart: number,
): RecordingSegment<File>[] {
  const startOf = ({ file }: File): number => secondsOf(file.recordingStart) ?? meetingStart;
  const starts = [...new Set(files.filter(isMedia).map(startOf))].sort((a, b) => a - b);
  const places = files.map((stored) => ({ stored, segment: placeOf(startOf(stored), starts) }));
  return starts.map((start, index) => {
    const own = places.filter(({ segment }) => segment === index).map(({ stored }) => stored);
    const media = own.filter(isMedia);
    const ends = media.flatMap(({ file }) => secondsOf(file.recordingEnd) ?? []);
    return {
      start,
      end: ends.length === 0 ? undefined : Math.max(...ends),
      media,
      others: own.filter((stored) => !isMedia(stored)),
    };
  });
}

/**
 * Leaves out the segments at the beginning that are too short to be of the class: a recording that was started, stopped and started again.
 * Later ones stay however short, and so does everything when all are short: nothing of a class is lost to this rule.
 * @param minimumMs of the longest media file of a segment
 */
export function withoutFalseStarts(
  segments: readonly RecordingSegment[],
  minimumMs: number,
): { kept: RecordingSegment[]; dropped: RecordingSegment[] } {
  const first = segments.findIndex((segment) => longest(segment) >= minimumMs);
  if (first <= 0) return { kept: [...segments], dropped: [] };
  return { kept: segments.slice(first), dropped: segments.slice(0, first) };
}

function longest({ media, start, end }: RecordingSegment): number {
  const byZoom = end === undefined ? 0 : (end - start) * 1000;
  // What the container says counts; Zoom's word only where there is none.
  return Math.max(0, ...media.map(({ durationMs }) => durationMs ?? byZoom));
}

function secondsOf(time: string | undefined): number | undefined {
  const parsed = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
}

/** The last segment that had begun by then, or the first. */
function placeOf(start: number, starts: readonly number[]): number {
  return Math.max(
    0,
    starts.findLastIndex((each) => each <= start),
  );
}
