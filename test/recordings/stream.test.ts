import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordingDetail } from '../../src/api/contract.js';
import type { RunningServer } from '../../src/cli/serve.js';
import { recordingCatalog } from '../../src/status/recording-catalog.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { readInventory, verifyInventory } from '../../src/transfer/inventory.js';
import { itLong } from '../support/it-long.js';
import { reelway } from '../support/reelway.js';
import { ingestOfLesson, lesson, series, submitLesson, trackingId, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway, type RecordingsStage } from '../support/recordings-stage.js';
import type { CloudFile } from '../support/zoom-cloud.js';

let folder: string;
let view: Buffer;
const transcript: CloudFile = {
  id: 'vtt',
  fileType: 'TRANSCRIPT',
  fileExtension: 'VTT',
  recordingType: 'audio_transcript',
  content: Buffer.from('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nTake a field.\n'),
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelway-stream-'));
  const path = join(folder, 'view.mp4');
  await ffmpeg(
    ...['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=10:duration=4', '-f', 'lavfi', '-i', 'sine=duration=4'],
    ...['-c:v', 'libx264', '-g', '10', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', path],
  );
  view = await readFile(path);
});
afterAll(() => rm(folder, { recursive: true }));

/** A lesson whose views can be played, of which its first transcript is or is not there yet. */
async function stageOf(publish: string, texts: readonly CloudFile[]): Promise<RecordingsStage> {
  const stage = await recordingsStage({
    RECORDINGS_PUBLISH: publish,
    INGEST_ALLOWED_IPS: '127.0.0.0/8',
    REELWAY_API_TOKENS: 'test:streams-secret-0123456789',
  });
  const views = ['shared_screen', 'active_speaker'].map((type) => ({ id: type, recordingType: type, content: view }));
  stage.zoom.addRecording({ ...lesson, files: [...views, ...texts] });
  return stage;
}

async function shown({ url }: RunningServer): Promise<RecordingDetail> {
  const response = await fetch(`${url}/api/recordings/${encodeURIComponent(uuid)}`, {
    headers: { authorization: 'Bearer streams-secret-0123456789' },
  });
  return (await response.json()) as RecordingDetail;
}

async function textOf(url: string | null | undefined): Promise<string> {
  const response = await fetch(url ?? '');
  expect(response.status).toBe(200);
  return response.text();
}

