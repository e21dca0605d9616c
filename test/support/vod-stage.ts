import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MediaPackageVodClient } from '@aws-sdk/client-mediapackage-vod';
import { pino } from 'pino';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { AwsError, awsListener, type AwsCall } from './aws-listener.js';
import { createDataFolder } from './embedded-data-folder.js';
import { projectRoot } from './reelway.js';
import { startS3Server, type S3Server } from './s3-server.js';
import { setEnvironment } from './set-environment.js';

/**
 * Reelway as MediaPackage VOD, with AWS's own SDK as its client, and its source in S3. Secrets Manager and SNS are small servers, which check
 * signatures and requests.
 */
export interface VodStage {
  readonly folder: string;
  /** with the buckets `source`, which holds the sample, and `dest` */
  readonly s3: S3Server;
  readonly server: RunningServer;
  readonly credentials: AwsKeys;
  readonly vod: MediaPackageVodClient;
  clientWith(keys: AwsKeys): MediaPackageVodClient;
  /** What a process wants that meets this S3, SNS and Secrets Manager; this one has it. */
  awsEnvironment(): Record<string, string>;
  /** What SNS was told, in order. */
  readonly told: readonly { Type: string; Message: string }[];
  remove(): Promise<void>;
}

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:cdn';
export const identifier = 'identifier-of-the-tests-0001';
export const topic = 'arn:aws:sns:us-east-1:123456789012:vod';

export const cmaf = (id: string, group: string) => ({
  Id: id,
  PackagingGroupId: group,
  CmafPackage: { SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'main' }] },
});
export const assetOf = (id: string, group: string) => ({
  Id: id,
  PackagingGroupId: group,
  SourceArn: 'arn:aws:s3:::source/sample/index.m3u8',
  SourceRoleArn: 'arn:aws:iam::123456789012:role/read',
});

export async function startVodStage(): Promise<VodStage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-e2e-vod-'));
  const s3 = await startS3Server();
  s3.buckets.set('dest', new Map());
  s3.buckets.set('source', await sampleObjects());
  const told: { Type: string; Message: string }[] = [];
  const credentials = { ...s3.credentials };
  const other = await secretsAndNotices(credentials, told);
  const awsEnvironment = (): Record<string, string> => ({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_SNS: other.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: other.url,
  });
  const restoreEnvironment = setEnvironment(awsEnvironment());

  const dataFolder = path.join(folder, 'server');
  await rename((await createDataFolder()).dataFolder, dataFolder);
  const environment = {
    REELWAY_DATA_DIR: dataFolder,
    REELWAY_STORAGE: `file:${path.join(folder, 'media')}`,
    REELWAY_PORT: '0',
    REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests',
    REELWAY_AWS_KEYS: `${credentials.accessKeyId}:${credentials.secretAccessKey}`,
  };
  const server = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
  const clientWith = (keys: AwsKeys) =>
    new MediaPackageVodClient({
      region: 'eu-west-1',
      endpoint: `${server.url}/mediapackage-vod`,
      credentials: keys,
      maxAttempts: 1,
    });
  const vod = clientWith(credentials);
  return {
    ...{ folder, s3, server, credentials, vod, clientWith, awsEnvironment, told },
    async remove() {
      vod.destroy();
      await server.stop();
      await s3.stop();
      other.close();
      restoreEnvironment();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Secrets Manager, which has one secret, and SNS, which notes what it is told. */
async function secretsAndNotices(credentials: AwsKeys, told: { Type: string; Message: string }[]) {
  const answers = {
    secretsmanager({ parameters }: AwsCall) {
      if (parameters.SecretId !== secretArn) throw new AwsError(400, 'ResourceNotFoundException', 'no such secret');
      return { ARN: secretArn, SecretString: JSON.stringify({ MediaPackageCDNIdentifier: identifier }) };
    },
    sns({ parameters }: AwsCall) {
      told.push(JSON.parse(String(parameters.Message)) as (typeof told)[0]);
      return { MessageId: '1' };
    },
  };
  const listener = awsListener({ credentials, answers });
  const aws = createServer((request, response) => void listener(request, response));
  aws.listen(0, '127.0.0.1');
  await once(aws, 'listening');
  return {
    url: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    close: () => (aws.close(), aws.closeAllConnections()),
  };
}

/** The sample as objects of a bucket. */
async function sampleObjects() {
  const root = path.join(projectRoot, 'examples/sample');
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const objects: S3Server['buckets'] extends Map<string, infer Bucket> ? Bucket : never = new Map();
  for (const file of files) {
    const bytes = await readFile(path.join(file.parentPath, file.name));
    const key = path.relative(root, path.join(file.parentPath, file.name));
    objects.set(`sample/${key}`, {
      bytes,
      etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
      contentType: 'binary/octet-stream',
      modified: new Date(),
    });
  }
  return objects;
}
