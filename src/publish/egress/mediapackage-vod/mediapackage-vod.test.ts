import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer, type LoopbackServer } from '../../../../test/support/http-server.js';
import type { AssetRequest } from '../../../domain/asset.js';
import { pace } from '../../../net/pace.js';
import { httpClient } from '../../../net/request.js';
import { localStore } from '../../../storage/local.js';
import { defaultPatience } from '../../../transfer/harvest/attempts.js';
import type { ManagedEgress } from '../managed-egress.js';
import { awsClients } from './aws-clients.js';
import { mediaPackageVod } from './mediapackage-vod.js';
import { setEnvironment } from '../../../../test/support/set-environment.js';

const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:MediaPackage/cdn-AbCdEf';
const request: AssetRequest = {
  id: 'lecture',
  packagingGroupId: 'group',
  source: 's3://source/a/index.m3u8',
  sourceRoleArn: 'arn:aws:iam::123456789012:role/read',
  destination: { path: 'vod' },
};

/** What the stand-in of AWS has and does; tests change it. */
interface Aws {
  assets: Map<string, Record<string, unknown>>;
  group: Record<string, unknown>;
  /** Status of the endpoint at each further look; the last one stays. */
  statuses: (string | undefined)[];
  createdAt: string;
  secret: string;
  /** What it becomes once it was read. */
  rotatedSecret: string | undefined;
  secretReads: number;
  /** Answers the next request in place of the service. */
  faults: ((response: ServerResponse) => unknown)[];
  /** The value that the origin lets in; undefined: the header is refused with 404, as MediaPackage does. */
  identifier: string | undefined;
}

let aws: Aws;
let server: LoopbackServer;
let folder: string;
let egress: ManagedEgress;
let egressOf: (options?: Parameters<typeof awsClients>[0]) => ManagedEgress;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelway-mediapackage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  aws = {
    assets: new Map(),
    group: { id: 'group' },
    statuses: ['PLAYABLE'],
    createdAt: new Date().toISOString(),
    secret: '',
    rotatedSecret: undefined,
    secretReads: 0,
    faults: [],
    identifier: undefined,
  };
  server = await loopbackServer(answer);
  const account = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
  onTestFinished(setEnvironment({ AWS_ENDPOINT_URL: server.origin, AWS_REGION: 'us-east-1', ...account }));
  const client = httpClient({ policy: { privateHosts: [{ kind: 'host', host: '127.0.0.1' }] } });
  onTestFinished(() => client.close());
  egressOf = (options) =>
    mediaPackageVod({
      clients: awsClients(options),
      harvesting: {
        client,
        pace: pace({ concurrency: 4 }),
        concurrency: 4,
        patience: { ...defaultPatience, firstDelay: 1 },
      },
      openStore: () => localStore({ folder }),
      pauses: { first: 5, longest: 20 },
    });
  egress = egressOf();
});

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = incoming.url ?? '';
  if (url.startsWith('/out/')) return answerPlayback(incoming, response);
  expect(incoming.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/(mediapackage-vod|secretsmanager)\//,
  );
  const body = await text(incoming);
  const fault = aws.faults.shift();
  if (fault) return void fault(response);
  if (incoming.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
    aws.secretReads++;
    expect(JSON.parse(body)).toEqual({ SecretId: secretArn });
    send(response, 200, { ARN: secretArn, SecretString: aws.secret });
    aws.secret = aws.rotatedSecret ?? aws.secret;
    return;
  }
  const [, kind, id = ''] = url.split('/');
  if (kind === 'packaging_groups') return send(response, 200, aws.group);
  if (kind?.startsWith('packaging_configurations?')) return answerConfigurations(kind, response);
  if (incoming.method === 'POST') {
    const given = JSON.parse(body) as Record<string, unknown>;
    aws.assets.set(given.id as string, { ...given, createdAt: aws.createdAt });
    return send(response, 200, described(given.id as string));
  }
  if (!aws.assets.has(id)) return send(response, 404, { message: 'no such asset' }, 'NotFoundException');
  return send(response, 200, described(id));
}

