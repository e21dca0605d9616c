import { recordingSchema, utcTime, type Recording } from '../../src/domain/recording.js';
import { automaticTrackingId, type IngestRequest } from '../../src/domain/work-request.js';
import type { RecordingsTimes } from '../../src/recordings-line.js';
import { recordingCatalog } from '../../src/status/recording-catalog.js';
import type { Services } from '../../src/wiring.js';
import { smallMp4 } from './small-mp4.js';
import type { CloudFile, CloudRecording } from './zoom-cloud.js';

export const series = '20260112345';
export const uuid = 'p7l/jwpwQFW5Q62srAYxAA==';
export const mediaPackage = '2307fe70-f922-0ff7-05be-bafe4882e872';
export const trackingId = automaticTrackingId(uuid);

const startTime = '2026-11-20T14:00:00Z';
const video = (recordingType: string, mediaBytes = 300_000): CloudFile => ({
  id: recordingType,
  recordingType,
  content: smallMp4({ durationMs: 50 * 60_000, mediaBytes }),
});

/** Two views, a chat and a transcript. */
export const lesson: CloudRecording = {
  uuid,
  id: 123456789,
  topic: 'Algebra & <more>',
  startTime,
  duration: 50,
  files: [
    video('shared_screen'),
    video('active_speaker'),
    {
      id: 'chat',
      fileType: 'CHAT',
      fileExtension: 'TXT',
      recordingType: 'chat_file',
      content: Buffer.from('10:00 A: hello'),
    },
    {
      id: 'vtt',
      fileType: 'TRANSCRIPT',
      fileExtension: 'VTT',
      recordingType: 'audio_transcript',
      content: Buffer.from('WEBVTT\n\n'),
    },
  ],
};

/** bytes, by the file's id */
export const sizes = Object.fromEntries(lesson.files.map(({ id, content }) => [id, content.length]));

/** Flavor and size of each medium of the lesson in Opencast, with the profile `stock`. */
export const whole = [
  ['presenter/source', sizes.active_speaker],
  ['presentation/source', sizes.shared_screen],
  ['captions/source', sizes.vtt],
  ['chat/source', sizes.chat],
];

/** Flavor and size of each medium of a workflow in the stand-in of Opencast. */
export function elements(
  workflow: { elements: readonly { kind: string; flavor: string; size: number }[] } | undefined,
): [string, number][] | undefined {
  return workflow?.elements.filter(({ kind }) => kind !== 'catalog').map(({ flavor, size }) => [flavor, size]);
}

/** No waiting where the real line waits for minutes. */
export const quick: RecordingsTimes = {
  patience: { attempts: 8, pauseMs: 20, longestPauseMs: 200 },
  follow: { firstPauseMs: 10, longestPauseMs: 50, patienceMs: 60_000 },
  settleMs: 1000,
};

/** The ingest of the lesson as the intake decides it. */
export function ingestOfLesson(changes: Partial<IngestRequest> = {}): IngestRequest {
  const recording: Recording = recordingSchema.parse({
    ...{ accountId: 'account', uuid, meetingId: '123456789', topic: lesson.topic, hostId: 'HoStIdHoStId' },
    ...{ startTime, durationMinutes: 50, files: [] },
  });
  return {
    ...{ uuid, accountId: 'account', recording, origin: 'webhook', trackingId },
    receivedAt: utcTime(new Date().toISOString()) ?? startTime,
    series: { id: series, title: 'Lecture', type: 'Lecture' },
    allowMultipleIngests: false,
    ingestAllMp4: false,
    ...changes,
  };
}

/** Takes the ingest as the intake does: noted, then submitted. */
export async function submitLesson(services: Services, changes: Partial<IngestRequest> = {}) {
  const request = ingestOfLesson(changes);
  const catalog = recordingCatalog(services.database.tables);
  await catalog.save(request.recording);
  const status = request.origin === 'on_demand' ? 'ON_DEMAND_RECEIVED' : 'WEBHOOK_RECEIVED';
  await catalog.openIngest({ trackingId: request.trackingId, uuid: request.uuid, origin: request.origin }, status);
  const { id } = await services.recordings!.submitIngest(request);
  return {
    id,
    catalog,
    result: () => services.engine.result(id, AbortSignal.timeout(60_000)),
    statuses: async () => (await catalog.history(request.trackingId)).map((past) => past.status),
  };
}
