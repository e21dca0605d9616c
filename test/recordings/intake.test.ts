import { describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/cli/serve.js';
import { recordingCatalog } from '../../src/status/recording-catalog.js';
import { lesson, mediaPackage, series, trackingId, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { completed, signed, videoFile } from '../support/zoom-events.js';

const secret = 'webhook-secret';
const settings = { WEBHOOK_VALIDATION_SECRET_TOKEN: secret, DEFAULT_SERIES_ID: series, ZOOM_SWEEP_MINUTES: '0' };
const made = { uuid, id: 123_456_789, startTime: '2026-11-20T14:00:00Z', duration: 50 };
const files = [videoFile({ id: 'shared_screen', recording_type: 'shared_screen' })];
const announced = completed({ ...made, files });

async function send(url: string, body: string) {
  return fetch(`${url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) });
}

const known = 'is under way or done';

/** What came of the events so far, in the order in which they came. */
async function outcomes({ services }: RunningServer): Promise<(string | null)[]> {
  const rows = await services.database.tables.selectFrom('zoom_event').select('outcome').orderBy('sequence').execute();
  return rows.map(({ outcome }) => outcome);
}

describe('a recording that Zoom announces', () => {
  it('is in Opencast soon afterwards, once, however often it is announced', async () => {
    const stage = await recordingsStage(settings);
    const server = await startReelway(stage);
    const { recordings, engine } = server.services;
    expect(recordings).toBeDefined();
    for (let n = 0; n < 3; n++) expect((await send(server.url, announced)).status).toBe(200);
    const again = announced.replace(/"event_ts":\d+/, '"event_ts":1763647000000');
    expect((await send(server.url, again)).status).toBe(200);
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await engine.result(`recording:${uuid}`)).toMatchObject({ outcome: 'ingested' });
    await send(server.url, announced.replace(/"event_ts":\d+/, '"event_ts":1763647001000'));
    await expect
      .poll(() => outcomes(server), { timeout: 20_000 })
      .toEqual([expect.stringMatching(/^job /), ...Array<string>(2).fill(known)]);
    const views = server.services.startIntake(false).zoomIngester.views;
    const ingests = (await views.ofMeeting('123456789')).flatMap((each) => each.ingests);
    expect(ingests.map((each) => [each.trackingId, each.status])).toEqual([[trackingId, 'OPENCAST_SUCCEEDED']]);
    expect(stage.notices).toHaveLength(1);
    const figures = (await server.services.metrics.scrape(server.services.metricSources)).split('\n');
    expect(figures).toEqual(
      expect.arrayContaining([
        'reelway_zoom_events_total{event="recording.completed"} 5',
        'reelway_recordings_total{outcome="published"} 1',
        'reelway_opencast_workflows_total 1',
        'reelway_recording_pipeline_seconds_count 1',
        'reelway_recording_duration_seconds_sum 3000',
      ]),
    );
  });

  it('has a file that Zoom announces after its ingest: that is told, once, and is the reason of the ingest', async () => {
    const stage = await recordingsStage(settings);
    const [screen, speaker] = lesson.files;
    stage.zoom.addRecording({ ...lesson, files: [screen!] });
    const server = await startReelway(stage);
    await send(server.url, announced);
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    stage.zoom.addRecording({ ...lesson, files: [screen!, speaker!] });
    const more = [...files, videoFile({ id: 'active_speaker', recording_type: 'active_speaker' })];
    for (const event_ts of [1, 2]) await send(server.url, completed({ ...made, files: more }, { event_ts }));
    const late = 'active_speaker that began at 2026-11-23T14:02:00Z';
    await expect
      .poll(() => outcomes(server), { timeout: 20_000 })
      .toEqual([expect.stringMatching(/^job /), ...Array<string>(2).fill(`${known}; too late for it: ${late}`)]);
    await expect.poll(() => stage.notices, { timeout: 20_000 }).toHaveLength(2);
    expect(stage.notices[1]).toContain('a file that Zoom added late is not in Opencast');
    const views = recordingCatalog(server.services.database.tables);
    expect(await views.findIngest(trackingId)).toMatchObject({
      ...{ status: 'OPENCAST_SUCCEEDED', reason: `Added by Zoom too late: ${late}` },
    });
    const { jobs } = await server.services.engine.jobs.list({ kind: ['tell'], parent: 'any' });
    expect(jobs).toHaveLength(2);
    expect(stage.opencast.workflows).toHaveLength(1);
  });

  it('or that Zoom adds while Opencast works, without a word: that is told at the end', async () => {
    const stage = await recordingsStage(settings);
    const [screen, speaker] = lesson.files;
    stage.zoom.addRecording({ ...lesson, files: [screen!] });
    stage.opencast.states = () => ['RUNNING'];
    const server = await startReelway(stage);
    await send(server.url, announced);
    await expect.poll(() => stage.opencast.workflows.length, { timeout: 60_000 }).toBe(1);
    stage.zoom.addRecording({ ...lesson, files: [screen!, speaker!] });
    stage.opencast.workflows[0]!.states = ['SUCCEEDED'];
    await server.services.engine.result(`recording:${uuid}`, AbortSignal.timeout(60_000));
    await expect.poll(() => stage.notices, { timeout: 20_000 }).toHaveLength(2);
    expect(stage.notices.join('\n')).toContain('a file that Zoom added late is not in Opencast');
    const views = recordingCatalog(server.services.database.tables);
    expect((await views.findIngest(trackingId))?.reason).toMatch(/^Added by Zoom too late: active_speaker/);
    expect(stage.opencast.workflows.map((each) => each.mediaPackageId)).toEqual([mediaPackage]);
  });

  it('is taken up after a stop, when it was announced and not worked on', async () => {
    const stage = await recordingsStage(settings);
    // Without the settings of Opencast nothing can be ingested: it is stored and waits.
    const without = { ...stage.environment };
    delete without.OPENCAST_BASE_URL;
    const first = await startReelway({ ...stage, environment: without });
    expect((await send(first.url, announced)).status).toBe(200);
    await first.stop();
    const second = await startReelway(stage);
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await second.services.engine.result(`recording:${uuid}`)).toMatchObject({ outcome: 'ingested' });
  });
});

describe('a recording that Zoom never announced', () => {
  it('is found by a look through the list, which first only says so', async () => {
    const stage = await recordingsStage(settings);
    const server = await startReelway(stage);
    const { desk } = server.services.startIntake(false);
    const look = async (dryRun: boolean) => {
      const { id } = await desk.backfill({ from: '2026-11-20', to: '2026-11-20', dryRun });
      return server.services.engine.result(id, AbortSignal.timeout(60_000));
    };
    expect(await look(true)).toMatchObject({
      listed: 1,
      taken: 1,
      found: [{ uuid, outcome: `would be ingested into series ${series}` }],
    });
    expect(await look(false)).toMatchObject({ listed: 1, taken: 1, known: 0 });
    await expect.poll(() => stage.notices.length, { timeout: 60_000 }).toBe(1);
    expect(await look(false)).toMatchObject({ listed: 1, taken: 0, known: 1 });
    const job = await server.services.engine.jobs.find(`recording:${uuid}`);
    expect(job).toMatchObject({ status: 'done', parent: null });
  });

  it('nor the transcript that came later: the next look adds it to the event, once', async () => {
    const stage = await recordingsStage(settings);
    const media = lesson.files.filter(({ id }) => id !== 'vtt');
    stage.zoom.addRecording({ ...lesson, files: media });
    const server = await startReelway(stage);
    const { desk } = server.services.startIntake(false);
    const look = async () => {
      const { id } = await desk.backfill({ from: '2026-11-20', to: '2026-11-20', dryRun: false });
      return server.services.engine.result(id, AbortSignal.timeout(60_000));
    };
    expect(await look()).toMatchObject({ taken: 1 });
    await server.services.engine.result(`recording:${uuid}`, AbortSignal.timeout(60_000));
    stage.zoom.addRecording(lesson);
    for (let time = 0; time < 2; time++) expect(await look()).toMatchObject({ taken: 0, known: 1 });
    await expect.poll(() => stage.opencast.added.length, { timeout: 60_000 }).toBe(1);
    expect(stage.opencast.workflows).toHaveLength(1);
  });
});
