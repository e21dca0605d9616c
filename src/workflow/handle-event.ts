import type { Recording } from '../domain/recording.js';
import { zoomStatusOf } from '../domain/recording-status.js';
import { automaticTrackingId } from '../domain/work-request.js';
import type { AffectedRecording, ZoomEvent } from '../domain/zoom-event.js';
import {
  automaticWish,
  isUnanswered,
  rematch,
  takeRecording,
  type TakeServices,
  type Taken,
} from './take-recording.js';

export interface EventServices extends TakeServices {
  /** As submit-ingest does it: transcripts of what is in Opencast already. */
  readonly submitTranscripts: (recording: Recording) => Promise<readonly string[]>;
  /** As submit-ingest does it: media that came too late for the ingest. */
  readonly submitLateFiles: (recording: Recording) => Promise<readonly string[]>;
}

/**
 * Does what an event asks for. Any event may come twice, late, or before an earlier one, and a process may end in the middle: whatever the order, the
 * end is the same.
 * @returns what came of it, for people
 */
export async function handleEvent(services: EventServices, event: ZoomEvent, receivedAt: Date): Promise<string> {
  const { catalog } = services;
  switch (event.kind) {
    case 'state':
      await catalog.saveNew(event.recording);
      await catalog.addEvent(event.recording.uuid, { kind: event.state, at: Math.floor(event.at / 1000) });
      return showZoomStatus(services, event.recording.uuid);
    case 'ended':
      // Kept though most meetings were not recorded: that one was, may be told later.
      await catalog.addEvent(event.uuid, { kind: 'ended', at: Math.floor(event.at / 1000) });
      return (await catalog.find(event.uuid)) ? showZoomStatus(services, event.uuid) : 'was not recorded';
    case 'completed': {
      const recording = await catalog.save(event.recording);
      const taken = await takeRecording(services, recording, automaticWish(recording.uuid, 'webhook', receivedAt));
      if (taken.kind === 'submitted') await rematch(services, Date.parse(recording.startTime), recording.meetingId);
      if (taken.kind === 'ignored') return wordsOf(taken);
      const late = await services.submitLateFiles(recording);
      return late.length === 0 ? wordsOf(taken) : `${wordsOf(taken)}; too late for it: ${late.join('; ')}`;
    }
    case 'unusable': {
      const { uuid } = event.recording;
      await catalog.saveNew(event.recording);
      const ingest = { trackingId: automaticTrackingId(uuid), uuid, origin: 'webhook' } as const;
      const noted = await catalog.openIngest(ingest, 'WEBHOOK_FAILED', { reason: event.reason });
      return noted ? event.reason : `${event.reason}; it is under way all the same`;
    }
    case 'transcript_completed': {
      const { recording, hasStart } = event;
      // One that is known stays: the class, and where files lie, go by it.
      const startTime = hasStart ? undefined : (await catalog.find(recording.uuid))?.recording.startTime;
      const saved = await catalog.save({ ...recording, ...(startTime !== undefined && { startTime }) });
      const jobs = await services.submitTranscripts(saved);
      return jobs.length === 0 ? 'the transcript is known' : `the transcript is attached by ${jobs.join(', ')}`;
    }
    case 'presence': {
      const outcomes: string[] = [];
      for (const item of event.items) outcomes.push(await setPresence(services, item, event));
      return [...new Set(outcomes)].join('; ');
    }
    case 'renamed':
      await catalog.setTopic(event.uuid, event.topic, event.at);
      return 'renamed';
  }
}

async function showZoomStatus({ catalog }: EventServices, uuid: string): Promise<string> {
  const status = zoomStatusOf(await catalog.recordingEvents(uuid));
  if (!status) return 'was not recorded';
  const ingest = { trackingId: automaticTrackingId(uuid), uuid, origin: 'webhook' } as const;
  return (await catalog.openIngest(ingest, status)) ? status : 'its files are known already';
}

async function setPresence(
  services: EventServices,
  { uuid, fileIds }: AffectedRecording,
  { presence, at }: Extract<ZoomEvent, { kind: 'presence' }>,
): Promise<string> {
  const { catalog } = services;
  const known = await catalog.find(uuid);
  if (!known) return 'not known';
  const others = known.recording.files.filter(({ id }) => id !== undefined && fileIds && !fileIds.includes(id));
  if (others.length > 0) return `${others.length} of its files are untouched`;
  if (!(await catalog.setPresence(uuid, presence, at))) return 'older than what is known';
  // Back from the trash before anything was done with it.
  const back = presence === 'available' ? await catalog.find(uuid) : undefined;
  if (!back || back.recording.files.length === 0 || !isUnanswered(back)) return presence;
  return wordsOf(await takeRecording(services, back.recording, automaticWish(uuid, 'webhook')));
}

function wordsOf(taken: Taken): string {
  if (taken.kind === 'known') return 'is under way or done';
  return taken.kind === 'ignored' ? `ignored: ${taken.reason}` : `job ${taken.job}`;
}
