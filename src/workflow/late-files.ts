import { isMediaFile, recordingFileKey, type Recording, type RecordingFile } from '../domain/recording.js';
import type { Notice } from '../notify/notice.js';
import { nameOfFile, noticeOfLateFile } from '../notify/recording-notice.js';
import type { EventLedger, LedgerEvent } from '../status/event-ledger.js';
import type { RecordingCatalog } from '../status/recording-catalog.js';

export interface LateFilesServices {
  readonly catalog: Pick<RecordingCatalog, 'findIngest' | 'setStatus'>;
  readonly ledger: Pick<EventLedger, 'ofRecording' | 'toldLate'>;
}

/** Media that Zoom added after the last look of an ingest, and that no event has. JSON. */
export interface LateFiles {
  /** the event that lacks them */
  readonly eventId: string;
  readonly trackingId: string;
  /** for people */
  readonly names: readonly string[];
  /** Of the files that nobody was told of yet: the same file makes the same notice. */
  readonly untold: readonly { readonly name: string; readonly notice: Notice }[];
}

/**
 * What of a recording came too late for its events. Before the start of the workflow in Opencast nothing is too late to be found by the ingest
 * itself, which looks at its end.
 * @param recording all that is known of it
 */
export async function lookForLateFiles(
  { catalog, ledger }: LateFilesServices,
  recording: Recording,
): Promise<LateFiles | undefined> {
  const events = await ledger.ofRecording(recording.uuid);
  const event = events.findLast(({ workflowId, listed }) => workflowId !== undefined && listed !== undefined);
  const late = event ? lateMedia(recording, events) : [];
  if (!event || late.length === 0) return undefined;
  const { mediaPackageId: eventId, trackingId } = event;
  const seriesId = (await catalog.findIngest(trackingId))?.seriesId;
  const told = new Set(events.flatMap(({ toldLate }) => toldLate));
  const untold = late.filter((file) => !told.has(recordingFileKey(file)));
  return {
    ...{ eventId, trackingId, names: late.map(nameOfFile) },
    untold: untold.map((file) => ({
      name: recordingFileKey(file),
      notice: noticeOfLateFile({ recording, file, eventId, trackingId, seriesId }),
    })),
  };
}

/** Somebody has been told: keeps that, and gives the ingest its reason. */
export async function noteLateFiles(
  { catalog, ledger }: LateFilesServices,
  { eventId, trackingId, names, untold }: LateFiles,
): Promise<void> {
  const status = (await catalog.findIngest(trackingId))?.status;
  // A failure is the reason that counts more; the end of a later attempt says this again.
  if (status && !status.endsWith('_FAILED'))
    await catalog.setStatus(trackingId, status, { reason: `Added by Zoom too late: ${names.join('; ')}` });
  for (const { name } of untold) await ledger.toldLate(eventId, name);
}

function lateMedia({ files }: Recording, events: readonly LedgerEvent[]): RecordingFile[] {
  const known = new Set(events.flatMap(({ listed }) => listed ?? []));
  return files.filter((file) => isMediaFile(file) && isFinished(file) && !known.has(recordingFileKey(file)));
}

function isFinished({ status }: RecordingFile): boolean {
  return status === undefined || status.toLowerCase() === 'completed';
}
