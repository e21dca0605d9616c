import { createHash } from 'node:crypto';
import { z } from 'zod';
import { secondsIso, type RecordingPresence, type RecordingStateEvent } from '../../domain/recording.js';
import type { AffectedRecording, ZoomEvent } from '../../domain/zoom-event.js';
import { redactEvent } from './redact-event.js';
import { fileProblems, isMedia, recordingOf, zoomRecordingSchema, type ZoomRecording } from './recording-schema.js';

/** What a webhook's JSON says, or why it says nothing that we use. */
export type WebhookReading =
  | { readonly kind: 'validation'; readonly plainToken: string }
  /** `key` names the event: delivered again, it has the same one. */
  | {
      readonly kind: 'event';
      readonly name: string;
      readonly key: string;
      readonly uuid?: string;
      readonly event: ZoomEvent;
    }
  /** Rightly sent, and of no interest. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

const stateEvents: Readonly<Record<string, RecordingStateEvent['kind']>> = {
  'recording.started': 'started',
  'recording.paused': 'paused',
  'recording.resumed': 'resumed',
  'recording.stopped': 'stopped',
};
const presenceEvents: Readonly<Record<string, RecordingPresence>> = {
  'recording.trashed': 'trashed',
  'recording.deleted': 'deleted',
  'recording.recovered': 'available',
};
const batchEvents: Readonly<Record<string, RecordingPresence>> = {
  'recording.batch_trashed': 'trashed',
  'recording.batch_deleted': 'deleted',
  'recording.batch_recovered': 'available',
};

const envelopeSchema = z.object({
  event: z.string().min(1),
  /** milliseconds */
  event_ts: z.number().nonnegative().nullish(),
  payload: z.looseObject({ account_id: z.string().nullish(), time_stamp: z.number().nonnegative().nullish() }),
});

interface Envelope {
  readonly name: string;
  readonly at: number;
  readonly accountId: string;
  readonly object: unknown;
}

/**
 * Reads a webhook's body whose signature holds. In the order of zoom-recording-ingester's checks: no event, unknown event, no payload, missing fields.
 * @param now milliseconds since 1970, taken for an event that does not say when it was
 */
export function readWebhook(json: unknown, now = Date.now()): WebhookReading {
  const { event: name, payload } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') return { kind: 'malformed', reason: 'no event type' };
  if (!isKnown(name)) return { kind: 'ignored', reason: `${name.slice(0, 100)} is of no interest` };
  if (typeof payload !== 'object' || payload === null) return { kind: 'malformed', reason: 'missing payload' };
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success) return { kind: 'malformed', reason: `bad envelope: ${fieldsOf(parsed.error)}` };
  if (name === 'endpoint.url_validation') return validation(payload);
  const { event_ts: eventTime, payload: envelope } = parsed.data;
  const told = eventTime ?? envelope.time_stamp ?? undefined;
  const body = { name, at: told ?? now, accountId: envelope.account_id ?? '', object: envelope.object };
  const reading = readNews(body);
  if ('kind' in reading) return reading;
  return { kind: 'event', name, key: keyOf(body, reading, { told, json }), ...reading };
}

type News = { readonly uuid?: string; readonly event: ZoomEvent };

function isKnown(name: string): boolean {
  const others = [
    'recording.completed',
    'recording.transcript_completed',
    'recording.renamed',
    'meeting.ended',
    'webinar.ended',
    'endpoint.url_validation',
  ];
  return (
    others.includes(name) || [stateEvents, presenceEvents, batchEvents].some((table) => Object.hasOwn(table, name))
  );
}

function validation(payload: object): WebhookReading {
  const plainToken = 'plainToken' in payload ? payload.plainToken : undefined;
  // Zoom's are 22 characters; a long one is no token but a text that somebody wants signed.
  if (typeof plainToken === 'string' && /^[\w-]{1,64}$/.test(plainToken)) return { kind: 'validation', plainToken };
  return { kind: 'malformed', reason: 'missing payload: plainToken' };
}

