import { describe, expect, it } from 'vitest';
import { accountId, completed, recordingObject, videoFile, webhookBody } from '../../../test/support/zoom-events.js';
import { recordingSchema } from '../../domain/recording.js';
import { redactEvent } from './redact-event.js';
import { readWebhook, type WebhookReading } from './webhook-event.js';

const read = (body: string): WebhookReading => readWebhook(JSON.parse(body));

function eventOf(body: string) {
  const reading = read(body);
  if (reading.kind !== 'event') throw new Error(`no event but ${JSON.stringify(reading)}`);
  return reading;
}

describe('a webhook', () => {
  it('of a completed recording says everything about it but its secrets', () => {
    const files = [
      videoFile({ id: 'video' }),
      { file_type: 'TIMELINE', file_extension: 'JSON', download_url: 'https://us06web.zoom.us/rec/t' },
      { file_type: 'CC', recording_start: '2026-11-23T14:02:00Z', id: null, status: null, recording_type: null },
    ];
    const { event, uuid, name } = eventOf(completed({ uuid: '/ab//c==', files }, { event_ts: 1_763_900_000_123 }));
    expect({ uuid, name }).toEqual({ uuid: '/ab//c==', name: 'recording.completed' });
    expect(event).toMatchObject({ kind: 'completed', accountId, at: 1_763_900_000_123 });
    const { recording } = event as Extract<typeof event, { kind: 'completed' }>;
    expect(recordingSchema.parse(recording)).toEqual(recording);
    expect(recording).toEqual({
      ...{ accountId, uuid: '/ab//c==', meetingId: '93812345678', topic: 'Algebra', hostId: 'HoStIdHoStId' },
      ...{ hostEmail: 'teacher@example.edu', startTime: '2026-11-23T14:00:00Z', durationMinutes: 52 },
      ...{ timezone: 'America/New_York', totalSize: 123_456, shareUrl: 'https://us06web.zoom.us/rec/share//ab//c==' },
      files: [
        {
          ...{ id: 'video', fileType: 'MP4', fileExtension: 'MP4', recordingType: 'shared_screen_with_speaker_view' },
          ...{ recordingStart: '2026-11-23T14:02:00Z', recordingEnd: '2026-11-23T14:52:00Z', fileSize: 123_456 },
          ...{ status: 'completed', downloadUrl: expect.stringContaining('/rec/webhook_download/') as string },
        },
        { fileType: 'TIMELINE', fileExtension: 'JSON', downloadUrl: 'https://us06web.zoom.us/rec/t' },
        { fileType: 'CC', recordingStart: '2026-11-23T14:02:00Z' },
      ],
    });
    expect(JSON.stringify(event)).not.toContain('hunter2');
  });

  it.each([
    ['nothing', null, 'no event type'],
    ['a list', [], 'no event type'],
    ['no event', { payload: {} }, 'no event type'],
    ['an empty event', { event: '', payload: {} }, 'no event type'],
    ['an event that is no text', { event: 7, payload: {} }, 'no event type'],
    ['no payload', { event: 'recording.completed' }, 'missing payload'],
    ['a payload that is text', { event: 'recording.completed', payload: 'x' }, 'missing payload'],
    ['no object', { event: 'recording.completed', payload: {} }, 'missing uuid'],
    ['no uuid', { event: 'recording.started', payload: { object: { id: 1 } } }, 'missing uuid'],
    ['an object that is none', { event: 'recording.started', payload: { object: 'x' } }, 'bad data'],
    ['a time that is none', { event: 'recording.started', event_ts: 'x', payload: {} }, 'event_ts'],
    [
      'files that are none',
      { event: 'recording.completed', payload: { object: { uuid: 'a', recording_files: 7 } } },
      'recording_files',
    ],
    ['no plain token', { event: 'endpoint.url_validation', payload: {} }, 'plainToken'],
    [
      'a text to be signed for a plain token',
      { event: 'endpoint.url_validation', payload: { plainToken: 'v0:1:{}' } },
      'plainToken',
    ],
  ])('with %s is malformed', (_, json, reason) => {
    expect(readWebhook(json)).toEqual({ kind: 'malformed', reason: expect.stringContaining(reason) as string });
  });

  it.each(['on.demand.ingest', 'meeting.started', 'recording.registration_created', 'toString', '__proto__'])(
    '%s is of no interest',
    (event) => {
      expect(read(webhookBody(event, recordingObject())).kind).toBe('ignored');
    },
  );

  it.each([
    ['id', { id: undefined }, 'malformed'],
    ['id', { id: '12-34' }, 'malformed'],
    ['topic', { topic: null }, 'unusable'],
    ['start_time', { start_time: '' }, 'unusable'],
    ['host_id', { host_id: '' }, 'unusable'],
    ['duration', { duration: null }, 'unusable'],
    ['recording_files', { recording_files: undefined }, 'unusable'],
    ['recording_files.0.id', { recording_files: [videoFile({ id: '' })] }, 'unusable'],
    ['recording_files.0.recording_type', { recording_files: [videoFile({ recording_type: undefined })] }, 'unusable'],
    ['recording_files.0.download_url', { recording_files: [videoFile({ download_url: null })] }, 'unusable'],
    ['recording_files.0.status (processing)', { recording_files: [videoFile({ status: 'processing' })] }, 'unusable'],
    ['recording_files.1.file_type', { recording_files: [videoFile(), { id: 'x' }] }, 'unusable'],
  ])('of a completed recording without a usable %s says so', (field, change, kind) => {
    const reading = read(webhookBody('recording.completed', { ...recordingObject(), ...change }));
    if (kind === 'malformed') expect(reading).toMatchObject({ kind, reason: expect.stringContaining(field) as string });
    else
      expect(reading).toMatchObject({
        event: { kind: 'unusable', reason: expect.stringContaining(`Bad webhook data: ${field}`) as string },
      });
  });

  it('takes a status in any case, and sound without pictures', () => {
    const files = [videoFile({ file_type: 'M4A', status: 'COMPLETED' })];
    expect(eventOf(completed({ files })).event.kind).toBe('completed');
  });

  it.each([
    ['recording.started', 'started'],
    ['recording.paused', 'paused'],
    ['recording.resumed', 'resumed'],
    ['recording.stopped', 'stopped'],
  ])('%s says so, and when', (name, state) => {
    const object = { ...recordingObject({ uuid: 'u' }), recording_files: undefined, duration: 0 };
    expect(eventOf(webhookBody(name, object, { event_ts: 5000 })).event).toMatchObject({
      ...{ kind: 'state', state, at: 5000 },
      recording: { uuid: 'u', files: [] },
    });
    expect(read(webhookBody(name, { ...object, topic: null }))).toMatchObject({ kind: 'ignored' });
  });

  it.each(['meeting.ended', 'webinar.ended'])('%s tells which, its number being text', (name) => {
    const object = { ...recordingObject({ uuid: 'u' }), id: '93812345678' };
    expect(eventOf(webhookBody(name, object)).event).toMatchObject({ kind: 'ended', uuid: 'u' });
  });

  it('of a transcript brings its file', () => {
    const files = [{ id: 't', file_type: 'TRANSCRIPT', file_extension: 'VTT', status: 'completed' }];
    expect(eventOf(webhookBody('recording.transcript_completed', recordingObject({ files }))).event).toMatchObject({
      kind: 'transcript_completed',
      recording: { files: [{ id: 't', fileType: 'TRANSCRIPT' }] },
    });
  });

  it.each([
    ['recording.trashed', 'trashed'],
    ['recording.deleted', 'deleted'],
    ['recording.recovered', 'available'],
  ])('%s says to which files it happened', (name, presence) => {
    const object = recordingObject({ uuid: 'u', files: [videoFile({ id: 'one' })] });
    expect(eventOf(webhookBody(name, object)).event).toMatchObject({
      ...{ kind: 'presence', presence },
      items: [{ uuid: 'u', fileIds: ['one'] }],
    });
    expect(eventOf(webhookBody(name, { ...object, recording_files: undefined })).event).toMatchObject({
      items: [{ uuid: 'u' }],
    });
  });

  it('of a batch names every recording', () => {
    expect(eventOf(webhookBody('recording.batch_trashed', { meeting_uuids: ['a', 'b'] })).event).toMatchObject({
      ...{ kind: 'presence', presence: 'trashed' },
      items: [{ uuid: 'a' }, { uuid: 'b' }],
    });
    const meetings = [{ meeting_uuid: 'a', recording_file_ids: ['1'] }, { meeting_uuid: 'b' }, {}];
    expect(eventOf(webhookBody('recording.batch_deleted', { meetings })).event).toMatchObject({
      ...{ kind: 'presence', presence: 'deleted' },
      items: [{ uuid: 'a', fileIds: ['1'] }, { uuid: 'b' }],
    });
    expect(read(webhookBody('recording.batch_recovered', {})).kind).toBe('ignored');
  });

  it('of a new name says it', () => {
    expect(eventOf(webhookBody('recording.renamed', { uuid: 'u', id: 1, topic: 'New' })).event).toMatchObject({
      ...{ kind: 'renamed', uuid: 'u', topic: 'New' },
    });
  });
});

