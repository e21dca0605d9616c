import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RecordingPage } from '../../src/api/contract.js';
import { patient } from '../../src/workflow/patience.js';
import { verifyInventory, readInventory } from '../../src/transfer/inventory.js';
import { longTests } from '../support/extent.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { lesson, quick, series, submitLesson, trackingId, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { startS3Server } from '../support/s3-server.js';
import { completed, signed, videoFile } from '../support/zoom-events.js';

const secret = 'webhook-secret';
const token = 'a-secret-of-the-tests';

describe('the nights in which clocks change', () => {
  it('a class at an hour that comes twice, or not at all, has its recordings; what is no class of that night waits', async () => {
    const stage = await recordingsStage({
      ...{ WEBHOOK_VALIDATION_SECRET_TOKEN: secret, REELWAY_API_TOKENS: `tests:${token}` },
      ...{ LOCAL_TIME_ZONE: 'America/New_York', ZOOM_SWEEP_MINUTES: '0' },
    });
    const { url, services } = await startReelway(stage);
    const header = 'course code,type,day,start,meeting id with password,oc series';
    const row = (time: string) => `MATH,Lecture,U,${time},https://zoom.us/j/123456789,https://oc/#/${series}`;
    const text = [header, row('01:30'), row('02:30')].join('\n');
    await services.startIntake(false).schedule.importFile({ name: 'night.csv', format: 'csv', text }, {});

    const nights = {
      'the first 01:30 =': '2026-11-01T05:30:00Z',
      'the second 01:30 =': '2026-11-01T06:30:00Z',
      // Clocks go from 02:00 to 03:00: whoever means 02:30 begins at what is 03:30 then.
      'the 02:30 that is skipped =': '2026-03-08T07:30:00Z',
      'no class: 04:30 =': '2026-11-01T09:30:00Z',
    };
    for (const [name, startTime] of Object.entries(nights)) {
      const made = { uuid: name, id: 123_456_789, topic: name, startTime };
      const content = lesson.files[0]!.content;
      stage.zoom.addRecording({ ...made, files: [{ id: `file of ${name}`, content }] });
      const recording_end = new Date(Date.parse(startTime) + 50 * 60_000).toISOString();
      const files = [videoFile({ recording_start: startTime, recording_end })];
      const body = completed({ ...made, files });
      const sent = await fetch(`${url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) });
      expect(sent.status).toBe(200);
    }
    const states = async () => {
      const response = await fetch(`${url}/api/recordings`, { headers: { authorization: `Bearer ${token}` } });
      const { recordings } = (await response.json()) as RecordingPage;
      return Object.fromEntries(recordings.map(({ uuid: name, ingests }) => [name, ingests[0]?.status]));
    };
    const [first, second, skipped, none] = Object.keys(nights);
    await expect.poll(states, { timeout: 180_000, interval: 200 }).toEqual({
      ...{ [first!]: 'OPENCAST_SUCCEEDED', [second!]: 'OPENCAST_SUCCEEDED', [skipped!]: 'OPENCAST_SUCCEEDED' },
      [none!]: 'IGNORED',
    });
    expect(stage.opencast.workflows.map(({ terms }) => terms.isPartOf)).toEqual([series, series, series]);
    expect(new Set(stage.opencast.workflows.map(({ terms }) => terms.created)).size).toBe(3);
  }, 240_000);
});

describe.runIf(longTests)('long days', () => {
  /** Attempts that fail within so long, with the pauses of the real line. */
  const attemptsWithin = (time: number): number => {
    let [attempts, passed, pause] = [0, 0, patient.pauseMs!];
    for (; passed < time; attempts++) {
      passed += pause;
      pause = Math.min(pause * 2, patient.longestPauseMs!);
    }
    return attempts;
  };

  it('Zoom is down for an hour, altogether, before the list and in the middle of the downloads: the recording waits, and comes', async () => {
    const stage = await recordingsStage();
    const down = { fault: () => ({ status: 0, cut: true as const }) };
    stage.zoom.behave(down);
    const patience = { ...patient, pauseMs: 1, longestPauseMs: 5 };
    const server = await startReelway(stage, { ...quick, patience });
    const { result, id, statuses } = await submitLesson(server.services);
    const { jobs } = server.services.engine;
    const failed = async (job: string) => (await jobs.show(job)).step?.failedAttempts ?? 0;
    const hour = attemptsWithin(3600_000);
    expect(hour).toBeLessThan(patient.attempts!);
    await expect.poll(() => failed(id), { timeout: 400_000, interval: 500 }).toBeGreaterThanOrEqual(hour);
    expect((await statuses()).at(-1)).toBe('OC_SERIES_FOUND');
    expect(stage.notices).toEqual([]);

    // It comes back, and goes once more when the first bytes have come.
    stage.zoom.behave({ fault: () => undefined, cutDownloadsAfter: [50_000, 50_000, 50_000, 50_000] });
    await expect.poll(() => stage.zoom.requests.some(({ host }) => host === 'media'), { timeout: 30_000 }).toBe(true);
    stage.zoom.behave(down);
    const file = `${id}:file:shared_screen`;
    await expect.poll(() => failed(file), { timeout: 400_000, interval: 500 }).toBeGreaterThanOrEqual(2);
    stage.zoom.behave({ fault: () => undefined });
    expect(await result()).toMatchObject({ outcome: 'ingested', omitted: [] });
    expect((await statuses()).filter((status) => status.endsWith('FAILED'))).toEqual([]);
    await expect.poll(() => stage.notices, { timeout: 20_000 }).toHaveLength(1);
  }, 900_000);

  it('the workflow in Opencast is slow, and Opencast is away for a part of it: it is followed to its end', async () => {
    const stage = await recordingsStage();
    stage.opencast.states = () => ['INSTANTIATED', ...Array<string>(200).fill('RUNNING'), 'SUCCEEDED'];
    const server = await startReelway(stage, { ...quick, follow: { ...quick.follow, patienceMs: 600_000 } });
    const { id, statuses } = await submitLesson(server.services);
    await expect.poll(async () => (await statuses()).at(-1), { timeout: 60_000 }).toBe('SENT_TO_OPENCAST');
    let refused = 0;
    stage.opencast.fault = () => (refused++ < 30 ? { kind: 'status', status: 503 } : undefined);
    await expect.poll(() => refused, { timeout: 60_000 }).toBeGreaterThan(30);
    await server.services.engine.result(id, AbortSignal.timeout(400_000));
    expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
    expect(stage.opencast.workflows).toHaveLength(1);
  }, 600_000);

  it('the answer of Zoom to trashing is lost: the recording is in its trash, once, and nothing of it is asked again', async () => {
    const stage = await recordingsStage({ ZOOM_TRASH_AFTER_DAYS: '7' });
    const server = await startReelway(stage);
    await (await submitLesson(server.services)).result();
    let lost = 0;
    stage.zoom.behave({
      fault: (line) =>
        line.startsWith('DELETE') && lost++ === 0 ? { status: 0, cut: true, afterDoing: true } : undefined,
    });
    const { recordings } = server.services;
    expect(await recordings!.trash(Date.now() + 1000)).toEqual({ trashed: 1, kept: [] });
    expect(lost).toBeGreaterThan(0);
    expect(stage.zoom.trashed).toEqual([uuid]);
    expect(await recordings!.trash(Date.now() + 2000)).toEqual({ trashed: 0, kept: [] });
  }, 120_000);

  it('whoever is told is down for a while: they are told when they are back, once', async () => {
    const stage = await recordingsStage();
    stage.refuseNotices(2);
    const server = await startReelway(stage);
    await (await submitLesson(server.services)).result();
    await expect.poll(() => stage.notices, { timeout: 120_000 }).toHaveLength(1);
    const told = await server.services.engine.jobs.list({ kind: ['tell'], parent: 'any' });
    expect(told.jobs).toHaveLength(1);
  }, 200_000);
});

describe.runIf(longTests)('a bucket', () => {
  async function bucket() {
    const s3 = await startS3Server();
    onTestFinished(() => s3.stop());
    s3.buckets.set('media', new Map());
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('AWS_ENDPOINT_URL', s3.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3.credentials.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.credentials.secretAccessKey);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    return s3;
  }

  it('that is full when a recording is packaged: Opencast has it all the same, and what can be watched comes when there is room', async () => {
    const s3 = await bucket();
    const folder = await mkdtemp(join(tmpdir(), 'reelway-full-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, 'view.mp4');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=size=160x90:rate=10:duration=2', '-c:v', 'libx264', '-g', '10'],
      ...['-pix_fmt', 'yuv420p', path],
    );
    const stage = await recordingsStage({ REELWAY_STORAGE: 's3://media/in', RECORDINGS_PUBLISH: 'both' });
    stage.zoom.addRecording({
      ...lesson,
      files: [{ id: 'screen', recordingType: 'shared_screen', content: await readFile(path) }],
    });
    s3.fault = ({ method, key }) =>
      ['PUT', 'POST'].includes(method) && key.startsWith('in/streams/')
        ? { kind: 'error', status: 507, code: 'InsufficientStorage' }
        : undefined;
    const server = await startReelway(stage);
    const { result, statuses } = await submitLesson(server.services);
    await result();
    const { engine, openStore } = server.services;
    await expect(engine.result(`stream:${uuid}`)).rejects.toMatchObject({ code: 'endpoints_failed' });
    expect((await statuses()).at(-1)).toBe('OPENCAST_SUCCEEDED');
    const endpoints = async () => {
      const found: string[] = [];
      for await (const { key } of openStore(undefined).list('streams/'))
        if (key.endsWith('/.reelway/inventory.json')) found.push(key.replace('/.reelway/inventory.json', ''));
      return found;
    };
    expect(await endpoints()).toEqual([]);

    s3.fault = undefined;
    await engine.jobs.retry(`stream:${uuid}`);
    await engine.result(`stream:${uuid}`);
    const made = await endpoints();
    expect(made).toHaveLength(2);
    for (const endpoint of made) {
      const inventory = (await readInventory(openStore(undefined), endpoint))!;
      expect(await verifyInventory(openStore(undefined), endpoint, inventory, { deep: true })).toMatchObject({
        complete: true,
      });
    }
    expect(stage.opencast.workflows).toHaveLength(1);
  }, 300_000);

  it('that refuses to remove in the middle of a sweep: the next one removes the rest, and nothing else', async () => {
    const s3 = await bucket();
    const stage = await recordingsStage({ REELWAY_STORAGE: 's3://media/in', RECORDINGS_KEEP_DAYS: '1' });
    const server = await startReelway(stage);
    const { result, catalog } = await submitLesson(server.services);
    await result();
    const kept = () => [...s3.buckets.get('media')!.keys()].filter((key) => key.startsWith('in/recordings/'));
    expect(kept()).toHaveLength(5);
    let removals = 0;
    s3.fault = ({ method, key }) =>
      method === 'DELETE' && key.startsWith('in/recordings/') && removals++ > 1
        ? { kind: 'error', status: 403, code: 'AccessDenied' }
        : undefined;
    await expect(server.services.recordings!.sweep(Date.now() + 1000)).rejects.toMatchObject({
      code: 'storage_forbidden',
    });
    expect(kept()).toHaveLength(3);
    s3.fault = undefined;
    await server.services.recordings!.sweep(Date.now() + 2000);
    expect(kept()).toEqual([]);
    expect((await catalog.findIngest(trackingId))?.status).toBe('OPENCAST_SUCCEEDED');
  }, 120_000);
});
