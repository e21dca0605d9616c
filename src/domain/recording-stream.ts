import { recordedStretches } from './recorded-stretches.js';
import { isMediaFile, type RecordingFile, type RecordingStateEvent } from './recording.js';
import type { StoredRecordingFile } from './stored-recording-file.js';

/** One view of one segment of a recording, as it is packaged. */
export interface RecordingView {
  /** Names its asset; the same at every attempt. */
  readonly assetId: string;
  /** `shared_screen`, `active_speaker`, ... as Zoom calls it */
  readonly view: string;
  /** when its segment began, as Zoom says it */
  readonly startsAt: string | undefined;
  /** Its source: a SMIL document beside the files that it names. */
  readonly sourceKey: string;
  readonly source: string;
  /** WebVTT, kind `chapters`. */
  readonly chapters: string;
}

/**
 * The views of a recording: every MP4, and sound alone where a segment has nothing to see. Zoom's transcript of the segment, else its closed
 * captions, is the text of each of its views.
 */
export function recordingViews(
  files: readonly StoredRecordingFile[],
  events: readonly RecordingStateEvent[],
): RecordingView[] {
  const media = files.filter(({ file }) => isMediaFile(file));
  const seen = new Set(media.filter(isVideo).map(({ file }) => file.recordingStart));
  return media
    .filter((stored) => isVideo(stored) || !seen.has(stored.file.recordingStart))
    .map((stored) => viewOf(stored, textOf(stored, files), events));
}

/** Is it, as it is now, part of what is watched? */
export function isStreamed(file: RecordingFile): boolean {
  const isFinished = file.status === undefined || /^completed$/i.test(file.status);
  return isFinished && (isMediaFile(file) || ['TRANSCRIPT', 'CC'].includes(file.fileType.toUpperCase()));
}

function viewOf(
  stored: StoredRecordingFile,
  text: StoredRecordingFile | undefined,
  events: readonly RecordingStateEvent[],
): RecordingView {
  const { file, key } = stored;
  const stem = key.replace(/\.[^./]*$/, '');
  return {
    // Keys of recordings hold nothing else that an id may not.
    assetId: stem.replace(/^recordings\//, '').replaceAll('/', '-'),
    view: file.recordingType ?? file.fileType,
    startsAt: file.recordingStart,
    sourceKey: `${stem}.smil`,
    source: smilOf(nameOf(key), isVideo(stored) ? 'video' : 'audio', text && nameOf(text.key)),
    chapters: chaptersOf(stored, events),
  };
}

function isVideo({ file }: StoredRecordingFile): boolean {
  return file.fileType.toUpperCase() === 'MP4';
}

/** The text of the same segment; one that does not say where it belongs is of a recording's only segment. */
function textOf({ file }: StoredRecordingFile, files: readonly StoredRecordingFile[]): StoredRecordingFile | undefined {
  const starts = new Set(files.filter(({ file: each }) => isMediaFile(each)).map((each) => each.file.recordingStart));
  const own = files.filter(
    (text) => (starts.size === 1 || text.file.recordingStart === file.recordingStart) && text.key.endsWith('.vtt'),
  );
  const ofType = (type: string) => own.find((text) => text.file.fileType.toUpperCase() === type);
  return ofType('TRANSCRIPT') ?? ofType('CC');
}

/** Names in it are those of `recordingFileObject`, which need no escaping. */
function smilOf(media: string, element: 'video' | 'audio', text: string | undefined): string {
  const textStream = text === undefined ? '' : `<textstream src="${text}" subtitleName="Transcript"/>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><body><${element} src="${media}"/>${textStream}</body></smil>
`;
}

/** A chapter for each stretch between pauses, by the time in the file, from which Zoom cuts the pauses. */
function chaptersOf({ file, durationMs }: StoredRecordingFile, events: readonly RecordingStateEvent[]): string {
  const start = seconds(file.recordingStart) ?? 0;
  const end = seconds(file.recordingEnd) ?? start + Math.round((durationMs ?? 0) / 1000);
  const within = events.filter(({ at }) => at >= start && at < end);
  const stretches = recordedStretches([{ start, end }], within);
  let at = 0;
  const cues = stretches.map((stretch, index) => {
    const from = at;
    at += stretch.end - stretch.start;
    // The file itself says best where it ends.
    const to = index === stretches.length - 1 && durationMs !== undefined ? Math.max(durationMs / 1000, from + 1) : at;
    const clock = new Date(stretch.start * 1000).toISOString().slice(11, 16);
    return `${vttTime(from)} --> ${vttTime(to)}\nPart ${index + 1}, from ${clock} UTC\n`;
  });
  return `WEBVTT\n\n${cues.join('\n')}`;
}

function vttTime(time: number): string {
  return new Date(Math.round(time * 1000)).toISOString().slice(11, 23);
}

function seconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Math.floor(Date.parse(time) / 1000);
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
