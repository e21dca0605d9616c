import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, onTestFinished } from 'vitest';
import { AwsError, type NoAnswer } from '../../../../test/support/aws-listener.js';
import { startMediaPackageServer, type MediaPackageServer } from '../../../../test/support/mediapackage-server.js';
import { setEnvironment } from '../../../../test/support/set-environment.js';
import type { AssetRequest } from '../../../domain/asset.js';
import { pace } from '../../../net/pace.js';
import { httpClient } from '../../../net/request.js';
import { localStore } from '../../../storage/local.js';
import { defaultPatience } from '../../../transfer/harvest/attempts.js';
import type { ManagedEgress, PreparedEndpoint } from '../managed-egress.js';
import { awsClients } from './aws-clients.js';
import { mediaPackageVod } from './mediapackage-vod.js';

export const request: AssetRequest = {
  id: 'lecture',
  packagingGroupId: 'group',
  source: 's3://source/a/index.m3u8',
  sourceRoleArn: 'arn:aws:iam::123456789012:role/read',
  destination: { path: 'vod' },
};

export const bothEndpoints = [{ configurationId: 'hls' }, { configurationId: 'hls2' }];

export const harvesting = {
  assetId: 'lecture',
  configurationId: 'hls',
  packagingGroupId: 'group',
  destination: 'vod/lecture/hls',
};

export type Fault = [status: number, name: string] | NoAnswer;

/** The adapter between a MediaPackage and a folder of their own, for the tests of the file in which it is called. */
export function mediaPackageUnderTest() {
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

  /** The next requests of AWS's services get these errors, one each. @returns those that are left */
  function faults(...errors: Fault[]): unknown[] {
    aws.fault = () => {
      const next = errors.shift();
      return Array.isArray(next) ? new AwsError(...next, 'a test asked for this') : next;
    };
    return errors;
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

  return {
    /** of the running test, as the others */
    get aws() {
      return aws;
    },
    get folder() {
      return folder;
    },
    get egress() {
      return egress;
    },
    egressOf: (options: Parameters<typeof awsClients>[0]) => egressOf(options),
    faults,
    harvestHls,
    harvestHls2,
    prepare,
  };
}