describe('a recording that is packaged', () => {
  it('can be watched without an Opencast: each view with its transcript, chapters between pauses, and a notice with its addresses', async () => {
    const stage = await stageOf('stream', [transcript]);
    for (const name of ['OPENCAST_BASE_URL', 'OPENCAST_API_USER', 'OPENCAST_API_PASSWORD'])
      delete stage.environment[name];
    const server = await startReelway(stage);
    const start = Date.parse(lesson.startTime) / 1000;
    const catalog = recordingCatalog(server.services.database.tables);
    await catalog.addEvent(uuid, { kind: 'paused', at: start + 600 });
    await catalog.addEvent(uuid, { kind: 'resumed', at: start + 900 });

    const { statuses, id } = await submitLesson(server.services);
    expect(id).toBe(`stream:${uuid}`);
    await server.services.engine.result(id);
    expect((await statuses()).at(-1)).toBe('STREAM_SUCCEEDED');
    const { stream, ingests } = await shown(server);
    expect(ingests).toMatchObject([{ trackingId, status: 'STREAM_SUCCEEDED', job: id }]);
    expect(stream).toMatchObject({
      state: 'SUCCEEDED',
      views: [{ view: 'shared_screen' }, { view: 'active_speaker' }],
    });
    expect(new Set(stream?.views.map(({ assetId }) => assetId)).size).toBe(2);
    const [first] = stream!.views;
    const [hls, dash] = first!.playbackUrls;
    expect(hls).toMatch(/\/out\/v1\/[0-9a-f]{32}\/index\.m3u8$/);
    expect(await textOf(hls)).toMatch(/#EXT-X-MEDIA:TYPE=SUBTITLES.*NAME="Transcript"/);
    expect(await textOf(dash)).toContain('<MPD');
    const chapters = await textOf(first!.chaptersUrl);
    expect(chapters.match(/^Part \d, from .*$/gm)).toEqual(['Part 1, from 14:00 UTC', 'Part 2, from 14:15 UTC']);
    expect(chapters).toContain('00:00:00.000 --> 00:10:00.000');
    await expect
      .poll(() => stage.notices, { timeout: 20_000 })
      .toEqual([expect.stringMatching(/^Recording "Algebra & <more>" .* can be watched$/)]);

    // They are part of what the endpoint's inventory vouches for, also when all is verified once more.
    const { engine, openStore } = server.services;
    const store = openStore(undefined);
    const endpoint = `streams/${first!.assetId}/hls`;
    const verified = async () => {
      const inventory = await readInventory(store, endpoint);
      expect(inventory?.objects.map(({ key }) => key)).toContain('chapters.vtt');
      return (await verifyInventory(store, endpoint, inventory!, { deep: true })).complete;
    };
    expect(await verified()).toBe(true);
    await store.put(`${endpoint}/chapters.vtt`, Buffer.from('WEBVTT\n'));
    expect(await verified()).toBe(false);
    await server.services.recordings!.submitIngest(ingestOfLesson());
    await engine.result(id);
    expect(await textOf(first!.chaptersUrl)).toBe(chapters);
    expect(await verified()).toBe(true);

    // Who has a token is told where it can be watched; an address that may ask without one is not.
    const status = async (headers: Record<string, string>) => {
      const response = await fetch(`${server.url}/status?meeting_id=123456789`, { headers });
      return (await response.json()) as { records: { recordings: { playback_urls?: string[] }[] } };
    };
    const urls = stream!.views.flatMap(({ playbackUrls }) => playbackUrls);
    const told = await status({ authorization: 'Bearer streams-secret-0123456789' });
    expect(told.records.recordings[0]!.playback_urls).toEqual(urls);
    expect((await status({})).records.recordings[0]).not.toHaveProperty('playback_urls');
    expect((await shown(server)).playbackUrls).toEqual(urls);
    const commandLine = await reelway(['status', '--meeting', '123456789'], { env: stage.environment });
    expect(commandLine.stdout).toContain(urls[0]);
  }, 400_000);

  itLong(
    'goes into Opencast as well and is fetched from Zoom once; a late transcript comes to both, under the same addresses',
    async () => {
      const stage = await stageOf('both', []);
      const server = await startReelway(stage);
      const { result, statuses, catalog } = await submitLesson(server.services);
      await result();
      await server.services.engine.result(`stream:${uuid}`);
      expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
      expect(stage.opencast.workflows).toHaveLength(1);
      const downloads = stage.zoom.requests.filter(({ host }) => host === 'media');
      expect(downloads).toHaveLength(2);
      const before = (await shown(server)).stream;
      const hls = before!.views[0]!.playbackUrls[0];
      expect(await textOf(hls)).not.toContain('SUBTITLES');

      const views = ['shared_screen', 'active_speaker'].map((type) => ({
        id: type,
        recordingType: type,
        content: view,
      }));
      stage.zoom.addRecording({ ...lesson, files: [...views, transcript] });
      const known = (await catalog.find(uuid))!.recording;
      const late = {
        ...known,
        files: [{ id: 'vtt', fileType: 'TRANSCRIPT', status: 'completed', downloadUrl: 'https://zoom.us/x' }],
      };
      const jobs = await server.services.recordings!.submitTranscripts(await catalog.save(late));
      expect(jobs).toContain(`stream:${uuid}`);
      await server.services.engine.result(`stream:${uuid}`);
      const after = (await shown(server)).stream;
      expect(after).toEqual(before);
      expect(await textOf(hls)).toContain('TYPE=SUBTITLES');
      // Known now: nothing is done again.
      const more = await server.services.recordings!.submitTranscripts((await catalog.find(uuid))!.recording);
      expect(more).not.toContain(`stream:${uuid}`);
    },
    240_000,
  );

  itLong(
    'has the transcript, too, that no webhook told of and that its ingest into Opencast found at its end',
    async () => {
      const stage = await stageOf('both', []);
      stage.opencast.states = () => ['RUNNING'];
      const server = await startReelway(stage);
      const { engine, startIntake } = server.services;
      const { result } = await submitLesson(server.services);
      await expect.poll(() => stage.opencast.workflows.length, { timeout: 60_000 }).toBe(1);
      await engine.result(`stream:${uuid}`);
      const views = ['shared_screen', 'active_speaker'].map((type) => ({
        id: type,
        recordingType: type,
        content: view,
      }));
      stage.zoom.addRecording({ ...lesson, files: [...views, transcript] });
      stage.opencast.workflows[0]!.states = ['SUCCEEDED'];
      await result();
      await expect.poll(() => stage.opencast.added.length, { timeout: 30_000 }).toBe(1);

      const { id } = await startIntake(false).desk.backfill({ from: '2026-11-20', to: '2026-11-20', dryRun: false });
      await engine.result(id);
      await engine.result(`stream:${uuid}`);
      expect(await textOf((await shown(server)).stream!.views[0]!.playbackUrls[0])).toContain('TYPE=SUBTITLES');
      expect(stage.opencast.added).toHaveLength(1);
    },
    240_000,
  );

  itLong(
    'goes where its class says, whatever the setting is for the others',
    async () => {
      const stage = await stageOf('opencast', []);
      const server = await startReelway(stage);
      const { schedule, desk } = server.services.startIntake(false);
      const classes = (publish: string) => [
        'course code,type,day,start,meeting id with password,oc series,publish',
        `MATH,Lecture,F,14:00,https://zoom.us/j/123456789,https://oc/#/${series},${publish}`,
      ];
      const schedules = async (publish: string) => {
        const file = { name: 'fall.csv', format: 'csv' as const, text: classes(publish).join('\n') };
        return schedule.importFile(file, {});
      };
      await schedules('stream');
      const { job } = await desk.order({ uuid, allowMultipleIngests: false, ingestAllMp4: false });
      expect(job).toBe(`stream:${uuid}`);
      await server.services.engine.result(job!);
      expect(stage.opencast.workflows).toEqual([]);
      expect((await shown(server)).ingests).toMatchObject([{ status: 'STREAM_SUCCEEDED', seriesId: series }]);

      // A class that changes its mind: what comes from now on goes into Opencast as well.
      expect((await schedules('both')).changed).toMatchObject([
        { before: { publish: 'stream' }, after: { publish: 'both' } },
      ]);
      const again = await desk.order({ uuid, allowMultipleIngests: false, ingestAllMp4: false });
      expect(again.job).toBe(`recording:${uuid}`);
      await server.services.engine.result(again.job!);
      await server.services.engine.result(`stream:${uuid}`);
      expect(stage.opencast.workflows).toHaveLength(1);
      expect(stage.zoom.requests.filter(({ host }) => host === 'media')).toHaveLength(2);
    },
    240_000,
  );

  it('whose packaging fails is in Opencast all the same, and the failure is a dead letter that says what', async () => {
    const stage = await recordingsStage({
      RECORDINGS_PUBLISH: 'both',
      REELWAY_API_TOKENS: 'test:streams-secret-0123456789',
    });
    // Its media is a container without pictures that could be played.
    const server = await startReelway(stage);
    const { result, statuses } = await submitLesson(server.services);
    await result();
    expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
    await expect(server.services.engine.result(`stream:${uuid}`)).rejects.toMatchObject({ code: 'endpoints_failed' });
    expect((await shown(server)).stream).toMatchObject({ state: 'FAILED', views: [] });
    await expect
      .poll(() => [...stage.notices].sort(), { timeout: 20_000 })
      .toEqual([expect.stringMatching(/cannot be watched/), expect.stringMatching(/is in Opencast$/)]);
  }, 240_000);
});
