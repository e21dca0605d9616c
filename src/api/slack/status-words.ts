import { isZoomStatus, type RecordingStatus } from '../../domain/recording-status.js';
import type { CatalogIngest } from '../../status/recording-progress.js';

const words: Record<RecordingStatus, string> = {
  RECORDING_IN_PROGRESS: 'Recording in progress in Zoom.',
  RECORDING_PAUSED: 'Recording paused in Zoom.',
  RECORDING_STOPPED: 'Recording stopped in Zoom; the meeting goes on.',
  RECORDING_PROCESSING: 'The meeting has ended; Zoom prepares the files.',
  ON_DEMAND_RECEIVED: 'Asked for; about to begin.',
  WEBHOOK_RECEIVED: 'Announced by Zoom; about to begin.',
  WEBHOOK_FAILED: 'Zoom announced something that cannot be used.',
  IGNORED: 'Ignored.',
  SENT_TO_DOWNLOADER: 'Waits for its files to be fetched.',
  OC_SERIES_FOUND: 'Its files are being fetched.',
  DOWNLOADER_FAILED: 'Its files could not be fetched.',
  SENT_TO_UPLOADER: 'All files are here; about to go to Opencast.',
  UPLOADER_RECEIVED: 'Going to Opencast.',
  UPLOADER_FAILED: 'Opencast did not take it.',
  SENT_TO_OPENCAST: 'In Opencast, which works on it.',
  OPENCAST_SUCCEEDED: 'Done: it is in Opencast.',
  OPENCAST_FAILED: 'Opencast took it and failed to process it.',
  STREAM_SUCCEEDED: 'Done: it can be watched.',
  STREAM_FAILED: 'Its files are here; packaging failed.',
};

const failed: readonly RecordingStatus[] = [
  'WEBHOOK_FAILED',
  'DOWNLOADER_FAILED',
  'UPLOADER_FAILED',
  'OPENCAST_FAILED',
  'STREAM_FAILED',
];

/** @param isScheduled does the schedule have a class for the recording? */
export function statusWords({ status, origin, reason, seriesId }: CatalogIngest, isScheduled: boolean): string {
  // What has a series was taken, be it the default one, or by a schedule of before.
  const begins = seriesId === undefined && (status === 'WEBHOOK_RECEIVED' || status === 'SENT_TO_DOWNLOADER');
  // What is automatic and in no schedule ends as ignored; that it has not come so far yet tells nobody anything.
  if (begins && origin !== 'on_demand' && !isScheduled) return `${words.IGNORED} No class of the schedule matches.`;
  return [words[status], ...(reason === undefined ? [] : [reason])].join(' ');
}

/** What Zoom does with it, when that is all that there is to tell. */
export function zoomWords(ingests: readonly CatalogIngest[]): string | undefined {
  const [only, ...others] = ingests;
  return only && others.length === 0 && isZoomStatus(only.status) ? words[only.status] : undefined;
}

export function hasFailed({ status }: CatalogIngest): boolean {
  return failed.includes(status);
}
