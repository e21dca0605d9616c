import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { recordingStreams } from '../../src/status/recording-streams.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { lesson, quick, submitLesson, trackingId, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { startS3Server } from '../support/s3-server.js';

async function bucket() {
  const s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  s3.buckets.set('media', new Map());
  vi.stubEnv('AWS_ENDPOINT_URL', s3.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  return s3;
}

afterEach(() => vi.unstubAllEnvs());

describe('recordings in our storage', () => {
  it('a bucket that is full: the recording waits for an operator, and goes on when there is room', async () => {
    const s3 = await bucket();
    s3.fault = ({ method, key }) =>
      method !== 'GET' && method !== 'HEAD' && key.startsWith('in/recordings/')
        ? { kind: 'error', status: 507, code: 'InsufficientStorage' }
        : undefined;
    const stage = await recordingsStage({ REELWAY_STORAGE: 's3://media/in' });
    const server = await startReelway(stage, { ...quick, patience: { attempts: 2, pauseMs: 1 } });
    const { result, statuses, id, catalog } = await submitLesson(server.services);
    await expect(result()).rejects.toMatchObject({ code: 'recording_incomplete' });
    expect((await statuses()).at(-1)).toBe('DOWNLOADER_FAILED');
    expect((await catalog.findIngest(trackingId))?.reason).toMatch(/4 of 4 files .* are missing: /);
    expect(stage.opencast.workflows).toEqual([]);

    s3.fault = undefined;
    await server.services.engine.jobs.retry(id);
    await result();
    expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
    expect(stage.opencast.workflows).toHaveLength(1);
  }, 60_000);

  // What stands for something else in an address.
  const place = 'in #1? 50%';
  const folder = join(tmpdir(), `reelway-bucket-${process.pid} ${place}`);

  it.each([
    ['a bucket', () => `s3://media/${place}`],
    ['a folder', () => `file:${folder}`],
  ])(
    'are packaged from %s, into it, whatever characters its name has',
    async (_, storage) => {
      const s3 = await bucket();
      const path = join(tmpdir(), `reelway-bucket-${process.pid}.mp4`);
      onTestFinished(() => rm(path, { force: true }));
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
      await ffmpeg(
        ...['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=10:duration=2', '-c:v', 'libx264', '-g', '10'],
        ...['-pix_fmt', 'yuv420p', path],
      );
      const stage = await recordingsStage({ REELWAY_STORAGE: storage(), RECORDINGS_PUBLISH: 'stream' });
      const view = { id: 'screen', recordingType: 'shared_screen', content: await readFile(path) };
      stage.zoom.addRecording({ ...lesson, files: [view] });
      const server = await startReelway(stage);
      await (await submitLesson(server.services)).result();
      const made = await recordingStreams(server.services.database.tables).find(uuid);
      const response = await fetch(made!.views[0]!.playbackUrls[0]!);
      expect(await response.text()).toContain('#EXTM3U');
      const chapters: string[] = [];
      for await (const { key } of server.services.openStore(undefined).list('streams/'))
        if (key.endsWith('/chapters.vtt')) chapters.push(key);
      expect(chapters).toHaveLength(2);
      if (storage().startsWith('s3:'))
        expect([...s3.buckets.get('media')!.keys()]).toContain(`${place}/${chapters[0]!}`);
    },
    60_000,
  );
});
