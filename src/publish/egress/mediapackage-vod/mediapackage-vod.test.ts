import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NoAnswer } from '../../../../test/support/aws-listener.js';
import { bothEndpoints, mediaPackageUnderTest, request, type Fault } from './mediapackage-under-test.case.js';

const under = mediaPackageUnderTest();
const { faults, harvestHls, prepare } = under;

describe('an asset of MediaPackage VOD', () => {
  it('is created when there is none, and found afterwards', async () => {
    expect(await prepare()).toEqual(bothEndpoints);
    expect(under.aws.assets.get('lecture')).toMatchObject({
      packagingGroupId: 'group',
      sourceArn: 'arn:aws:s3:::source/a/index.m3u8',
      sourceRoleArn: request.sourceRoleArn,
    });
    expect(await prepare()).toEqual(bothEndpoints);
    expect(under.aws.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  });

  it.each(['lecture #1/a b.m3u8', 'what?/50%20.m3u8', 'a+b/für.m3u8'])(
    'is created of the object %j as S3 calls it, not of its address',
    async (key) => {
      const encoded = key.split('/').map(encodeURIComponent).join('/');
      await prepare({ ...request, source: `s3://source/${encoded}` });
      expect(under.aws.assets.get('lecture')).toMatchObject({ sourceArn: `arn:aws:s3:::source/${key}` });
    },
  );

  it('is found when the answer to its creation was lost', async () => {
    under.aws.assets.set('lecture', {
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

describe('an endpoint of MediaPackage VOD', () => {
  const wait = (milliseconds = 5000) =>
    under.egress.waitUntilPlayable({
      assetId: 'lecture',
      configurationId: 'hls',
      destination: 'vod/lecture/hls',
      deadline: new Date(Date.now() + milliseconds),
    });

  it('is waited for until it is playable', async () => {
    await prepare();
    under.aws.statuses = ['QUEUED', 'PROCESSING', 'PROCESSING', 'PLAYABLE'];
    expect(await wait()).toEqual({ url: `${under.aws.origin}/out/v1/a/hls/b/index.m3u8`, status: 'PLAYABLE' });
  });

  it('is waited for through an outage that is longer than the patience with a request, and through networks that swallow them', async () => {
    await prepare();
    const unavailable: Fault = [503, 'ServiceUnavailableException'];
    const throttled: Fault = [400, 'ThrottlingException'];
    const outage = Array<Fault>(10).fill(unavailable);
    const left = faults(...outage, throttled, new NoAnswer('cut'), new NoAnswer('silent'));
    const deadline = new Date(Date.now() + 10_000);
    const hasty = under.egressOf({ maxAttempts: 1, idleTimeout: 300 });
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
    under.aws.statuses = statuses;
    const status = statuses.at(-1) ?? 'unknown';
    const url = `${under.aws.origin}/out/v1/a/hls/b/index.m3u8`;
    const patience = code === 'endpoint_failed' ? undefined : 100;
    await expect(wait(patience)).rejects.toMatchObject({ code, details: { endpoint: 'hls', status, url } });
  });

  it('that tells no status and is old is taken for playable', async () => {
    under.aws.createdAt = '2021-03-01T00:00:00Z';
    under.aws.statuses = [undefined];
    await prepare();
    expect(await wait()).toMatchObject({ status: undefined });
  });

  it('is harvested with the layout of packaged-vod-downloader: what addresses have in common goes, the rest stays', async () => {
    expect(await harvestHls()).toMatchObject({
      status: 'complete',
      manifests: ['vod/lecture/hls/hls/b/index.m3u8'],
      objects: 3,
      durationMs: 4000,
    });
    const files = (
      await readdir(join(under.folder, 'vod/lecture/hls'), { recursive: true, withFileTypes: true })
    ).filter((each) => each.isFile());
    expect(files.map((each) => join(each.parentPath, each.name).slice(under.folder.length)).sort()).toEqual([
      '/vod/lecture/hls/.reelway/inventory.json',
      '/vod/lecture/hls/c/d/e/1.ts',
      '/vod/lecture/hls/c/d/v.m3u8',
      '/vod/lecture/hls/hls/b/index.m3u8',
    ]);
    expect(await harvestHls()).toMatchObject({ status: 'skipped' });
    expect(under.aws.secretReads).toBe(0);
  });
});
