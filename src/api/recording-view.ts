import type { z } from 'zod';
import { recordingFileKey, type RecordingFile } from '../domain/recording.js';
import { recordingFileObject } from '../domain/recording-key.js';
import type { CatalogIngest } from '../status/recording-progress.js';
import type { CatalogRecording } from '../status/recording-views.js';
import type { ShownRecording } from '../workflow/recording-desk.js';
import type { recordingDetailSchema, recordingSummarySchema } from './contract.js';
import { zoomEventView } from './routes/zoom-events.js';
import { streamView } from './stream-view.js';
import { takenView } from './taken-view.js';
import { jobIdOfStream } from '../workflow/stream-recording.js';

type SummaryView = z.input<typeof recordingSummarySchema>;
type DetailView = z.input<typeof recordingDetailSchema>;

/** A recording in a list. */
export function recordingSummary({
  recording,
  presence,
  awaitsSchedule,
  ingests,
  playbackUrls,
}: CatalogRecording): SummaryView {
  const { uuid, meetingId, topic, startTime, durationMinutes, hostEmail, files, totalSize } = recording;
  const sizes = files.flatMap(({ fileSize }) => fileSize ?? []);
  return {
    ...{ uuid, meetingId, topic, startTime, durationMinutes, presence, awaitsSchedule },
    hostEmail: hostEmail ?? null,
    files: files.length,
    bytes: sizes.length > 0 ? sizes.reduce((sum, size) => sum + size, 0) : (totalSize ?? null),
    ingests: ingests.map(ingestView),
    playbackUrls: [...playbackUrls],
  };
}

/** A recording with all there is to know of it. */
export function recordingDetail(shown: ShownRecording): DetailView {
  const { recording, decision, suggestions, opencast, stream, events } = shown;
  return {
    ...recordingSummary(shown),
    zoomUrl: `https://zoom.us/recording/management/detail?meeting_id=${encodeURIComponent(recording.uuid)}`,
    fileList: recording.files.map((file) => fileView(file, shown)),
    match:
      decision.kind === 'ingest'
        ? { seriesId: decision.series.id, title: decision.series.title, reason: null }
        : { seriesId: null, title: null, reason: decision.reason },
    taken: takenView(shown.taken),
    suggestions: suggestions.map((suggestion) => ({ ...suggestion })),
    timeline: timelineOf(shown),
    opencast: opencast.map(({ mediaPackageId, trackingId, workflowId, state }) => ({
      ...{ eventId: mediaPackageId, trackingId, workflowId: workflowId ?? null, state: state ?? null },
    })),
    stream: streamView(stream, jobIdOfStream(recording)),
    events: events.map(zoomEventView),
  };
}

function ingestView(ingest: CatalogIngest): SummaryView['ingests'][number] {
  const { trackingId, origin, status, reason, seriesId, jobId, requestedAt, updatedAt } = ingest;
  return {
    ...{ trackingId, origin, status, reason: reason ?? null, seriesId: seriesId ?? null, job: jobId ?? null },
    requestedAt: requestedAt?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  };
}

function fileView(file: RecordingFile, { recording, stored }: ShownRecording): DetailView['fileList'][number] {
  const { fileType, recordingType, recordingStart, recordingEnd, fileSize, status } = file;
  const key = recordingFileObject(recording, file);
  const found = stored.get(key);
  return {
    ...{ name: recordingFileKey(file), fileType, recordingType: recordingType ?? null },
    ...{ startsAt: recordingStart ?? null, endsAt: recordingEnd ?? null },
    ...{ bytes: fileSize ?? null, status: status ?? null },
    stored: found ? { path: `media/${key}`, ...found } : null,
  };
}

function timelineOf({ states, history, events }: ShownRecording): DetailView['timeline'] {
  const none = { detail: null, trackingId: null };
  return [
    ...states.map(({ kind, at }) => ({
      ...{ at: new Date(at * 1000).toISOString(), source: 'zoom' as const, what: kind, ...none },
    })),
    ...events.map(({ receivedAt, event, outcome }) => ({
      ...{ at: receivedAt.toISOString(), source: 'webhook' as const, what: event, ...none, detail: outcome ?? null },
    })),
    ...[...history].flatMap(([trackingId, statuses]) =>
      statuses.map(({ at, status, reason }) => ({
        ...{ at: at.toISOString(), source: 'ingest' as const, what: status, detail: reason ?? null, trackingId },
      })),
    ),
  ].sort((a, b) => a.at.localeCompare(b.at));
}