describe('the name of an event', () => {
  const at = { event_ts: 1_763_900_000_123 };
  it('is the same for a second delivery with other addresses and tokens', () => {
    const first = completed({ uuid: 'u', files: [videoFile({ id: 'v' })] }, at);
    const second = completed(
      { uuid: 'u', files: [videoFile({ id: 'v', download_url: 'https://x.zoom.us/other' })] },
      { ...at, download_token: 'other' },
    );
    expect(eventOf(first).key).toBe(eventOf(second).key);
  });

  it('is another one for another time, recording, event or account', () => {
    const keys = [
      eventOf(completed({ uuid: 'u' }, at)).key,
      eventOf(completed({ uuid: 'u' }, { event_ts: at.event_ts + 1 })).key,
      eventOf(completed({ uuid: 'v' }, at)).key,
      eventOf(webhookBody('recording.stopped', recordingObject({ uuid: 'u' }), at)).key,
      eventOf(
        webhookBody('recording.stopped', recordingObject({ uuid: 'u' }), {
          payload: { account_id: 'x', object: recordingObject({ uuid: 'u' }) },
          ...at,
        }),
      ).key,
      eventOf(webhookBody('recording.batch_trashed', { meeting_uuids: ['u'] }, at)).key,
      eventOf(webhookBody('recording.batch_trashed', { meeting_uuids: ['v'] }, at)).key,
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('what is kept of an event', () => {
  it('has no token, no passcode, and none in its addresses', () => {
    const kept = JSON.stringify(redactEvent(JSON.parse(completed())));
    expect(kept).not.toContain('hunter2');
    expect(kept).toContain('/rec/webhook_download/');
  });

  it('is cut where it is nested without end', () => {
    let deep: object = { password: 'x' };
    for (let level = 0; level < 1000; level++) deep = { deep };
    expect(JSON.stringify(redactEvent(deep)).length).toBeLessThan(1000);
  });
});
