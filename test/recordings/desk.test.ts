import { describe, expect, it } from 'vitest';
import { startReelway, recordingsStage } from '../support/recordings-stage.js';
import { lesson, mediaPackage, series, trackingId, uuid } from '../support/recordings-lesson.js';
import { completed, signed, videoFile } from '../support/zoom-events.js';
import type {
  OrderedIngestView,
  RecordingDetail,
  RecordingPage,
  Schedule,
  ScheduleReportView,
  ZoomEventPage,
} from '../../src/api/contract.js';

const secret = 'webhook-secret';
const token = 'a-secret-of-the-tests';
const settings = {
  ...{ WEBHOOK_VALIDATION_SECRET_TOKEN: secret, REELWAY_API_TOKENS: `tests:${token}` },
  ...{ LOCAL_TIME_ZONE: 'America/New_York' },
};
const files = [videoFile({ id: 'shared_screen', recording_type: 'shared_screen' })];
const announced = completed({ uuid, id: 123_456_789, topic: 'Algebra', startTime: lesson.startTime, files });
const at = `/api/recordings/${encodeURIComponent(uuid)}`;

/** The API as the dashboard uses it. */
function desk(url: string) {
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const response = await fetch(`${url}${path}`, {
      ...{ method, headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as unknown };
  };
  return {
    ask,
    get: async <T>(path: string): Promise<T> => (await ask('GET', path)).json as T,
    post: async <T>(path: string, body: unknown = {}): Promise<T> => (await ask('POST', path, body)).json as T,
    announce: (body = announced) =>
      fetch(`${url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) }),
  };
}

describe('the desk of the recordings line', () => {
  it('shows what matched nothing with classes to choose from, and takes it up when the schedule has its class', async () => {
    const stage = await recordingsStage(settings);
    const { get, post, ask, announce } = desk((await startReelway(stage)).url);
    await announce();
    await expect
      .poll(async () => (await get<RecordingPage>('/api/recordings?awaitsSchedule=true')).recordings.length)
      .toBe(1);

    // Friday at nine in New York; its class is said to be on Thursdays.
    const csv = (day: string) =>
      `course code,type,day,start,meeting id with password,oc series\nMATH,Lecture,${day},09:00,https://zoom.us/j/123456789,https://oc/#/${series}\n`;
    const file = { name: 'fall.csv', format: 'csv', text: csv('R') };
    const dry = await post<ScheduleReportView>('/api/schedule/import', { ...file, dryRun: true });
    expect([dry.added.length, (await get<Schedule>('/api/schedule')).classes]).toEqual([1, []]);
    expect(await post('/api/schedule/import', file)).toMatchObject({ rematched: 0 });
    const detail = await get<RecordingDetail>(at);
    expect(detail.match).toEqual({ seriesId: null, title: null, reason: 'No opencast series match' });
    expect(detail.suggestions).toMatchObject([
      { class: { seriesId: series }, because: 'meeting', minutesLate: 24 * 60 },
    ]);
    expect(detail.timeline.map(({ what }) => what)).toEqual(['recording.completed', 'WEBHOOK_RECEIVED', 'IGNORED']);
    expect(JSON.stringify(detail)).not.toMatch(/download_token|hunter2|webhook_download.*token/);

    expect(await post(`${at}/rematch`)).toMatchObject({ job: null, reason: 'No opencast series match' });
    const report = await post<ScheduleReportView>('/api/schedule/import', { ...file, text: csv('F') });
    expect(report).toMatchObject({ added: [{ day: 'F' }], removed: [{ day: 'R' }], rematched: 1 });
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await get<Schedule>('/api/schedule')).toMatchObject({
      ...{ timeZone: 'America/New_York', bufferMinutes: 30, classes: [{ source: 'file:fall.csv', day: 'F' }] },
    });
    const done = await get<RecordingDetail>(at);
    expect(done).toMatchObject({
      ...{ awaitsSchedule: false, match: { seriesId: series }, suggestions: [] },
      opencast: [{ eventId: mediaPackage, trackingId, state: 'SUCCEEDED' }],
      ingests: [{ status: 'OPENCAST_SUCCEEDED', seriesId: series, job: `recording:${uuid}` }],
    });
    expect(await post(`${at}/rematch`)).toMatchObject({ job: null, reason: 'It is under way or done.' });
    expect((await ask('GET', '/api/recordings/none')).status).toBe(404);
  });

  it('finds recordings by their words, their days and their statuses, page by page', async () => {
    const stage = await recordingsStage(settings);
    const { get, announce, ask } = desk((await startReelway(stage)).url);
    for (const n of [1, 2, 3]) {
      const startTime = `2026-11-2${n}T14:00:00Z`;
      await announce(completed({ uuid: `/${n}+==`, id: 911_111_110 + n, topic: `Course ${n}`, startTime, files }));
    }
    const ids = async (query: string) =>
      (await get<RecordingPage>(`/api/recordings?${query}`)).recordings.map(({ uuid: id }) => id);
    await expect.poll(() => ids('status=IGNORED')).toEqual(['/3+==', '/2+==', '/1+==']);
    const first = await get<RecordingPage>('/api/recordings?limit=2');
    expect(first.recordings.map(({ topic }) => topic)).toEqual(['Course 3', 'Course 2']);
    expect(await ids(`limit=2&cursor=${first.next}`)).toEqual(['/1+==']);
    expect(await ids('search=COURSE%202')).toEqual(['/2+==']);
    expect(await ids('search=911111113')).toEqual(['/3+==']);
    expect(await ids('from=2026-11-22&to=2026-11-22')).toEqual(['/2+==']);
    const at = (hours: string) => encodeURIComponent(`2026-11-22T${hours}:00-05:00`);
    expect(await ids(`from=${at('09:00')}&to=${at('09:01')}`)).toEqual(['/2+==']);
    expect(await ids(`from=${at('08:00')}&to=${at('09:00')}`)).toEqual([]);
    expect(await ids('meetingId=911111111&status=WEBHOOK_FAILED')).toEqual([]);
    expect(await get<RecordingDetail>(`/api/recordings/${encodeURIComponent('/2+==')}`)).toMatchObject({
      uuid: '/2+==',
    });
    expect((await ask('GET', '/api/recordings?cursor=x')).status).toBe(400);
  });

  it('ingests what failed into another series, and handles a stored event once more', async () => {
    const stage = await recordingsStage({ ...settings, DEFAULT_SERIES_ID: 'unknown' });
    const server = await startReelway(stage);
    const { get, post, ask, announce } = desk(server.url);
    await announce();
    await expect
      .poll(async () => (await get<RecordingPage>('/api/recordings')).recordings[0]?.ingests[0]?.status, {
        timeout: 30_000,
      })
      .toBe('UPLOADER_FAILED');
    // Its last step was to say so.
    await expect(server.services.engine.result(`recording:${uuid}`)).rejects.toMatchObject({
      code: expect.any(String),
    });
    const link = `https://zoom.us/recording/detail?meeting_id=${uuid}`;
    const ordered = await post<OrderedIngestView>('/api/recordings/ingest', { uuid: link, seriesId: series });
    expect(ordered).toMatchObject({ job: `recording:${uuid}`, reason: null });
    expect(await server.services.engine.result(ordered.job!, AbortSignal.timeout(60_000))).toMatchObject({
      outcome: 'ingested',
    });
    expect(stage.opencast.workflows.map(({ terms }) => terms.isPartOf)).toEqual([series]);

    expect(await get<RecordingDetail>(at)).toMatchObject({
      match: { seriesId: 'unknown' },
      taken: [
        { seriesId: 'unknown', because: 'default' },
        { seriesId: series, because: 'asked', courseCode: null },
      ],
    });

    const { events } = await get<ZoomEventPage>(`/api/zoom-events?uuid=${encodeURIComponent(uuid)}`);
    expect(events).toMatchObject([{ event: 'recording.completed', outcome: `job recording:${uuid}` }]);
    expect(await post('/api/zoom-events/replay', { key: events[0]!.key })).toEqual({ replayed: 1 });
    // What the ingest of the announcement had failed at, Opencast has by now.
    await expect
      .poll(async () =>
        (await get<ZoomEventPage>('/api/zoom-events?waiting=false')).events.map(({ outcome }) => outcome),
      )
      .toEqual([expect.stringContaining(`job recording:${uuid}`)]);
    await server.services.engine.result(`recording:${uuid}`, AbortSignal.timeout(60_000)).catch(() => undefined);
    expect(stage.opencast.workflows).toHaveLength(1);
    expect((await ask('POST', '/api/zoom-events/replay', { key: 'none' })).status).toBe(404);
    expect((await ask('POST', '/api/zoom-events/replay', {})).status).toBe(400);
    expect((await ask('POST', '/api/recordings/ingest', { uuid: 'none==' })).status).toBe(404);
  });
});
