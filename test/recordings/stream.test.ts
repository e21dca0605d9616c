import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordingDetail } from '../../src/api/contract.js';
import type { RunningServer } from '../../src/cli/serve.js';
import { recordingCatalog } from '../../src/status/recording-catalog.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { lesson, submitLesson, trackingId, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway, type RecordingsStage } from '../support/recordings-stage.js';
import type { CloudFile } from '../support/zoom-server.js';

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
  }, 120_000);

  it('goes into Opencast as well and is fetched from Zoom once; a late transcript comes to both, under the same addresses', async () => {
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

    const views = ['shared_screen', 'active_speaker'].map((type) => ({ id: type, recordingType: type, content: view }));
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
  }, 120_000);

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
  }, 120_000);
});
