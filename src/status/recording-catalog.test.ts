import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedDatabase, serverDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import type { Recording } from '../domain/recording.js';
import { automaticTrackingId } from '../domain/work-request.js';
import type { ChangedStatus } from './changed-status.js';
import type { MetricName } from './metric-table.js';
import { recordingCatalog, type RecordingCatalog } from './recording-catalog.js';
import { scheduleTable } from './schedule-table.js';
import { readTally } from './tally.js';

describe('the catalog of recordings on the embedded database', () => catalogContract(embeddedDatabase));
describe.runIf(requires('postgres'))('the catalog of recordings on a PostgreSQL server', () =>
  catalogContract(serverDatabase),
);

function catalogContract(open: () => Promise<OpenedDatabase>): void {
  let opened: OpenedDatabase;
  let catalog: RecordingCatalog;
  beforeAll(async () => {
    opened = await open();
    catalog = recordingCatalog(opened.database.tables);
  });
  afterAll(() => opened.remove());

  let count = 0;
  /** A recording like no other. */
  function newRecording(change: Partial<Recording> = {}): Recording {
    const uuid = `uuid/${++count}==`;
    return {
      ...{ accountId: 'account', uuid, meetingId: String(90_000_000_000 + count), topic: 'Algebra', hostId: 'host' },
      ...{ startTime: '2026-11-22T14:00:00Z', durationMinutes: 50, files: [] },
      ...change,
    };
  }

  async function openedIngest(change: Partial<Recording> = {}) {
    const recording = newRecording(change);
    const trackingId = automaticTrackingId(recording.uuid);
    await catalog.save(recording);
    await catalog.openIngest({ trackingId, uuid: recording.uuid, origin: 'webhook' }, 'WEBHOOK_RECEIVED');
    return { recording, trackingId };
  }

  it('keeps every file of descriptions that arrive at the same time', async () => {
    const recording = newRecording();
    const file = (id: number) => ({ id: `file ${id}`, fileType: 'MP4' });
    const descriptions = Array.from({ length: 8 }, (_, id) => ({ ...recording, files: [file(id)] }));
    await Promise.all(descriptions.map((description) => catalog.save(description)));
    const found = await catalog.find(recording.uuid);
    expect(found?.recording.files.map(({ id }) => id).sort()).toEqual(descriptions.map((_, id) => `file ${id}`));
    expect(found).toMatchObject({ presence: 'available', awaitsSchedule: false, ingests: [] });
  });

  it('keeps what it has when only a new recording is to be kept', async () => {
    const recording = newRecording();
    await catalog.save(recording);
    await catalog.saveNew({ ...recording, topic: 'something else' });
    expect((await catalog.find(recording.uuid))?.recording.topic).toBe('Algebra');
    expect(await catalog.find('nobody')).toBeUndefined();
  });

  it('keeps a state event once, and gives them in order of time', async () => {
    const { uuid } = newRecording();
    await catalog.addEvent(uuid, { kind: 'stopped', at: 200 });
    await catalog.addEvent(uuid, { kind: 'started', at: 100 });
    await catalog.addEvent(uuid, { kind: 'started', at: 100 });
    expect(await catalog.recordingEvents(uuid)).toEqual([
      { kind: 'started', at: 100 },
      { kind: 'stopped', at: 200 },
    ]);
  });

  it('keeps every status with its reason, and not the same one twice', async () => {
    const { trackingId } = await openedIngest();
    expect(await catalog.setStatus(trackingId, 'SENT_TO_DOWNLOADER', { jobId: 'recording:x' })).toBe(true);
    expect(await catalog.setStatus(trackingId, 'OC_SERIES_FOUND', { seriesId: '20261' })).toBe(true);
    expect(await catalog.setStatus(trackingId, 'OC_SERIES_FOUND', { seriesId: '20261' })).toBe(true);
    expect(await catalog.setStatus(trackingId, 'DOWNLOADER_FAILED', { reason: 'Zoom does not answer' })).toBe(true);
    expect(await catalog.setStatus(trackingId, 'OC_SERIES_FOUND')).toBe(true);
    expect(await catalog.findIngest(trackingId)).toMatchObject({
      ...{ status: 'OC_SERIES_FOUND', seriesId: '20261', jobId: 'recording:x', origin: 'webhook' },
      requestedAt: expect.any(Date) as Date,
    });
    expect((await catalog.findIngest(trackingId))?.reason).toBeUndefined();
    const history = await catalog.history(trackingId);
    expect(history.map(({ status }) => status)).toEqual([
      ...['WEBHOOK_RECEIVED', 'SENT_TO_DOWNLOADER', 'OC_SERIES_FOUND', 'DOWNLOADER_FAILED', 'OC_SERIES_FOUND'],
    ]);
    expect(history[3]?.reason).toBe('Zoom does not answer');
  });

  it('does not take a finished recording back, also when it is announced again', async () => {
    const { recording, trackingId } = await openedIngest();
    await catalog.setStatus(trackingId, 'SENT_TO_OPENCAST');
    const again = { trackingId, uuid: recording.uuid, origin: 'webhook' } as const;
    expect(await catalog.openIngest(again, 'WEBHOOK_RECEIVED')).toBe(false);
    expect(await catalog.setStatus(trackingId, 'RECORDING_STOPPED')).toBe(false);
    expect(await catalog.setStatus(trackingId, 'IGNORED', { reason: 'Already in opencast' })).toBe(false);
    expect((await catalog.findIngest(trackingId))?.status).toBe('SENT_TO_OPENCAST');
  });

  it('lets one of many that set statuses at the same time through after the other', async () => {
    const { trackingId } = await openedIngest();
    const statuses = ['SENT_TO_DOWNLOADER', 'OC_SERIES_FOUND', 'SENT_TO_UPLOADER', 'UPLOADER_RECEIVED'] as const;
    await Promise.all(statuses.map((status) => catalog.setStatus(trackingId, status)));
    expect((await catalog.findIngest(trackingId))?.status).toBe('UPLOADER_RECEIVED');
    const history = (await catalog.history(trackingId)).map(({ status }) => status);
    expect(history.at(-1)).toBe('UPLOADER_RECEIVED');
  });

  it('knows no status of an ingest that nobody opened', async () => {
    expect(await catalog.setStatus('auto-ingest-nobody', 'SENT_TO_OPENCAST')).toBe(false);
    expect(await catalog.findIngest('auto-ingest-nobody')).toBeUndefined();
    expect(await catalog.history('auto-ingest-nobody')).toEqual([]);
  });

  it('shows the recordings of a meeting with all of their ingests, oldest first', async () => {
    const { recording: second } = await openedIngest({ meetingId: '123456789', startTime: '2026-11-24T14:00:00Z' });
    const { recording: first } = await openedIngest({ meetingId: '123456789' });
    const one = { trackingId: 'on-demand-1', uuid: first.uuid, origin: 'on_demand' } as const;
    await catalog.openIngest(one, 'ON_DEMAND_RECEIVED', { seriesId: '7' });
    const shown = await catalog.ofMeeting('123456789');
    expect(shown.map(({ recording }) => recording.uuid)).toEqual([first.uuid, second.uuid]);
    expect(shown[0]?.ingests.map(({ trackingId }) => trackingId)).toEqual([
      automaticTrackingId(first.uuid),
      'on-demand-1',
    ]);
    expect(await catalog.ofMeeting('0')).toEqual([]);
    const views = [
      { assetId: 'a', view: 'x', startsAt: undefined, playbackUrls: ['u/1', 'u/2'], chaptersUrl: undefined },
    ];
    await opened.database.tables
      .insertInto('recording_stream')
      .values({
        uuid: first.uuid,
        request: '{}',
        state: 'SUCCEEDED',
        listed: null,
        views: JSON.stringify(views),
        updated_at: 0,
      })
      .execute();
    const [older, newer, ...others] = await catalog.progressOfMeeting('123456789');
    expect(older).toMatchObject({
      uuid: first.uuid,
      topic: '',
      playbackUrls: ['u/1', 'u/2'],
      ingests: shown[0]!.ingests,
    });
    expect(newer).toEqual({
      ...{ uuid: second.uuid, meetingId: '123456789', startTime: '2026-11-24T14:00:00Z', topic: second.topic },
      ...{ ingests: shown[1]!.ingests, playbackUrls: [] },
    });
    expect(others).toEqual([]);
    // What a restarted meeting may go on from: not itself, nothing of another meeting, nothing that is long past.
    const before = async (startTime: string) =>
      (await catalog.justBefore({ meetingId: '123456789', startTime })).map(({ uuid }) => uuid);
    expect(await before('2026-11-24T14:00:00Z')).toEqual([first.uuid]);
    expect(await before('2026-11-24T14:00:01Z')).toEqual([second.uuid]);
    expect(await before('2026-12-24T14:00:00Z')).toEqual([]);
  });

  it('shows the ingests that changed since a moment, and not the others', async () => {
    const { trackingId: old } = await openedIngest();
    await expect.poll(() => Date.now()).toBeGreaterThan((await catalog.findIngest(old))!.updatedAt.getTime());
    const since = Date.now();
    const { trackingId } = await openedIngest();
    const changed = (await catalog.progressSince(since)).flatMap(({ ingests }) => ingests);
    expect(changed.map((ingest) => ingest.trackingId)).toEqual([trackingId]);
    expect(await catalog.progressSince(Date.now() + 10_000)).toEqual([]);
  });

  it('finds what awaits a schedule that has its meeting by now, as long as Zoom has it', async () => {
    const awaiting = async (since: number, meetingId?: string) => {
      const found: string[] = [];
      for await (const { uuid } of catalog.awaitingSchedule(since, meetingId)) found.push(uuid);
      return found;
    };
    const meetingId = '12345';
    const [waiting, matched, trashed] = [1, 2, 3].map(() => newRecording({ meetingId })) as [
      Recording,
      Recording,
      Recording,
    ];
    for (const recording of [waiting, matched, trashed]) {
      await catalog.save(recording);
      await catalog.setAwaitsSchedule(recording.uuid, true);
    }
    await catalog.setAwaitsSchedule(matched.uuid, false);
    expect(await catalog.setPresence(trashed.uuid, 'trashed', 20)).toBe(true);
    const start = Date.parse(waiting.startTime);
    expect(await awaiting(start)).toEqual([]);
    await scheduleTable(opened.database.tables).replace('a test', [
      { meetingId, seriesId: '1', courseCode: 'C', day: 'M', time: '10:00', title: 'Lecture' },
    ]);
    expect(await awaiting(start)).toEqual([waiting.uuid]);
    expect(await awaiting(start, meetingId)).toEqual([waiting.uuid]);
    expect(await awaiting(start, '999')).toEqual([]);
    expect(await awaiting(start + 1)).toEqual([]);
    expect(await catalog.setPresence(trashed.uuid, 'available', 10)).toBe(false);
    expect(await awaiting(start)).toHaveLength(1);
    expect(await catalog.setPresence(trashed.uuid, 'available', 30)).toBe(true);
    expect(await catalog.setPresence('nobody', 'trashed', 1)).toBe(false);
    expect(await awaiting(start)).toHaveLength(2);
  });

  it('renames a recording that it knows, and keeps the latest name', async () => {
    const { recording } = await openedIngest();
    await catalog.setTopic(recording.uuid, 'Algebra II', 20);
    await catalog.setTopic(recording.uuid, 'Algebra I', 10);
    await catalog.setTopic('nobody', 'Algebra II', 20);
    await catalog.save(recording);
    expect((await catalog.find(recording.uuid))?.recording).toEqual({ ...recording, topic: 'Algebra II' });
  });

  it('tells of a status when it changes, once it is stored: not of the same again, nor of one that may not follow', async () => {
    const told: ChangedStatus[] = [];
    const { tables } = opened.database;
    const telling = recordingCatalog(tables, (changed) => told.push(changed));
    const recording = newRecording({ durationMinutes: 50 });
    const { uuid } = recording;
    await telling.save(recording);
    const ingest = { trackingId: automaticTrackingId(uuid), uuid, origin: 'webhook' } as const;
    const requestedAt = new Date('2026-11-23T15:00:00Z');
    for (let time = 0; time < 2; time++) await telling.openIngest(ingest, 'WEBHOOK_RECEIVED', { requestedAt });
    for (const reason of ['a', 'a', 'b']) await telling.setStatus(ingest.trackingId, 'IGNORED', { reason });
    await telling.setStatus(ingest.trackingId, 'SENT_TO_OPENCAST');
    expect(await telling.setStatus(ingest.trackingId, 'SENT_TO_DOWNLOADER')).toBe(false);
    expect(await telling.setStatus('nobody', 'IGNORED')).toBe(false);
    expect(told).toMatchObject([
      { uuid, status: 'WEBHOOK_RECEIVED', durationMinutes: 50, requestedAt: requestedAt.getTime() },
      { uuid, status: 'IGNORED', reason: 'a', requestedAt: requestedAt.getTime() },
      { uuid, status: 'SENT_TO_OPENCAST', reason: undefined },
    ]);
    expect((await telling.findIngest(ingest.trackingId))?.requestedAt).toEqual(requestedAt);
  });

  it('counts how recordings end and how long they took, each end once, also those that end at the same time', async () => {
    const { tables } = opened.database;
    await tables.deleteFrom('tally').execute();
    const half = await openedIngest({ durationMinutes: 30 });
    const hour = await openedIngest({ durationMinutes: 60 });
    const days = await openedIngest({ durationMinutes: 3000 });
    const asked = Date.now() - 10 * 60_000;
    await tables
      .updateTable('ingest')
      .set({ requested_at: asked })
      .where('tracking_id', '=', hour.trackingId)
      .execute();
    await Promise.all(
      [half, hour, days].map(({ trackingId }) => catalog.setStatus(trackingId, 'SENT_TO_OPENCAST', { reason: 'r' })),
    );
    await catalog.setStatus(half.trackingId, 'SENT_TO_OPENCAST', { reason: 'r' }); // once more, after a kill
    await catalog.setStatus(half.trackingId, 'SENT_TO_OPENCAST', { reason: 'another' });
    await catalog.setStatus(half.trackingId, 'OPENCAST_FAILED');
    await catalog.setStatus(half.trackingId, 'OPENCAST_SUCCEEDED');
    await catalog.setStatus(half.trackingId, 'OPENCAST_SUCCEEDED', { reason: 'Added by Zoom too late: a.mp4' });
    const short = await openedIngest();
    await catalog.setStatus(short.trackingId, 'IGNORED', { reason: 'Recording <2 minutes', outcome: 'too_short' });
    const broken = newRecording();
    await catalog.save(broken);
    const id = automaticTrackingId(broken.uuid);
    await catalog.openIngest({ trackingId: id, uuid: broken.uuid, origin: 'webhook' }, 'WEBHOOK_FAILED');

    const tally = await readTally(tables);
    const of = (name: MetricName) => Object.fromEntries([...(tally.get(name) ?? [])]);
    expect(of('reelway_recordings_total')).toEqual({ failed: 2, published: 1, too_short: 1 });
    expect(of('reelway_opencast_workflows_total')).toEqual({ '': 3 });
    expect(of('reelway_recording_duration_seconds')).toEqual({ '1800': 1, '3600': 1, '+Inf': 1, sum: 185_400 });
    expect(of('reelway_recording_pipeline_seconds')).toMatchObject({ '60': 2, '900': 1 });
  });
}