/** A page each. */
function answerConfigurations(url: string, response: ServerResponse): void {
  const query = new URLSearchParams(url.slice(url.indexOf('?')));
  expect(query.get('packagingGroupId')).toBe('group');
  const second = query.get('nextToken') === 'second';
  const packagingConfigurations = [{ id: second ? 'hls2' : 'hls', packagingGroupId: 'group' }];
  send(response, 200, { packagingConfigurations, ...(!second && { nextToken: 'second' }) });
}

function described(id: string): object {
  const status = aws.statuses.length > 1 ? aws.statuses.shift() : aws.statuses[0];
  const endpoint = (name: string) => ({
    packagingConfigurationId: name,
    url: `${server.origin}/out/v1/a/${name}/b/index.m3u8`,
    ...(status !== undefined && { status }),
  });
  return { ...aws.assets.get(id), egressEndpoints: [endpoint('hls'), endpoint('hls2')] };
}

function send(response: ServerResponse, status: number, body: object, error?: string): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(error && { 'x-amzn-errortype': error }) });
  response.end(JSON.stringify(body));
}
const fault = (status: number, error: string) => (response: ServerResponse) =>
  send(response, status, { message: 'a test asked for this' }, error);

function answerPlayback({ url, headers }: IncomingMessage, response: ServerResponse): void {
  const given = headers['x-mediapackage-cdnidentifier'];
  if (aws.identifier === undefined && given !== undefined) return void response.writeHead(404).end();
  if (aws.identifier !== given) return void response.writeHead(403).end();
  if (/^\/out\/v1\/a\/hls2?\/b\/index\.m3u8$/.test(url ?? ''))
    return void response.end('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n../../c/d/v.m3u8?m=1\n');
  if (url === '/out/v1/a/c/d/v.m3u8?m=1')
    return void response.end('#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\ne/1.ts?m=1\n#EXT-X-ENDLIST\n');
  response.end(`G${url}`);
}

const bothEndpoints = [{ configurationId: 'hls' }, { configurationId: 'hls2' }];

const harvesting = {
  assetId: 'lecture',
  configurationId: 'hls',
  packagingGroupId: 'group',
  destination: 'vod/lecture/hls',
};
const harvestHls = () =>
  egress.harvest({ ...harvesting, url: `${server.origin}/out/v1/a/hls/b/index.m3u8` }, () => undefined);
const harvestHls2 = () => {
  const other = { ...harvesting, configurationId: 'hls2', destination: 'vod/lecture/hls2' };
  return egress.harvest({ ...other, url: `${server.origin}/out/v1/a/hls2/b/index.m3u8` }, () => undefined);
};

