import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startOpencastServer, type OpencastServer } from '../support/opencast-server.js';
import { freePort, startPrivateCluster, type PrivateCluster } from '../support/postgres-server.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';
import type { CloudRecording } from '../support/zoom-cloud.js';
import { startZoomServer, type ZoomServer } from '../support/zoom-server.js';
import { standInSettings } from '../support/stand-in-settings.js';

export const series = '20260112345';
export const webhookSecret = 'webhook-secret';
export const apiSecret = 'a-secret-of-the-chaos-runs';

/** A notice as it came, and what was there at that moment. */
export interface SeenNotice {
  readonly id: string;
  readonly subject: string;
  readonly type: string;
  readonly asset: string;
  readonly at: number;
}

/** Where media are stored: a folder may be a disk of its own, which can be filled. */
type Storage = 's3' | 'folder' | { readonly disk: 'small'; readonly seconds: number };

/** Everything around Reelway in a chaos run: a database cluster of its own, Zoom, Opencast, storage, and who is told. */
export interface ChaosStage {
  readonly cluster: PrivateCluster;
  readonly zoom: ZoomServer;
  readonly opencast: OpencastServer;
  /** Absent when the storage is a folder. */
  readonly s3: S3Server | undefined;
  /** The storage folder on a small file system of its own; absent where there is none, or nothing may be mounted. */
  readonly smallDisk: string | undefined;
  readonly folder: string;
  readonly notices: SeenNotice[];
  /** Recordings that Zoom has, by UUID. */
  readonly made: Map<string, CloudRecording>;
  /** Called when a notice comes, before it is answered. */
  onNotice: (notice: SeenNotice) => Promise<void>;
  /** Of all processes; DATABASE_URL is each one's own. */
  readonly environment: Record<string, string>;
  /** Share of requests that fail, 0 to 1, at every stand-in and at the receiver of notices. */
  failAt(rate: number): void;
  close(): Promise<void>;
}

/** bytes of the small disk: room for what a run of so many seconds stores, about 2 MB a second */
const smallDiskSize = (seconds: number) => 1024 ** 3 + seconds * 2_500_000;

export async function chaosStage(storage: Storage, random: () => number): Promise<ChaosStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-chaos-'));
  const [cluster, zoom, opencast] = await Promise.all([
    startPrivateCluster(),
    startZoomServer(),
    startOpencastServer(),
  ]);
  const s3 = storage === 's3' ? await startS3Server() : undefined;
  s3?.buckets.set('chaos', new Map());
  const media = path.join(folder, 'media');
  await mkdir(media);
  const smallDisk = typeof storage === 'object' ? mountSmallDisk(media, smallDiskSize(storage.seconds)) : undefined;
  const notices: SeenNotice[] = [];
  const publicPort = await freePort();
  let rate = 0;
  const fails = () => random() < rate;

  const receiver = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (fails()) return void response.writeHead(503).end();
      const { id, subject, ...rest } = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, string>;
      const { Type: type = '', Id: asset = '' } = (rest.data ?? rest) as Record<string, string>;
      const notice = { id: id ?? '', subject: subject ?? '', type, asset, at: Date.now() };
      notices.push(notice);
      // Told, but the answer gets lost: it comes again under the same id.
      void stage.onNotice(notice).finally(() => (fails() ? response.destroy() : response.writeHead(204).end()));
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');

  opencast.series.set(series, { title: 'Algebra', publisher: 'algebra@example.edu' });
  opencast.states = () => ['INSTANTIATED', 'RUNNING', 'RUNNING', 'SUCCEEDED'];
  opencast.indexLagMs = 2000;
  opencast.fault = () => {
    if (!fails()) return undefined;
    const afterDoing = random() < 0.5;
    return random() < 0.5 ? { kind: 'status', status: 503, afterDoing } : { kind: 'cut', afterDoing };
  };
  zoom.behave({
    tokenSeconds: 20,
    fault: () => {
      if (!fails()) return undefined;
      const n = random();
      if (n < 0.3) return { status: 429, headers: { 'retry-after': '1' } };
      return n < 0.6 ? { status: 500, body: 'no' } : { status: 0, cut: true };
    },
  });
  if (s3) {
    s3.fault = () => {
      if (!fails()) return undefined;
      return random() < 0.5 ? { kind: 'error', status: 503, code: 'SlowDown' } : { kind: 'cut' };
    };
  }

  const stage: ChaosStage = {
    ...{ cluster, zoom, opencast, s3, smallDisk, folder, notices, made: new Map() },
    onNotice: () => Promise.resolve(),
    failAt: (share) => void (rate = share),
    environment: {
      PATH: process.env.PATH ?? '',
      REELWAY_DATA_DIR: path.join(folder, 'data'),
      REELWAY_STORAGE: s3 ? 's3://chaos/store' : `file:${media}`,
      ...(s3 && {
        AWS_ENDPOINT_URL: s3.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      }),
      // Opencast fetches from the server whichever process asks it to.
      REELWAY_PORT: String(publicPort),
      REELWAY_PUBLIC_URL: `http://127.0.0.1:${publicPort}`,
      REELWAY_API_TOKENS: `chaos:${apiSecret}`,
      REELWAY_NOTIFY: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      LOG_LEVEL: process.env.CHAOS_LOG_LEVEL ?? 'error',
      WEBHOOK_VALIDATION_SECRET_TOKEN: webhookSecret,
      DEFAULT_SERIES_ID: series,
      ...standInSettings(zoom, opencast),
    },
    async close() {
      receiver.close();
      receiver.closeAllConnections();
      await Promise.all([zoom.close(), opencast.stop(), s3?.stop(), cluster.stop()]);
      if (smallDisk !== undefined) execFileSync('umount', ['--lazy', smallDisk]);
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

function mountSmallDisk(folder: string, size: number): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    return undefined;
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