function readNews(envelope: Envelope): News | WebhookReading {
  const batch = batchEvents[envelope.name];
  if (batch) return batchNews(envelope, batch);
  const parsed = zoomRecordingSchema.safeParse(envelope.object ?? {});
  if (!parsed.success) return { kind: 'malformed', reason: `bad data: ${fieldsOf(parsed.error)}` };
  const { uuid } = parsed.data;
  if (!uuid) return { kind: 'malformed', reason: 'Bad data: missing uuid' };
  const facts = { accountId: envelope.accountId, at: envelope.at };
  const presence = presenceEvents[envelope.name];
  if (presence)
    return { uuid, event: { ...facts, kind: 'presence', presence, items: [affectedOf(uuid, parsed.data)] } };
  if (envelope.name === 'recording.renamed') {
    if (!parsed.data.topic) return { kind: 'ignored', reason: 'a new name that is empty' };
    return { uuid, event: { ...facts, kind: 'renamed', uuid, topic: parsed.data.topic } };
  }
  if (envelope.name.endsWith('.ended')) return { uuid, event: { ...facts, kind: 'ended', uuid } };
  return recordingNews(envelope, parsed.data, uuid);
}

function recordingNews({ name, accountId, at }: Envelope, given: ZoomRecording, uuid: string): News | WebhookReading {
  const { recording, problems } = recordingOf(given, { accountId, startTime: secondsIso(at) });
  const facts = { accountId, at };
  const state = stateEvents[name];
  if (state) {
    if (!recording || problems.length > 0) return { kind: 'ignored', reason: `missing: ${problems.join(', ')}` };
    return { uuid, event: { ...facts, kind: 'state', state, recording: { ...recording, files: [] } } };
  }
  if (name === 'recording.transcript_completed') {
    if (!recording) return { kind: 'malformed', reason: `bad data: missing ${problems.join(', ')}` };
    const hasStart = !problems.includes('start_time');
    return { uuid, event: { ...facts, kind: 'transcript_completed', recording, hasStart } };
  }
  const wrong = [...problems, ...completedProblems(given)];
  if (!recording) return { kind: 'malformed', reason: `bad data: missing ${wrong.join(', ')}` };
  if (wrong.length === 0) return { uuid, event: { ...facts, kind: 'completed', recording } };
  return { uuid, event: { ...facts, kind: 'unusable', recording, reason: `Bad webhook data: ${wrong.join(', ')}` } };
}

function completedProblems(given: ZoomRecording): string[] {
  return [
    ...(given.host_id ? [] : ['host_id']),
    ...(typeof given.duration === 'number' ? [] : ['duration']),
    ...(given.recording_files ? fileProblems(given.recording_files) : ['recording_files']),
  ];
}

/** Without files it happened to all of them; a recording whose media is untouched is still there. */
function affectedOf(uuid: string, { recording_files: files }: ZoomRecording): AffectedRecording {
  const fileIds = (files ?? []).flatMap(({ id }) => (id ? [id] : []));
  return fileIds.length > 0 ? { uuid, fileIds } : { uuid };
}

const batchSchema = z.object({
  meeting_uuids: z.array(z.string().min(1)).nullish(),
  meetings: z
    .array(z.object({ meeting_uuid: z.string().nullish(), recording_file_ids: z.array(z.string()).nullish() }))
    .nullish(),
});

function batchNews({ accountId, at, object }: Envelope, presence: RecordingPresence): News | WebhookReading {
  const parsed = batchSchema.safeParse(object ?? {});
  if (!parsed.success) return { kind: 'malformed', reason: `bad data: ${fieldsOf(parsed.error)}` };
  const { meeting_uuids: uuids, meetings } = parsed.data;
  const items: AffectedRecording[] = [
    ...(uuids ?? []).map((uuid) => ({ uuid })),
    ...(meetings ?? []).flatMap(({ meeting_uuid: uuid, recording_file_ids: fileIds }) =>
      uuid ? [fileIds?.length ? { uuid, fileIds } : { uuid }] : [],
    ),
  ];
  if (items.length === 0) return { kind: 'ignored', reason: 'names no recording' };
  return { event: { kind: 'presence', accountId, at, presence, items } };
}

/**
 * Zoom delivers at least once, also at the same time from two machines, with other tokens and addresses in the body: not the body names the event,
 * but what happened to what and when. One that does not say when is named by what is left of its body without secrets.
 */
function keyOf(
  { name, accountId }: Envelope,
  { uuid }: News,
  source: { told: number | undefined; json: unknown },
): string {
  if (uuid !== undefined && source.told !== undefined) return JSON.stringify([name, accountId, uuid, source.told]);
  return `${name}:${createHash('sha256')
    .update(JSON.stringify(redactEvent(source.json)))
    .digest('hex')}`;
}

function fieldsOf(error: z.ZodError): string {
  return error.issues.map((issue) => issue.path.join('.')).join(', ');
}

/** Has it something to watch or to hear? */
export function hasMedia(files: readonly { readonly fileType: string }[]): boolean {
  return files.some(({ fileType }) => isMedia(fileType));
}
