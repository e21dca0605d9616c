import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../../src/config/config.js';
import { openServices, type Services } from '../../src/wiring.js';
import { AwsError } from '../support/aws-listener.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { secretArn, startMediaPackageServer, type MediaPackageServer } from '../support/mediapackage-server.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';
import { setEnvironment } from '../support/set-environment.js';

/** packaged-vod-downloader's process from its request to its notifications: every service of AWS is a server that checks who asks and what. */
const topic = 'arn:aws:sns:us-east-1:123456789012:vod';
const createAssetRequest = {
  Id: 'talk',
  PackagingGroupId: 'group',
  SourceArn: 'arn:aws:s3:::source/lecture #1/index.m3u8',
  SourceRoleArn: 'arn:aws:iam::123456789012:role/read',
  DestinationBucket: 'dest',
  DestinationPath: 'vod/out',
};
const identifier = 'identifier-of-the-tests-0001';

let s3: S3Server;
let aws: MediaPackageServer;
let services: Services;

beforeEach(async () => {
  s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  s3.buckets.set('dest', new Map());
  aws = await startMediaPackageServer(s3.credentials);
  onTestFinished(
    setEnvironment({
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
      AWS_ENDPOINT_URL: aws.origin,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    }),
  );
  const folder = await createDataFolder();
  onTestFinished(() => folder.remove());
  const { dataFolder } = folder;
  await mkdir(path.join(dataFolder, 'packaging-groups'), { recursive: true });
  const group = { PackagingGroup: { Id: 'group' }, Egress: 'mediapackage-vod' };
  await writeFile(path.join(dataFolder, 'packaging-groups/group.json'), JSON.stringify(group));
  const environment = {
    REELWAY_DATA_DIR: dataFolder,
    REELWAY_STORAGE: 's3://dest',
    REELWAY_PRIVATE_HOSTS: '127.0.0.1',
    REELWAY_NOTIFY: `sns:${topic}`,
  };
  services = await openServices({
    config: readConfig(environment),
    environment,
    log: pino({ level: 'silent' }),
    publicUrl: () => 'http://reelway',
    onLost: (failure) => expect.unreachable(failure.message),
  });
  onTestFinished(() => services.close());
});

/** Hands the request in and waits for its end. @returns how it ended, and what SNS was told of it */
async function run(change: object = {}): Promise<{ status: string; told: Record<string, unknown>[] }> {
  const before = aws.told.length;
  const { jobs } = services.engine;
  const { id } = await services.submitAsset({ createAssetRequest: { ...createAssetRequest, ...change } });
  const ended = async () => !['queued', 'running'].includes((await jobs.find(id)).status);
  await expect.poll(ended, { timeout: 60_000, interval: 50 }).toBe(true);
  const telling = { kind: ['tell'], status: ['queued', 'running'], parent: 'any' } as const;
  await expect.poll(async () => (await jobs.list(telling)).jobs, { timeout: 60_000, interval: 50 }).toEqual([]);
  return { status: (await jobs.find(id)).status, told: aws.told.slice(before) };
}

const summary = (told: readonly Record<string, unknown>[]) =>
  told.map(({ Type, Message }) => `${String(Type)} ${String(Message)}`).sort();
const keys = () => [...s3.buckets.get('dest')!.keys()].filter((key) => !key.includes('/.reelway/')).sort();

