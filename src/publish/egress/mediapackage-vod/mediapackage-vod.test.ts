import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AwsError, NoAnswer } from '../../../../test/support/aws-listener.js';
import {
  secretArn,
  startMediaPackageServer,
  type MediaPackageServer,
} from '../../../../test/support/mediapackage-server.js';
import type { AssetRequest } from '../../../domain/asset.js';
import { pace } from '../../../net/pace.js';
import { httpClient } from '../../../net/request.js';
import { localStore } from '../../../storage/local.js';
import { defaultPatience } from '../../../transfer/harvest/attempts.js';
import type { ManagedEgress, PreparedEndpoint } from '../managed-egress.js';
import { awsClients } from './aws-clients.js';
import { mediaPackageVod } from './mediapackage-vod.js';
import { setEnvironment } from '../../../../test/support/set-environment.js';

const request: AssetRequest = {
  id: 'lecture',
  packagingGroupId: 'group',
  source: 's3://source/a/index.m3u8',
  sourceRoleArn: 'arn:aws:iam::123456789012:role/read',
  destination: { path: 'vod' },
};

let aws: MediaPackageServer;
let folder: string;
let egress: ManagedEgress;
let egressOf: (options?: Parameters<typeof awsClients>[0]) => ManagedEgress;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reelway-mediapackage-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' };
  aws = await startMediaPackageServer(credentials);
  onTestFinished(
    setEnvironment({
      AWS_ENDPOINT_URL: aws.origin,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
  );
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

type Fault = [status: number, name: string] | NoAnswer;

/** The next requests of AWS's services get these errors, one each. @returns those that are left */
function faults(...errors: Fault[]): unknown[] {
  aws.fault = () => {
    const next = errors.shift();
    return Array.isArray(next) ? new AwsError(...next, 'a test asked for this') : next;
  };
  return errors;
}

const bothEndpoints = [{ configurationId: 'hls' }, { configurationId: 'hls2' }];

const harvesting = {
  assetId: 'lecture',
  configurationId: 'hls',
  packagingGroupId: 'group',
  destination: 'vod/lecture/hls',
};

/** The group has CDN authorization. */
function guardedBy(identifier: string): void {
  const roleArn = 'arn:aws:iam::123456789012:role/r';
  aws.group = { id: 'group', authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: roleArn } };
  aws.secret = JSON.stringify({ MediaPackageCDNIdentifier: identifier });
  aws.identifier = identifier;
}

const harvestHls = () =>
  egress.harvest({ ...harvesting, url: `${aws.origin}/out/v1/a/hls/b/index.m3u8` }, () => undefined);
const harvestHls2 = () => {
  const other = { ...harvesting, configurationId: 'hls2', destination: 'vod/lecture/hls2' };
  return egress.harvest({ ...other, url: `${aws.origin}/out/v1/a/hls2/b/index.m3u8` }, () => undefined);
};

/** As the asset's job does it. */
async function prepare(of: AssetRequest = request) {
  const { bucket, path } = of.destination;
  const inPlace: PreparedEndpoint[] = [];
  for (const { configurationId, harvested } of await egress.findInPlace(of)) {
    const sought = { assetId: of.id, configurationId, destination: `${path}/${of.id}/${configurationId}` };
    const standing = harvested
      ? await egress.findComplete({ ...sought, ...(bucket !== undefined && { bucket }) })
      : null;
    inPlace.push({ configurationId, ...(standing && { standing }) });
  }
  return egress.prepare(of, inPlace);
}

describe('an asset of MediaPackage VOD', () => {
  it('is created when there is none, and found afterwards', async () => {
    expect(await prepare()).toEqual(bothEndpoints);
    expect(aws.assets.get('lecture')).toMatchObject({
      packagingGroupId: 'group',
      sourceArn: 'arn:aws:s3:::source/a/index.m3u8',
      sourceRoleArn: request.sourceRoleArn,
    });
    expect(await prepare()).toEqual(bothEndpoints);
    expect(aws.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it.each(['lecture #1/a b.m3u8', 'what?/50%20.m3u8', 'a+b/für.m3u8'])(
    'is created of the object %j as S3 calls it, not of its address',
    async (key) => {
      const encoded = key.split('/').map(encodeURIComponent).join('/');
      await prepare({ ...request, source: `s3://source/${encoded}` });
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
    const unlisted: Fault = [403, 'AccessDeniedException'];
    faults([404, 'NotFoundException'], unlisted, [404, 'NotFoundException'], [422, 'UnprocessableEntityException']);
    expect(await prepare()).toEqual(bothEndpoints);
  });

  it.each([
    ['another packaging group', { packagingGroupId: 'other' }],
    ['another source', { source: 's3://source/b/index.m3u8' }],
  ])('of %s is not taken for this one', async (_name, change) => {
    await prepare();
    await expect(prepare({ ...request, ...change })).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    ['a source that is not in S3', { source: 'https://x/y.m3u8' }],
    ['no role that reads the source', { sourceRoleArn: undefined }],
  ])('needs what MediaPackage needs: %s is refused', async (_name, change) => {
    await expect(prepare({ ...request, ...change })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  it('waits out throttling, and says what was refused', async () => {
    faults([429, 'TooManyRequestsException'], [503, 'ServiceUnavailableException']);
    expect(await prepare()).toHaveLength(2);
    for (const [status, name] of [
      [403, 'ForbiddenException'],
      [422, 'UnprocessableEntityException'],
    ] as const) {
      const left = faults([status, name]);
      await expect(prepare()).rejects.toMatchObject({
        code: 'mediapackage_refused',
        message: expect.stringContaining(name) as string,
      });
      expect(left).toEqual([]);
    }
  });

  it('is asked for with signatures that AWS accepts, or refused', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'another';
    await expect(prepare()).rejects.toMatchObject({
      code: 'mediapackage_refused',
      message: expect.stringContaining('SignatureDoesNotMatch') as string,
    });
  });
});

describe('an asset that MediaPackage VOD has no more', () => {
  const created = () => aws.requests.filter((line) => line.startsWith('POST'));
  const standing = { status: 'skipped', objects: 3, durationMs: 4000 };

  it('is not made again when all of it is in storage, verified', async () => {
    await harvestHls();
    await harvestHls2();
    expect(await prepare()).toMatchObject([
      { configurationId: 'hls', standing: { ...standing, manifests: ['vod/lecture/hls/hls/b/index.m3u8'] } },
      { configurationId: 'hls2', standing },
    ]);
    expect(created()).toEqual([]);
  });

  it('is made again for endpoints that are not in storage, or not all of them', async () => {
    await harvestHls();
    expect(await prepare()).toMatchObject([{ configurationId: 'hls', standing }, bothEndpoints[1]!]);
    expect(created()).toHaveLength(1);
    aws.assets.clear();
    await harvestHls2();
    await writeFile(join(folder, 'vod/lecture/hls/c/d/e/1.ts'), 'Gx');
    expect(await prepare()).toMatchObject([bothEndpoints[0]!, { configurationId: 'hls2', standing }]);
    expect(created()).toHaveLength(2);
  });

  it('is not made when its place is taken, and an endpoint whose place is taken is not waited for', async () => {
    await localStore({ folder }).put('vod/lecture/hls2/theirs.txt', Buffer.from('x'));
    await expect(prepare()).rejects.toMatchObject({ code: 'destination_occupied' });
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
    await prepare();
    aws.statuses = ['QUEUED', 'PROCESSING', 'PROCESSING', 'PLAYABLE'];
    expect(await wait()).toEqual({ url: `${aws.origin}/out/v1/a/hls/b/index.m3u8`, status: 'PLAYABLE' });
  });

  it('is waited for through an outage that is longer than the patience with a request, and through networks that swallow them', async () => {
    await prepare();
    const unavailable: Fault = [503, 'ServiceUnavailableException'];
    const throttled: Fault = [400, 'ThrottlingException'];
    const outage = Array<Fault>(10).fill(unavailable);
    const left = faults(...outage, throttled, new NoAnswer('cut'), new NoAnswer('silent'));
    const deadline = new Date(Date.now() + 10_000);
    const hasty = egressOf({ maxAttempts: 1, idleTimeout: 300 });
    const endpoint = { assetId: 'lecture', configurationId: 'hls', destination: 'vod/lecture/hls', deadline };
    expect(await hasty.waitUntilPlayable(endpoint)).toMatchObject({ status: 'PLAYABLE' });
    expect(left).toEqual([]);
    faults([403, 'ForbiddenException']);
    await expect(hasty.waitUntilPlayable(endpoint)).rejects.toMatchObject({ code: 'mediapackage_refused' });
    faults(...Array<Fault>(1000).fill(throttled));
    await expect(hasty.waitUntilPlayable({ ...endpoint, deadline: new Date(Date.now() + 50) })).rejects.toMatchObject({
      code: 'endpoint_not_playable',
      message: expect.stringContaining('ThrottlingException') as string,
    });
  });

  it.each([
    ['failed', ['PROCESSING', 'FAILED'], 'endpoint_failed'],
    ['never gets there', ['PROCESSING'], 'endpoint_not_playable'],
    ['tells no status and is new', [undefined], 'endpoint_not_playable'],
  ])('that %s is a failure of its own', async (_name, statuses, code) => {
    await prepare();
    aws.statuses = statuses;
    const status = statuses.at(-1) ?? 'unknown';
    const url = `${aws.origin}/out/v1/a/hls/b/index.m3u8`;
    const patience = code === 'endpoint_failed' ? undefined : 100;
    await expect(wait(patience)).rejects.toMatchObject({ code, details: { endpoint: 'hls', status, url } });
  });

  it('that tells no status and is old is taken for playable', async () => {
    aws.createdAt = '2021-03-01T00:00:00Z';
    aws.statuses = [undefined];
    await prepare();
    expect(await wait()).toMatchObject({ status: undefined });
  });

  it('is known to be complete, without asking anybody, once every object of it is in place', async () => {
    const job = { ...harvesting, url: `${aws.origin}/out/v1/a/hls/b/index.m3u8` };
    expect(await egress.findComplete(job)).toBeNull();
    await harvestHls();
    const asked = aws.requests.length;
    expect(await egress.findComplete(job)).toMatchObject({ status: 'skipped', objects: 3, durationMs: 4000 });
    expect(aws.requests).toHaveLength(asked);
    await rm(join(folder, 'vod/lecture/hls/c/d/e/1.ts'));
    expect(await egress.findComplete(job)).toBeNull();
    // Another presentation by the same name.
    expect(await egress.findComplete({ ...job, url: `${job.url}?version=2` })).toBeNull();
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

  it('behind CDN authorization is read with the secret of before, too, while MediaPackage has not noticed a rotation', async () => {
    guardedBy('identifier-of-before-1');
    aws.previousSecret = aws.secret;
    aws.secret = JSON.stringify({ MediaPackageCDNIdentifier: 'identifier-of-now-22' });
    expect(await harvestHls()).toMatchObject({ status: 'complete' });
    expect(aws.secretReads).toBe(3);
  });

  it('that refuses the only version of the secret is forbidden', async () => {
    guardedBy('an-identifier-of-the-tests');
    aws.identifier = 'another-identifier-1';
    await expect(harvestHls()).rejects.toMatchObject({ code: 'source_forbidden' });
  });

  it('behind CDN authorization is harvested while MediaPackage and Secrets Manager throttle', async () => {
    guardedBy('an-identifier-of-the-tests');
    const left = faults([429, 'TooManyRequestsException'], [400, 'ThrottlingException']);
    expect(await harvestHls()).toMatchObject({ status: 'complete' });
    expect(left).toEqual([]);
  });

  it('whose secret may not be read is refused with the name of the secret and what AWS says', async () => {
    guardedBy('an-identifier-of-the-tests');
    aws.fault = ({ operation }) =>
      operation === 'GetSecretValue' ? new AwsError(400, 'AccessDeniedException', 'not authorized') : undefined;
    await expect(harvestHls()).rejects.toMatchObject({
      code: 'mediapackage_refused',
      message: expect.stringMatching(/read the secret arn:\S+ of the packaging group "group": AccessDenied/) as string,
    });
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
