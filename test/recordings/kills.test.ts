import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { RecordingPage } from '../../src/api/contract.js';
import { completed, signed } from '../support/zoom-events.js';
import { lesson, mediaPackage } from '../support/recordings-lesson.js';
import { recordingsStage, type RecordingsStage } from '../support/recordings-stage.js';

/** Requests to Opencast at which Reelway is killed: Opencast does what was asked, and nobody hears of it. */
const killedAt = [
  ['the look for the event', /^GET \/api\/events$/],
  ['the media package', /^PUT \/ingest\/createMediaPackageWithID\//],
  ['a track', /^POST \/ingest\/addTrack$/],
  ['the start of the workflow', /^POST \/ingest\/ingest\//],
] as const;
/** `npm test` kills at the first and the last of them; `npm run chaos:recordings` at all. */
const moments = killedAt.filter(
  (_, index) => process.env.REELWAY_BAD_DAYS === 'all' || index === 0 || index === killedAt.length - 1,
);

it('killed at a look, at requests that change something, and in the middle of a download, a recording is in Opencast exactly once', async () => {
  const stage = await recordingsStage();
  stage.opencast.states = () => ['INSTANTIATED', ...Array<string>(30).fill('RUNNING'), 'SUCCEEDED'];
  stage.opencast.indexLagMs = 3_600_000;
  stage.zoom.behave({ downloadDelay: 300 });

  const [first, ...others] = moments;
  await untilKilled(stage, { submit: true, at: first![1] });
  stage.opencast.fault = undefined;
  const download = start(stage, { submit: false });
  await expect.poll(() => stage.zoom.requests.some(({ host }) => host === 'media'), { timeout: 60_000 }).toBe(true);
  await kill(download);
  for (const [, at] of others) await untilKilled(stage, { submit: false, at });

  stage.opencast.fault = undefined;
  const last = start(stage, { submit: false });
  await expect.poll(() => last.said(), { timeout: 60_000 }).toContain('done');

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
  await expect.poll(() => stage.notices, { timeout: 10_000 }).toHaveLength(1);
}, 400_000);

interface Started {
  readonly child: ChildProcess;
  said(): string;
}

it('killed in the middle of a storm of webhooks, it has each that it acknowledged, and each is one ingest', async () => {
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
  await expect.poll(() => acknowledged.size, { timeout: 30_000, interval: 1 }).toBeGreaterThan(0);
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
  await expect.poll(known, { timeout: 60_000, interval: 500 }).toEqual(expect.arrayContaining(before));
  // Zoom sends again what was not answered, and some that was.
  await Promise.all(uuids.map((uuid) => send(again, uuid)));
  await expect.poll(async () => (await known()).length, { timeout: 60_000, interval: 500 }).toBe(uuids.length);
  expect((await ignored()).recordings.map(({ ingests }) => ingests.length)).toEqual(uuids.map(() => 1));
}, 200_000);

async function addressOf(started: Started): Promise<string> {
  const address = () => /^ready (\S+)/m.exec(started.said())?.[1];
  await expect.poll(address, { timeout: 60_000 }).toBeDefined();
  return address()!;
}

function start({ environment }: RecordingsStage, given: { submit: boolean; serve?: boolean }): Started {
  const script = fileURLToPath(new URL('../support/recordings-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify({ environment, ...given })], {
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
  await expect.poll(() => reached, { timeout: 60_000, message: `reaches ${at.source}` }).toBe(true);
  await kill(started.process);
}

async function kill({ child }: Started): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
