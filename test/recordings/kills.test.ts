import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RecordingDetail, RecordingPage } from '../../src/api/contract.js';
import { localStore } from '../../src/storage/local.js';
import { readInventory, verifyInventory } from '../../src/transfer/inventory.js';
import { longTests } from '../support/extent.js';
import { itLong } from '../support/it-long.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { completed, recordingObject, signed, videoFile, webhookBody } from '../support/zoom-events.js';
import { lesson, mediaPackage, series, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, type RecordingsStage } from '../support/recordings-stage.js';

/** Requests to Opencast at which Reelway is killed: Opencast does what was asked, and nobody hears of it. */
const killedAt = [
  ['the look for the event', /^GET \/api\/events$/],
  ['the media package', /^PUT \/ingest\/createMediaPackageWithID\//],
  ['a track', /^POST \/ingest\/addTrack$/],
  ['the start of the workflow', /^POST \/ingest\/ingest\//],
] as const;
/** milliseconds for anything to happen: processes are started anew again and again, also on a machine with much else to do */
const patience = 300_000;

// `npm run chaos:recordings` has these; CI kills in `npm run chaos`.
it.runIf(longTests)(
  'killed at a look, at requests that change something, and in the middle of a download, a recording is in Opencast exactly once',
  async () => {
    const stage = await recordingsStage();
    stage.opencast.states = () => ['INSTANTIATED', ...Array<string>(30).fill('RUNNING'), 'SUCCEEDED'];
    stage.opencast.indexLagMs = 3_600_000;
    stage.zoom.behave({ downloadDelay: 300 });

    const [first, ...others] = killedAt;
    await untilKilled(stage, { submit: true, at: first[1] });
    stage.opencast.fault = undefined;
    const download = start(stage, { submit: false });
    await expect.poll(() => stage.zoom.requests.some(({ host }) => host === 'media'), { timeout: patience }).toBe(true);
    await kill(download);
    for (const [, at] of others) await untilKilled(stage, { submit: false, at });

    stage.opencast.fault = undefined;
    const last = start(stage, { submit: false });
    await expect.poll(() => last.said(), { timeout: patience }).toContain('done');

    expect(stage.opencast.workflows).toHaveLength(1);
    const [workflow] = stage.opencast.workflows;
    expect(workflow?.mediaPackageId).toBe(mediaPackage);
    const sizes = Object.fromEntries(lesson.files.map(({ id, content }) => [id, content.length]));
    expect(workflow?.elements.filter(({ kind }) => kind !== 'catalog').map(({ size }) => size)).toEqual([
      sizes.active_speaker,
      sizes.shared_screen,
      sizes.vtt,
      sizes.chat,
    ]);
    await expect.poll(() => stage.notices, { timeout: patience }).toHaveLength(1);
  },
  900_000,
);

describe.runIf(longTests)('killed at every step', () => {
  const secret = 'webhook-secret';
  const serving = {
    ...{ WEBHOOK_VALIDATION_SECRET_TOKEN: secret, REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests' },
    ...{ DEFAULT_SERIES_ID: series, ZOOM_SWEEP_MINUTES: '0' },
  };
  const announce = async (url: string, body: string): Promise<void> => {
    const response = await fetch(`${url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) });
    expect(response.ok).toBe(true);
  };
  const made = { uuid, id: lesson.id, topic: lesson.topic!, startTime: lesson.startTime };
  const files = [videoFile({ id: 'shared_screen', recording_type: 'shared_screen' })];

  it('at each kind of request to Zoom and Opencast in turn, a recording is in Opencast exactly once', async () => {
    // What is asked for when nothing goes wrong.
    const smooth = await recordingsStage();
    await expectDone(start(smooth, { submit: true }));
    const opencast = [...new Set(smooth.opencast.requests.map(kindOf))];
    const zoom = [...new Set(smooth.zoom.requests.map(({ request }) => kindOf(request)))];
    expect(opencast.length).toBeGreaterThan(7);
    expect(zoom.length).toBeGreaterThan(2);

    const stage = await recordingsStage();
    stage.opencast.indexLagMs = 3_600_000;
    stage.opencast.states = () => ['INSTANTIATED', ...Array<string>(60).fill('RUNNING'), 'SUCCEEDED'];
    // Whatever comes first of what was not met yet is the end of a process, until one comes to the end of the recording.
    const met: string[] = [];
    for (let process = start(stage, { submit: true }); ; process = start(stage, { submit: false })) {
      let killed = false;
      const look = (line: string) => {
        if (killed || met.includes(kindOf(line))) return undefined;
        killed = true;
        met.push(kindOf(line));
        process.child.kill('SIGKILL');
        return undefined;
      };
      stage.opencast.fault = ({ method, path }) => look(`${method} ${path}`);
      stage.zoom.behave({ fault: look });
      await expect.poll(() => killed || process.said().includes('done'), { timeout: patience }).toBe(true);
      await ended(process);
      if (!killed) break;
    }
    expect(met).toEqual(expect.arrayContaining([...zoom, ...opencast]));
    expect(stage.opencast.workflows.map(({ mediaPackageId }) => mediaPackageId)).toEqual([mediaPackage]);
    expect(stage.opencast.workflows[0]?.elements.filter(({ kind }) => kind !== 'catalog')).toHaveLength(4);
    await expect.poll(() => stage.notices, { timeout: patience }).toHaveLength(1);
  }, 1_800_000);

  it('a transcript that came late is in the event, and is published, once', async () => {
    const stage = await recordingsStage({ ...serving, OPENCAST_CAPTIONS_WORKFLOW: 'publish' });
    const vtt = lesson.files.find(({ id }) => id === 'vtt')!;
    stage.zoom.addRecording({ ...lesson, files: lesson.files.filter((file) => file !== vtt) });
    const first = start(stage, { submit: false, serve: true });
    await announce(await addressOf(first), completed({ ...made, files }));
    await expect.poll(() => stage.notices.length, { timeout: patience }).toBe(1);

    stage.zoom.addRecording(lesson);
    const text = videoFile({ id: 'vtt', file_type: 'TRANSCRIPT', file_extension: 'VTT' });
    const late = webhookBody('recording.transcript_completed', recordingObject({ ...made, files: [text] }));
    let process = first;
    const moments: [RegExp, () => Promise<void>][] = [
      [/^GET \/GMT.*file=vtt/, async () => announce(await addressOf(process), late)],
      [/^POST \/api\/events\/.*\/track$/, () => Promise.resolve()],
      [/^GET \/workflow\/mediaPackage\//, () => Promise.resolve()],
      [/^POST \/api\/workflows$/, () => Promise.resolve()],
    ];
    for (const [moment, act] of moments) {
      let reached = false;
      const look = (line: string) => {
        if (moment.test(line) && !reached) {
          reached = true;
          process.child.kill('SIGKILL');
        }
        return undefined;
      };
      stage.opencast.fault = ({ method, path }) => look(`${method} ${path}`);
      stage.zoom.behave({ fault: look });
      await act();
      await expect.poll(() => reached, { timeout: patience, message: `reaches ${moment.source}` }).toBe(true);
      await kill(process);
      process = start(stage, { submit: false, serve: true });
    }
    stage.opencast.fault = undefined;
    const published = () => stage.opencast.workflows.map(({ definition }) => definition);
    await expect.poll(published, { timeout: patience }).toEqual(['fast', 'publish']);
    await addressOf(process);
    expect(stage.opencast.added).toMatchObject([{ eventId: mediaPackage, flavor: 'captions/source' }]);
  }, 1_800_000);

  it('a recording that is packaged can be watched, whole, and is in Opencast once', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'reelway-kills-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const view = path.join(folder, 'view.mp4');
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10:duration=60', '-c:v', 'libx264', '-g', '10'],
      ...['-pix_fmt', 'yuv420p', view],
    );
    const stage = await recordingsStage({ ...serving, RECORDINGS_PUBLISH: 'both' });
    const content = await readFile(view);
    stage.zoom.addRecording({ ...lesson, files: [{ id: 'shared_screen', recordingType: 'shared_screen', content }] });
    const objects = async () => {
      const found = await readdir(path.join(stage.environment.REELWAY_DATA_DIR!, 'media'), { recursive: true });
      return found.filter((name) => name.startsWith(`streams${path.sep}`)).length;
    };
    let process = start(stage, { submit: false, serve: true });
    await announce(await addressOf(process), completed({ ...made, files }));
    // As soon as there is anything of its 36 objects, then further and further on.
    for (const count of [1, 8, 20]) {
      await expect.poll(() => objects().catch(() => 0), { timeout: patience, interval: 1 }).toBeGreaterThan(count);
      await kill(process);
      process = start(stage, { submit: false, serve: true });
    }
    const url = await addressOf(process);
    await expect.poll(() => [...stage.notices].sort(), { timeout: patience }).toHaveLength(2);
    const response = await fetch(`${url}/api/recordings/${encodeURIComponent(uuid)}`, {
      headers: { authorization: 'Bearer a-secret-of-the-tests' },
    });
    const { stream } = (await response.json()) as RecordingDetail;
    expect(stream).toMatchObject({ state: 'SUCCEEDED', views: [{ view: 'shared_screen' }] });
    const [hls] = stream!.views[0]!.playbackUrls;
    // The address is of the process that made it; the port is that of the one that serves now.
    const playlist = await fetch(url + new URL(hls!).pathname);
    expect(await playlist.text()).toContain('#EXTM3U');
    expect(stage.opencast.workflows).toHaveLength(1);
    const store = localStore({ folder: path.join(stage.environment.REELWAY_DATA_DIR!, 'media') });
    for (const configuration of ['hls', 'dash']) {
      const endpoint = `streams/${stream!.views[0]!.assetId}/${configuration}`;
      const inventory = (await readInventory(store, endpoint))!;
      expect(inventory.objects.map(({ key }) => key)).toContain('chapters.vtt');
      expect(await verifyInventory(store, endpoint, inventory, { deep: true })).toMatchObject({ complete: true });
    }
  }, 1_800_000);
});

/** A request without what changes from one to the next. */
function kindOf(line: string): string {
  return line
    .replace(/\?.*$/s, '')
    .split('/')
    .slice(0, 4)
    .join('/')
    .replace(/\/(\d+|[0-9a-f]{8}-[-0-9a-f]+|GMT.*)(?=\/|\.json$|$)/g, '/*');
}

async function expectDone(process: Started): Promise<void> {
  await expect.poll(() => process.said(), { timeout: patience }).toContain('done');
}

interface Started {
  readonly child: ChildProcess;
  said(): string;
}

itLong(
  'killed in the middle of a storm of webhooks, it has each that it acknowledged, and each is one ingest',
  async () => {
    const secret = 'webhook-secret';
    const stage = await recordingsStage({
      WEBHOOK_VALIDATION_SECRET_TOKEN: secret,
      REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests',
    });
    const uuids = Array.from({ length: 100 }, (_, n) => `meeting ${n}==`);
    const acknowledged = new Set<string>();
    const send = async (url: string, uuid: string): Promise<void> => {
      const body = completed({ uuid });
      const response = await fetch(`${url}/new_recording`, { method: 'POST', body, headers: signed(body, secret) });
      if (response.status === 200) acknowledged.add(uuid);
    };
    const first = start(stage, { submit: false, serve: true });
    const url = await addressOf(first);
    const storm = uuids.map((uuid) => send(url, uuid).catch(() => undefined));
    await expect.poll(() => acknowledged.size, { timeout: patience, interval: 1 }).toBeGreaterThan(0);
    await kill(first);
    await Promise.all(storm);
    const before = [...acknowledged];

    const again = await addressOf(start(stage, { submit: false, serve: true }));
    const get = async (path: string) =>
      (
        await fetch(again + path, { headers: { authorization: 'Bearer a-secret-of-the-tests' } })
      ).json() as Promise<unknown>;
    const ignored = async () => (await get('/api/recordings?status=IGNORED&limit=500')) as RecordingPage;
    const known = async () => (await ignored()).recordings.map(({ uuid }) => uuid);
    await expect.poll(known, { timeout: patience, interval: 500 }).toEqual(expect.arrayContaining(before));
    // Zoom sends again what was not answered, and some that was.
    await Promise.all(uuids.map((uuid) => send(again, uuid)));
    await expect.poll(async () => (await known()).length, { timeout: patience, interval: 500 }).toBe(uuids.length);
    expect((await ignored()).recordings.map(({ ingests }) => ingests.length)).toEqual(uuids.map(() => 1));
  },
  900_000,
);

async function addressOf(started: Started): Promise<string> {
  const address = () => /^ready (\S+)/m.exec(started.said())?.[1];
  await expect.poll(address, { timeout: patience }).toBeDefined();
  return address()!;
}

function start({ environment }: RecordingsStage, given: { submit: boolean; serve?: boolean }): Started {
  const loader = new URL('../support/load-typescript.mjs', import.meta.url).href;
  const script = fileURLToPath(new URL('../support/recordings-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', loader, script, JSON.stringify({ environment, ...given })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { child, said: () => said };
}

async function untilKilled(stage: RecordingsStage, { submit, at }: { submit: boolean; at: RegExp }): Promise<void> {
  let reached = false;
  const started: { process?: Started } = {};
  stage.opencast.fault = ({ method, path }) => {
    if (at.test(`${method} ${path}`)) {
      reached = true;
      started.process?.child.kill('SIGKILL');
    }
    return undefined;
  };
  started.process = start(stage, { submit });
  await expect.poll(() => reached, { timeout: patience, message: `reaches ${at.source}` }).toBe(true);
  await kill(started.process);
}

async function kill(started: Started): Promise<void> {
  started.child.kill('SIGKILL');
  await ended(started);
}

async function ended({ child }: Started): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