describe('the process of packaged-vod-downloader', () => {
  it('makes the asset, waits for it, harvests it to S3 behind CDN authorization, and tells SNS; once more, it has nothing to do', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/r';
    aws.group = { id: 'group', authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: roleArn } };
    aws.secret = JSON.stringify({ MediaPackageCDNIdentifier: identifier });
    aws.identifier = identifier;
    aws.statuses = ['QUEUED', 'PROCESSING', 'PLAYABLE'];
    const first = await run();
    expect(first.status).toBe('done');
    expect(aws.assets.get('talk')).toMatchObject({
      packagingGroupId: 'group',
      sourceArn: createAssetRequest.SourceArn,
      sourceRoleArn: createAssetRequest.SourceRoleArn,
    });
    expect(keys()).toEqual(
      ['hls', 'hls2'].flatMap((configuration) =>
        ['c/d/e/1.ts', 'c/d/v.m3u8', `${configuration}/b/index.m3u8`].map(
          (key) => `vod/out/talk/${configuration}/${key}`,
        ),
      ),
    );
    expect(summary(first.told)).toEqual([
      'NOTIFICATION Asset talk is ready: 2 of 2 endpoints',
      'NOTIFICATION Download Complete',
      'NOTIFICATION Download Complete',
      'NOTIFICATION Initiating download of egress endpoint',
      'NOTIFICATION Initiating download of egress endpoint',
    ]);
    const s3Location = 's3://dest/vod/out/talk/hls/hls/b/index.m3u8';
    const asset = { s3Location, packagingConfiguration: 'hls', type: 'hls' };
    expect(first.told).toContainEqual(expect.objectContaining({ Asset: asset }));
    const end = first.told.find(({ downloadedAssets }) => downloadedAssets !== undefined)!;
    expect(end.downloadedAssets).toContainEqual(expect.objectContaining(asset));

    const again = await run();
    expect(summary(again.told)).toEqual([
      'NOTIFICATION Asset talk is ready: 2 of 2 endpoints',
      'NOTIFICATION Asset talk: hls is complete already',
      'NOTIFICATION Asset talk: hls2 is complete already',
    ]);
    expect(JSON.stringify(aws.told)).not.toContain(identifier);
  });

  it('tells of each endpoint that fails, and at the end what failed and what is there', async () => {
    // What the operator's role may not read is told, whoever's fault it is.
    const roleArn = 'arn:aws:iam::123456789012:role/r';
    aws.group = { id: 'group', authorization: { cdnIdentifierSecret: secretArn, secretsRoleArn: roleArn } };
    aws.fault = ({ operation }) =>
      operation === 'GetSecretValue' ? new AwsError(400, 'AccessDeniedException', 'not authorized') : undefined;
    const { status, told } = await run();
    expect(status).toBe('failed');
    expect(summary(told)).toEqual([
      'ERROR Asset talk failed: 2 of 2 endpoints',
      'ERROR Failed to download asset from endpoint',
      'ERROR Failed to download asset from endpoint',
      'NOTIFICATION Initiating download of egress endpoint',
      'NOTIFICATION Initiating download of egress endpoint',
    ]);
    const Url = `${aws.origin}/out/v1/a/hls/b/index.m3u8`;
    expect(told).toContainEqual(
      expect.objectContaining({
        EgressEndpoint: [{ PackagingConfigurationId: 'hls', Status: 'PLAYABLE', Url }],
        DebugInfo: {
          createAssetRequest,
          EgressEndpointPackagingConfigurationId: 'hls',
          failure: { code: 'mediapackage_refused', message: expect.stringContaining(secretArn) as string },
        },
      }),
    );
  });

  it('tells of an endpoint that MediaPackage does not make with the status that it has', async () => {
    aws.statuses = ['FAILED'];
    const { told } = await run();
    const Url = `${aws.origin}/out/v1/a/hls/b/index.m3u8`;
    const failed = told.filter(({ Message }) => Message === 'Failed to download asset from endpoint');
    expect(failed.map(({ EgressEndpoint }) => EgressEndpoint)).toContainEqual([
      { PackagingConfigurationId: 'hls', Status: 'FAILED', Url },
    ]);
    expect(failed).toHaveLength(2);
  });

  it('tells once of an asset that MediaPackage does not take, with its own words', async () => {
    aws.fault = ({ operation }) =>
      operation === 'CreateAsset' ? new AwsError(422, 'UnprocessableEntityException', 'too many assets') : undefined;
    const { status, told } = await run();
    expect(status).toBe('failed');
    expect(told).toEqual([
      expect.objectContaining({
        Type: 'ERROR',
        Id: 'talk',
        createAssetRequest,
        CreateAssetError: {
          Error: 'MediaPackageVod.UnprocessableEntityException',
          Cause: expect.stringContaining('too many assets') as string,
        },
        failedEndpoints: [
          expect.objectContaining({ configurationId: 'group', code: 'mediapackage_refused' }) as object,
        ],
      }),
    ]);
  });
});
