import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../support/reelway.js';
import { smallMp4 } from '../support/small-mp4.js';
import { completed, signed, videoFile } from '../support/zoom-events.js';
import type { CloudRecording } from '../support/zoom-cloud.js';
import { apiSecret, webhookSecret, type ChaosStage } from './stage.js';

/** What went in: everything that was acknowledged. */
export interface Ledger {
  readonly recordings: Map<string, CloudRecording>;
  /** By id, how often each was asked for: whoever asks again for one that is made has it looked through and told of again. */
  readonly assets: Map<string, number>;
}

/** bytes of a recording file that is stored in several parts */
const largeFile = 20 * 1024 * 1024;
const sample = path.join(projectRoot, 'examples/sample/index.m3u8');
/** of files; the stand-ins keep what they give and get in memory */
const largeShare = 0.05;
/** An asset for so many recordings. */
const assetEvery = 4;

/** Gives Reelway work until told to stop, and goes on asking until each piece of it is acknowledged, as Zoom and people do. */
export async function giveWork(
  stage: ChaosStage,
  options: {
    readonly url: () => string | undefined;
    readonly random: () => number;
    readonly signal: AbortSignal;
    readonly pauseMs: () => number;
  },
): Promise<Ledger> {
  const { url, random, signal, pauseMs } = options;
  const ledger: Ledger = { recordings: new Map(), assets: new Map() };
  for (let n = 0; !signal.aborted; n++) {
    const recording = madeRecording(n, random);
    stage.zoom.addRecording(recording);
    stage.made.set(recording.uuid, recording);
    const announced = announcement(recording);
    for (let times = random() < 0.3 ? 2 : 1; times > 0; times--) await untilTaken(() => webhook(url(), announced));
    ledger.recordings.set(recording.uuid, recording);
    if (n % assetEvery === 0) {
      const id = `chaos-${n}`;
      ledger.assets.set(id, await untilTaken(() => asset(url(), id)));
    }
    await sleep(pauseMs(), undefined, { signal }).catch(() => undefined);
  }
  return ledger;
}

function madeRecording(n: number, random: () => number): CloudRecording {
  const video = (recordingType: string) => ({
    id: `${n}-${recordingType}`,
    recordingType,
    content: smallMp4({
      durationMs: 50 * 60_000,
      mediaBytes: random() < largeShare ? largeFile : 20_000 + Math.floor(random() * 300_000),
    }),
  });
  // A slash and a plus, which have to be encoded twice.
  const uuid = randomBytes(16).toString('base64');
  return {
    ...{ uuid, id: 100_000_000 + n, topic: `Lesson ${n}`, startTime: '2026-11-20T14:00:00Z', duration: 50 },
    files: [video('shared_screen'), video('active_speaker')],
  };
}

function announcement({ uuid, id, topic = '', startTime, duration, files }: CloudRecording): string {
  const listed = files.map((file) => videoFile({ id: file.id, recording_type: file.recordingType }));
  return completed({ uuid, id, topic, startTime, ...(duration !== undefined && { duration }), files: listed });
}

function webhook(url: string | undefined, body: string): Promise<Response> {
  return fetch(`${url}/new_recording`, {
    method: 'POST',
    body,
    headers: signed(body, webhookSecret),
    signal: AbortSignal.timeout(10_000),
  });
}

function asset(url: string | undefined, id: string): Promise<Response> {
  return fetch(`${url}/api/assets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiSecret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ id, packagingGroupId: 'chaos', destination: { path: 'vod' }, source: sample },
      packagingGroup: [
        { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } },
        { Id: 'dash', DashPackage: { DashManifests: [{ ManifestName: 'index' }] } },
      ],
    }),
    signal: AbortSignal.timeout(10_000),
  });
}

/** Refused for what it says would be a mistake of ours; everything else passes. @returns how often it was asked: an answer may get lost */
async function untilTaken(ask: () => Promise<Response>): Promise<number> {
  for (let asked = 1; ; asked++) {
    const answer = await ask().catch(() => undefined);
    if (answer?.ok) {
      await answer.body?.cancel();
      return asked;
    }
    if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      throw new Error(`refused with ${answer.status}: ${await answer.text()}`);
    await sleep(200);
  }
}