describe('an asset of MediaPackage VOD', () => {
  it('is created when there is none, and found afterwards', async () => {
    expect(await egress.prepare(request)).toEqual(bothEndpoints);
    expect(aws.assets.get('lecture')).toMatchObject({
      packagingGroupId: 'group',
      sourceArn: 'arn:aws:s3:::source/a/index.m3u8',
      sourceRoleArn: request.sourceRoleArn,
    });
    expect(await egress.prepare(request)).toEqual(bothEndpoints);
    expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it.each(['lecture #1/a b.m3u8', 'what?/50%20.m3u8', 'a+b/für.m3u8'])(
    'is created of the object %j as S3 calls it, not of its address',
    async (key) => {
      const encoded = key.split('/').map(encodeURIComponent).join('/');
      await egress.prepare({ ...request, source: `s3://source/${encoded}` });
      expect(aws.assets.get('lecture')).toMatchObject({ sourceArn: `arn:aws:s3:::source/${key}` });
    },
  );

  it('is found when the answer to its creation was lost', async () => {
    aws.assets.set('lecture', {
      id: 'lecture',
      packagingGroupId: 'group',
      sourceArn: 'arn:aws:s3:::source/a/index.m3u8',
    });
    // Configurations that may not be listed are no reason not to make it.
    const unlisted = fault(403, 'AccessDeniedException');
    aws.faults = [fault(404, 'NotFoundException'), unlisted, fault(422, 'UnprocessableEntityException')];
    expect(await egress.prepare(request)).toEqual(bothEndpoints);
  });

  it.each([
    ['another packaging group', { packagingGroupId: 'other' }],
    ['another source', { source: 's3://source/b/index.m3u8' }],
  ])('of %s is not taken for this one', async (_name, change) => {
    await egress.prepare(request);
    await expect(egress.prepare({ ...request, ...change })).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    ['a source that is not in S3', { source: 'https://x/y.m3u8' }],
    ['no role that reads the source', { sourceRoleArn: undefined }],
  ])('needs what MediaPackage needs: %s is refused', async (_name, change) => {
    await expect(egress.prepare({ ...request, ...change })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('waits out throttling, and says what was refused', async () => {
    aws.faults = [fault(429, 'TooManyRequestsException'), fault(503, 'ServiceUnavailableException')];
    expect(await egress.prepare(request)).toHaveLength(2);
    for (const [status, name] of [
      [403, 'ForbiddenException'],
      [422, 'UnprocessableEntityException'],
    ] as const) {
      aws.faults = [fault(status, name)];
      await expect(egress.prepare(request)).rejects.toMatchObject({
        code: 'mediapackage_refused',
        message: expect.stringContaining(name) as string,
      });
      expect(aws.faults).toEqual([]);
    }
  });
});

describe('an asset that MediaPackage VOD has no more', () => {
  const created = () => server.requests.filter((line) => line.startsWith('POST'));
  const standing = { status: 'skipped', objects: 3, durationMs: 4000 };

  it('is not made again when all of it is in storage, verified', async () => {
    await harvestHls();
    await harvestHls2();
    expect(await egress.prepare(request)).toMatchObject([
      { configurationId: 'hls', standing: { ...standing, manifests: ['vod/lecture/hls/hls/b/index.m3u8'] } },
      { configurationId: 'hls2', standing },
    ]);
    expect(created()).toEqual([]);
  });

  it('is made again for endpoints that are not in storage, or not all of them', async () => {
    await harvestHls();
    expect(await egress.prepare(request)).toMatchObject([{ configurationId: 'hls', standing }, bothEndpoints[1]!]);
    expect(created()).toHaveLength(1);
    aws.assets.clear();
    await harvestHls2();
    await writeFile(join(folder, 'vod/lecture/hls/c/d/e/1.ts'), 'Gx');
    expect(await egress.prepare(request)).toMatchObject([bothEndpoints[0]!, { configurationId: 'hls2', standing }]);
    expect(created()).toHaveLength(2);
  });

  it('is not made when its place is taken, and an endpoint whose place is taken is not waited for', async () => {
    await localStore({ folder }).put('vod/lecture/hls2/theirs.txt', Buffer.from('x'));
    await expect(egress.prepare(request)).rejects.toMatchObject({ code: 'destination_occupied' });
    expect(created()).toEqual([]);
    aws.assets.set('lecture', { id: 'lecture' });
    aws.statuses = ['PROCESSING'];
    const taken = { assetId: 'lecture', configurationId: 'hls2', destination: 'vod/lecture/hls2' };
    const deadline = new Date(Date.now() + 60_000);
    await expect(egress.waitUntilPlayable({ ...taken, deadline })).rejects.toMatchObject({
      code: 'destination_occupied',
    });
  });
});

describe('an endpoint of MediaPackage VOD', () => {
  const wait = (milliseconds = 5000) =>
    egress.waitUntilPlayable({
      assetId: 'lecture',
      configurationId: 'hls',
      destination: 'vod/lecture/hls',
      deadline: new Date(Date.now() + milliseconds),
    });

  it('is waited for until it is playable', async () => {
    await egress.prepare(request);
    aws.statuses = ['QUEUED', 'PROCESSING', 'PROCESSING', 'PLAYABLE'];
    expect(await wait()).toEqual({ url: `${server.origin}/out/v1/a/hls/b/index.m3u8`, status: 'PLAYABLE' });
  });

  it.each([
    ['failed', ['PROCESSING', 'FAILED'], 'endpoint_failed'],
    ['never gets there', ['PROCESSING'], 'endpoint_not_playable'],
    ['tells no status and is new', [undefined], 'endpoint_not_playable'],
  ])('that %s is a failure of its own', async (_name, statuses, code) => {
    await egress.prepare(request);
    aws.statuses = statuses;
    await expect(wait(100)).rejects.toMatchObject({ code });
  });

  it('is waited for through an outage that is longer than the patience with a request, and through networks that swallow them', async () => {
    await egress.prepare(request);
    const cut = (response: ServerResponse): unknown => response.destroy();
    const silent = (): undefined => undefined;
    const throttled = fault(400, 'ThrottlingException');
    aws.faults = [...Array<typeof cut>(10).fill(fault(503, 'ServiceUnavailableException')), throttled, cut, silent];
    const deadline = new Date(Date.now() + 10_000);
    const hasty = egressOf({ maxAttempts: 1, idleTimeout: 300 });
    const endpoint = { assetId: 'lecture', configurationId: 'hls', destination: 'vod/lecture/hls', deadline };
    expect(await hasty.waitUntilPlayable(endpoint)).toMatchObject({ status: 'PLAYABLE' });
    expect(aws.faults).toEqual([]);
    aws.faults = [fault(403, 'ForbiddenException')];
    await expect(hasty.waitUntilPlayable(endpoint)).rejects.toMatchObject({ code: 'mediapackage_refused' });
    aws.faults = Array<typeof cut>(1000).fill(throttled);
    await expect(hasty.waitUntilPlayable({ ...endpoint, deadline: new Date(Date.now() + 50) })).rejects.toMatchObject({
      code: 'endpoint_not_playable',
      message: expect.stringContaining('ThrottlingException') as string,
    });
  });

  it('that tells no status and is old is taken for playable', async () => {
    aws.createdAt = '2021-03-01T00:00:00Z';
    aws.statuses = [undefined];
    await egress.prepare(request);
    expect(await wait()).toMatchObject({ status: undefined });
  });

  it('is harvested with the layout of packaged-vod-downloader: what addresses have in common goes, the rest stays', async () => {
    expect(await harvestHls()).toMatchObject({
      status: 'complete',
      manifests: ['vod/lecture/hls/hls/b/index.m3u8'],
      objects: 3,
      durationMs: 4000,
    });
    const files = (await readdir(join(folder, 'vod/lecture/hls'), { recursive: true, withFileTypes: true })).filter(
      (each) => each.isFile(),
    );
    expect(files.map((each) => join(each.parentPath, each.name).slice(folder.length)).sort()).toEqual([
      '/vod/lecture/hls/.reelway/inventory.json',
      '/vod/lecture/hls/c/d/e/1.ts',
      '/vod/lecture/hls/c/d/v.m3u8',
      '/vod/lecture/hls/hls/b/index.m3u8',
    ]);
    expect(await harvestHls()).toMatchObject({ status: 'skipped' });
    expect(aws.secretReads).toBe(0);
  });

  it('behind CDN authorization is read with the secret, which is read again once it is refused, and stands nowhere', async () => {
    const identifiers = ['first-identifier-11', 'second-identifier-22'];
    const secretOf = (value: string | undefined) => JSON.stringify({ MediaPackageCDNIdentifier: value });
    aws.group = {
      id: 'group',
      authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: 'arn:aws:iam::123456789012:role/r' },
    };
    aws.secret = secretOf(identifiers[0]);
    aws.identifier = identifiers[1]; // rotated meanwhile
    aws.rotatedSecret = secretOf(identifiers[1]);
    const result = await harvestHls();
    expect(result.status).toBe('complete');
    expect(aws.secretReads).toBe(2);
    const inventory = await readFile(join(folder, 'vod/lecture/hls/.reelway/inventory.json'), 'utf8');
    for (const value of identifiers) expect(inventory + JSON.stringify(result)).not.toContain(value);
  });

  it.each([
    ['is no JSON', 'plain-identifier'],
    ['has another key', '{"X-MediaPackage-CDNIdentifier":"plain-identifier"}'],
    ['is too short', '{"MediaPackageCDNIdentifier":"short"}'],
  ])('whose secret %s is refused without saying it', async (_name, secret) => {
    aws.group = { id: 'group', authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: 'x' } };
    aws.secret = secret;
    const failure = await harvestHls().catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ code: 'mediapackage_refused' });
    expect((failure as Error).message).not.toMatch(/plain-identifier|short/);
  });
});
