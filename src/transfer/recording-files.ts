import { recordingFileKey, type RecordingFile } from '../domain/recording.js';
import type { StoredRecordingFile } from '../domain/stored-recording-file.js';
import type { FileLocations, LocatedRecording } from '../source/zoom/file-locations.js';
import type { Downloaded, DownloadRequest } from './download.js';

/** Brings one file of a recording into our storage. @throws Failure as `downloader` */
export type FetchRecordingFile = (wanted: WantedRecordingFile) => Promise<StoredRecordingFile>;

export interface WantedRecordingFile {
  readonly recording: LocatedRecording;
  readonly file: RecordingFile;
  /** where it goes in the storage */
  readonly key: string;
  readonly signal: AbortSignal;
  /** bytes so far */
  readonly report: (bytes: number) => void;
}

export function recordingFiles({
  download,
  locations,
}: {
  readonly download: (request: DownloadRequest) => Promise<Downloaded>;
  readonly locations: FileLocations;
}): FetchRecordingFile {
  return async ({ recording, file, key, signal, report }) => {
    const name = recordingFileKey(file);
    let asked = 0;
    const { size, digest, durationMs } = await download({
      name: `file ${file.recordingType ?? file.fileType} (${name}) of the recording ${recording.uuid}`,
      fileType: file.fileType,
      key,
      size: file.fileSize,
      locate: () => locations.locate(recording, name, { fresh: asked++ > 0, signal }),
      signal,
      report,
    });
    return { file, key, size, digest, ...(durationMs !== undefined && { durationMs }) };
  };
}
