import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as sdk from '@aws-sdk/client-mediapackage-vod';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { AwsError, awsListener, type AwsCall } from '../support/aws-listener.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { itLong } from '../support/it-long.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';
import { setEnvironment } from '../support/set-environment.js';

/**
 * Reelway as MediaPackage VOD, with AWS's own SDK as its client, and with Reelway's MediaPackage adapter as its client: source in S3,
 * packaged by one Reelway, harvested by another to S3, SNS told. Secrets Manager and SNS are small servers of this test,
 * which check signatures and requests.
 */
const secretArn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:cdn';
const identifier = 'identifier-of-the-tests-0001';
const topic = 'arn:aws:sns:us-east-1:123456789012:vod';

let base: string;
let s3: S3Server;
let server: RunningServer;
let vod: sdk.MediaPackageVodClient;
let credentials: { accessKeyId: string; secretAccessKey: string };
let restoreEnvironment: () => void;
const told: { Type: string; Message: string }[] = [];
let other: { url: string; close: () => void };

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

beforeAll(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'reelway-e2e-vod-'));
  s3 = await startS3Server();
  const listener = awsListener({ credentials: s3.credentials, answers });
  const aws = createServer((request, response) => void listener(request, response));
  aws.listen(0, '127.0.0.1');
  await once(aws, 'listening');
  other = {
    url: `http://127.0.0.1:${(aws.address() as AddressInfo).port}`,
    close: () => (aws.close(), aws.closeAllConnections()),
  };
  credentials = { ...s3.credentials };
  restoreEnvironment = setEnvironment(awsEnvironment());
  s3.buckets.set('dest', new Map());
  s3.buckets.set('source', await sampleObjects());

  const dataFolder = path.join(base, 'server');
  await rename((await createDataFolder()).dataFolder, dataFolder);
  const environment = {
    REELWAY_DATA_DIR: dataFolder,
    REELWAY_STORAGE: `file:${path.join(base, 'media')}`,
    REELWAY_PORT: '0',
    REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests',
    REELWAY_AWS_KEYS: `${credentials.accessKeyId}:${credentials.secretAccessKey}`,
  };
  server = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
  vod = clientWith(credentials);
});
afterAll(async () => {
  vod.destroy();
  await server.stop();
  await s3.stop();
  other.close();
  restoreEnvironment();
  await rm(base, { recursive: true, force: true });
});

const awsEnvironment = (): Record<string, string> => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_ENDPOINT_URL_S3: s3.endpoint,
  AWS_ENDPOINT_URL_SNS: other.url,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: other.url,
});

function clientWith(keys: { accessKeyId: string; secretAccessKey: string }): sdk.MediaPackageVodClient {
  return new sdk.MediaPackageVodClient({
    region: 'eu-west-1',
    endpoint: `${server.url}/mediapackage-vod`,
    credentials: keys,
    maxAttempts: 1,
  });
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

const cmaf = (id: string, group: string) => ({
  Id: id,
  PackagingGroupId: group,
  CmafPackage: { SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'main' }] },
});
const assetOf = (id: string, group: string) => ({
  Id: id,
  PackagingGroupId: group,
  SourceArn: 'arn:aws:s3:::source/sample/index.m3u8',
  SourceRoleArn: 'arn:aws:iam::123456789012:role/read',
});

async function untilPlayable(id: string): Promise<sdk.DescribeAssetResponse> {
  let asset: sdk.DescribeAssetResponse = {};
  await expect
    .poll(
      async () => {
        asset = await vod.send(new sdk.DescribeAssetCommand({ Id: id }));
        return asset.EgressEndpoints?.map(({ Status }) => Status);
      },
      { timeout: 60_000, interval: 100 },
    )
    .toEqual(asset.EgressEndpoints?.map(() => 'PLAYABLE') ?? ['PLAYABLE']);
  return asset;
}

describe('the API of MediaPackage VOD, asked by the AWS SDK', () => {
  it('makes groups, configurations and an asset whose endpoints become playable at the URLs that were told at once', async () => {
    const group = await vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'first', Tags: { costCentre: '7' } }));
    expect(group).toMatchObject({
      Id: 'first',
      Tags: { costCentre: '7' },

      DomainName: new URL(server.url).host,
    });
    const configuration = await vod.send(new sdk.CreatePackagingConfigurationCommand(cmaf('first-cmaf', 'first')));
    expect(configuration).toMatchObject({
      Id: 'first-cmaf',
      CmafPackage: { HlsManifests: [{ ManifestName: 'main' }] },
      Arn: expect.stringContaining('packaging-configurations/first-cmaf') as string,
    });

    const created = await vod.send(
      new sdk.CreateAssetCommand({ ...assetOf('lecture', 'first'), ResourceId: 'r', Tags: { a: 'b' } }),
    );
    expect(created).toMatchObject({
      Id: 'lecture',
      ResourceId: 'r',
      Tags: { a: 'b' },
      SourceArn: 'arn:aws:s3:::source/sample/index.m3u8',
    });
    const url = created.EgressEndpoints![0]!.Url!;
    expect(url).toMatch(/\/out\/v1\/[0-9a-f]{32}\/main\.m3u8$/);
    const asset = await untilPlayable('lecture');
    expect(asset.EgressEndpoints).toEqual([{ PackagingConfigurationId: 'first-cmaf', Status: 'PLAYABLE', Url: url }]);
    expect(await (await fetch(url)).text()).toMatch(/^#EXTM3U/);
    expect((await vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'first' }))).ApproximateAssetCount).toBe(1);
  });

  it('gives assets that are there the endpoint of a configuration that comes later, and of its namesake when it is made anew', async () => {
    await vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'growing' }));
    await vod.send(new sdk.CreatePackagingConfigurationCommand(cmaf('growing-cmaf', 'growing')));
    await vod.send(new sdk.CreateAssetCommand(assetOf('early', 'growing')));
    const { EgressEndpoints: before } = await untilPlayable('early');
    const later = (DashPackage: sdk.DashPackage) =>
      vod.send(
        new sdk.CreatePackagingConfigurationCommand({ Id: 'growing-dash', PackagingGroupId: 'growing', DashPackage }),
      );
    const added = async (): Promise<sdk.EgressEndpoint[]> => {
      const seen = new Set<string | undefined>();
      let endpoints: sdk.EgressEndpoint[] = [];
      await expect
        .poll(
          async () => {
            const asset = await vod.send(new sdk.DescribeAssetCommand({ Id: 'early' }));
            endpoints = asset.EgressEndpoints ?? [];
            for (const { Status } of endpoints) seen.add(Status);
            return endpoints.map(({ Status }) => Status);
          },
          { timeout: 60_000, interval: 20 },
        )
        .toEqual(['PLAYABLE', 'PLAYABLE']);
      expect(seen).not.toContain('FAILED');
      return endpoints;
    };
    await later({ DashManifests: [{ ManifestName: 'first' }] });
    const [first, second] = await added();
    expect(first).toEqual(before![0]);
    expect(second).toMatchObject({
      PackagingConfigurationId: 'growing-dash',
      Url: expect.stringMatching(/first\.mpd$/) as string,
    });
    expect(await (await fetch(second!.Url!)).text()).toContain('<MPD');

    await vod.send(new sdk.DeletePackagingConfigurationCommand({ Id: 'growing-dash' }));
    expect((await fetch(second!.Url!)).status).toBe(404);
    await later({ DashManifests: [{ ManifestName: 'second' }] });
    const [, third] = await added();
    expect(third!.Url).toMatch(/second\.mpd$/);
    expect(third!.Url!.split('/').at(-2)).not.toBe(second!.Url!.split('/').at(-2));
    expect(await (await fetch(third!.Url!)).text()).toContain('<MPD');

    // The jobs of the endpoint that came later are not below the asset's, and none of its namesake's business.
    await vod.send(new sdk.DeleteAssetCommand({ Id: 'early' }));
    await vod.send(new sdk.CreateAssetCommand(assetOf('early', 'growing')));
    for (const { Url } of await added()) expect((await fetch(Url!)).status).toBe(200);
  });

  it('refuses text that no database can store', async () => {
    for (const note of ['a\0b', 'half \ud83d'])
      await expect(
        vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'nul', Tags: { note } })),
        JSON.stringify(note),
      ).rejects.toMatchObject({ name: 'UnprocessableEntityException' });
  });

  it('lists in pages', async () => {
    await vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'pages' }));
    const ids = ['B', '_', 'a', 'c'].map((id) => `pages-${id}`);
    for (const id of ids) await vod.send(new sdk.CreatePackagingConfigurationCommand(cmaf(id, 'pages')));
    const found: (string | undefined)[] = [];
    for await (const page of sdk.paginateListPackagingConfigurations(
      { client: vod, pageSize: 3 },
      { PackagingGroupId: 'pages' },
    ))
      found.push(...(page.PackagingConfigurations ?? []).map(({ Id }) => Id));
    expect(found).toEqual(ids);
    const groups = await vod.send(new sdk.ListPackagingGroupsCommand({ MaxResults: 1 }));
    expect(groups.NextToken).toBeDefined();
    const assets = await vod.send(new sdk.ListAssetsCommand({ PackagingGroupId: 'pages' }));
    expect(assets.Assets).toEqual([]);
    await expect(vod.send(new sdk.ListAssetsCommand({ NextToken: '../' }))).rejects.toMatchObject({
      name: 'UnprocessableEntityException',
    });
  });

  it('keeps tags, logs and authorization of a group', async () => {
    const { Arn: ResourceArn } = await vod.send(
      new sdk.CreatePackagingGroupCommand({ Id: 'tagged', Tags: { a: '1' } }),
    );
    const changes = [
      new sdk.TagResourceCommand({ ResourceArn, Tags: { b: '2', camelCase: '3' } }),
      new sdk.UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }),
    ];
    for (const change of changes)
      expect((await vod.send(change as sdk.TagResourceCommand)).$metadata.httpStatusCode).toBe(204);
    expect((await vod.send(new sdk.ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual({
      b: '2',
      camelCase: '3',
    });
    await vod.send(new sdk.ConfigureLogsCommand({ Id: 'tagged', EgressAccessLogs: { LogGroupName: '/logs' } }));
    const Authorization = { CdnIdentifierSecret: secretArn, SecretsRoleArn: 'arn:aws:iam::123456789012:role/r' };
    await vod.send(new sdk.UpdatePackagingGroupCommand({ Id: 'tagged', Authorization }));
    expect(await vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'tagged' }))).toMatchObject({
      Authorization,
      EgressAccessLogs: { LogGroupName: '/logs' },
      Tags: { b: '2', camelCase: '3' },
    });
    await vod.send(new sdk.UpdatePackagingGroupCommand({ Id: 'tagged' }));
    expect((await vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'tagged' }))).Authorization).toBeUndefined();
    await vod.send(new sdk.DeletePackagingGroupCommand({ Id: 'tagged' }));
    await expect(vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'tagged' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it.each([
    ['an asset that is not there', () => new sdk.DescribeAssetCommand({ Id: 'nobody' }), 'NotFoundException', 404],
    ['an asset of no group', () => new sdk.CreateAssetCommand(assetOf('x', 'nobody')), 'NotFoundException', 404],
    [
      'a group that is there',
      () => new sdk.CreatePackagingGroupCommand({ Id: 'first' }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'a group that is not empty',
      () => new sdk.DeletePackagingGroupCommand({ Id: 'first' }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'an id that is a path',
      () => new sdk.CreatePackagingGroupCommand({ Id: '../x' }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'a configuration without a package',
      () => new sdk.CreatePackagingConfigurationCommand({ Id: 'x', PackagingGroupId: 'first' }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'more tags than a thing may have',
      () =>
        new sdk.CreatePackagingGroupCommand({
          Id: 'much-tagged',
          Tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`tag${n}`, ''])),
        }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'a tag of a configuration that is too long',
      () => new sdk.CreatePackagingConfigurationCommand({ ...cmaf('x', 'first'), Tags: { tag: 'x'.repeat(257) } }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'bit rates between which there are none',
      () => {
        const StreamSelection = { MinVideoBitsPerSecond: 2, MaxVideoBitsPerSecond: 1 };
        return new sdk.CreatePackagingConfigurationCommand({
          ...cmaf('x', 'first'),
          CmafPackage: { HlsManifests: [{ StreamSelection }] },
        });
      },
      'UnprocessableEntityException',
      422,
    ],
    [
      'an id that is longer than any',
      () => new sdk.DescribeAssetCommand({ Id: 'x'.repeat(1000) }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'no tags to remove',
      () =>
        new sdk.UntagResourceCommand({
          ResourceArn: 'arn:aws:mediapackage-vod:local:000000000000:packaging-groups/first',
          TagKeys: [],
        }),
      'UnprocessableEntityException',
      422,
    ],
    [
      'tags of nothing',
      () => new sdk.ListTagsForResourceCommand({ ResourceArn: 'arn:aws:s3:::x' }),
      'NotFoundException',
      404,
    ],
  ])('says what is wrong as the service does: %s', async (_name, command, name, status) => {
    const error: unknown = await vod.send(command() as sdk.DescribeAssetCommand).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect((error as Error).message).toMatch(/^(?!UnknownError).{10}/);
  });

  it('lets in only who signs with a key of its own', async () => {
    const ask = (keys: typeof credentials) => clientWith(keys).send(new sdk.ListAssetsCommand({}));
    await expect(ask({ ...credentials, secretAccessKey: 'another-secret-altogether' })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    await expect(ask({ ...credentials, accessKeyId: 'SOMEBODYELSE' })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    const unsigned = await fetch(`${server.url}/mediapackage-vod/assets`);
    expect(unsigned.status).toBe(403);
    expect(unsigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(
      (
        await fetch(`${server.url}/mediapackage-vod/assets`, {
          headers: { authorization: 'Bearer a-secret-of-the-tests' },
        })
      ).status,
    ).toBe(403);
    expect((await fetch(`${server.url}/mediapackage-vod/nothing`)).status).toBe(403);
  });

  it('lets an asset go: its URL leads nowhere, and its id can be used again', async () => {
    await vod.send(new sdk.CreateAssetCommand(assetOf('brief', 'first')));
    await expect(vod.send(new sdk.CreateAssetCommand(assetOf('brief', 'first')))).rejects.toMatchObject({
      name: 'UnprocessableEntityException',
    });
    const { EgressEndpoints } = await untilPlayable('brief');
    const url = EgressEndpoints![0]!.Url!;
    expect((await fetch(url)).status).toBe(200);
    await vod.send(new sdk.DeleteAssetCommand({ Id: 'brief' }));
    expect((await fetch(url)).status).toBe(404);
    const again = await vod.send(new sdk.CreateAssetCommand(assetOf('brief', 'first')));
    expect(again.EgressEndpoints![0]!.Url).not.toBe(url);
    await untilPlayable('brief');
  });

  it('says FAILED of an endpoint that cannot be made', async () => {
    await vod.send(
      new sdk.CreateAssetCommand({
        ...assetOf('broken', 'first'),
        SourceArn: 'arn:aws:s3:::source/sample/nothing.m3u8',
      }),
    );
    await expect
      .poll(async () => (await vod.send(new sdk.DescribeAssetCommand({ Id: 'broken' }))).EgressEndpoints?.[0]?.Status, {
        timeout: 60_000,
        interval: 100,
      })
      .toBe('FAILED');
  });
});

describe('a packaging group of MediaPackage', () => {
  itLong(
    'is packaged by one Reelway as MediaPackage and harvested by another, behind CDN authorization, to S3, and SNS is told',
    async () => {
      const Authorization = { CdnIdentifierSecret: secretArn, SecretsRoleArn: 'arn:aws:iam::123456789012:role/r' };
      await vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'guarded', Authorization }));
      await vod.send(new sdk.CreatePackagingConfigurationCommand(cmaf('guarded-cmaf', 'guarded')));
      await vod.send(
        new sdk.CreatePackagingConfigurationCommand({
          Id: 'guarded-dash',
          PackagingGroupId: 'guarded',
          DashPackage: { DashManifests: [{}] },
        }),
      );

      const requestFile = path.join(base, 'request.json');
      const { SourceArn, SourceRoleArn } = assetOf('', '');
      await writeFile(
        requestFile,
        JSON.stringify({
          createAssetRequest: {
            Id: 'talk',
            PackagingGroupId: 'guarded',
            SourceArn,
            SourceRoleArn,
            DestinationBucket: 'dest',
            DestinationPath: 'vod/out',
          },
        }),
      );
      const groupFile = path.join(base, 'group.json');
      await writeFile(groupFile, JSON.stringify({ PackagingGroup: { Id: 'guarded' }, Egress: 'mediapackage-vod' }));
      const env = {
        ...awsEnvironment(),
        AWS_ENDPOINT_URL_MEDIAPACKAGE_VOD: `${server.url}/mediapackage-vod`,
        REELWAY_DATA_DIR: path.join(base, 'harvester'),
        REELWAY_STORAGE: 's3://dest',
        REELWAY_PRIVATE_HOSTS: '127.0.0.1',
        REELWAY_NOTIFY: `sns:${topic}`,
      };
      const run = () => reelway(['vod', 'run', requestFile, '--group', groupFile, '--json'], { env, timeout: 180_000 });
      const first = await run();
      expect(first).toMatchObject({ code: 0 });
      expect(first.stderr).not.toContain('Warning');
      const { endpoints } = JSON.parse(first.stdout) as {
        endpoints: { configurationId: string; status: string; locations: string[] }[];
      };
      expect(endpoints.map(({ configurationId, status, locations }) => [configurationId, status, locations])).toEqual([
        ['guarded-cmaf', 'complete', ['s3://dest/vod/out/talk/guarded-cmaf/main.m3u8']],
        ['guarded-dash', 'complete', ['s3://dest/vod/out/talk/guarded-dash/index.mpd']],
      ]);

      const { EgressEndpoints } = await vod.send(new sdk.DescribeAssetCommand({ Id: 'talk' }));
      expect((await fetch(EgressEndpoints![0]!.Url!)).status).toBe(403);
      expect(
        (await fetch(EgressEndpoints![0]!.Url!, { headers: { 'X-MediaPackage-CDNIdentifier': identifier } })).status,
      ).toBe(200);

      for (const configuration of ['guarded-cmaf', 'guarded-dash']) {
        const packaged = await digests(path.join(base, 'media/mediapackage-vod/talk', configuration));
        const prefix = `vod/out/talk/${configuration}/`;
        const objects = [...s3.buckets.get('dest')!].filter(
          ([key]) => key.startsWith(prefix) && !key.includes('/.reelway/'),
        );
        expect(
          new Map(
            objects
              .map(([key, { bytes }]) => [key.slice(prefix.length), digestOf(bytes)] as const)
              .sort(([a], [b]) => (a < b ? -1 : 1)),
          ),
        ).toEqual(packaged);
        expect(packaged.size).toBeGreaterThan(5);
      }
      const messages = told.map(({ Type, Message }) => `${Type} ${Message}`).sort();
      expect(messages).toEqual([
        'NOTIFICATION Asset talk is ready: 2 of 2 endpoints',
        'NOTIFICATION Download Complete',
        'NOTIFICATION Download Complete',
        'NOTIFICATION Initiating download of egress endpoint',
        'NOTIFICATION Initiating download of egress endpoint',
      ]);

      const again = await run();
      expect(
        (JSON.parse(again.stdout) as { endpoints: { status: string }[] }).endpoints.map(({ status }) => status),
      ).toEqual(['skipped', 'skipped']);
      // MediaPackage does not take an asset of a group that it does not have.
      const nobody = {
        Id: 'nobody',
        PackagingGroupId: 'unknown',
        SourceArn,
        SourceRoleArn,
        DestinationBucket: 'dest',
        DestinationPath: 'vod',
      };
      await writeFile(requestFile, JSON.stringify({ createAssetRequest: nobody }));
      const refused = await reelway(['vod', 'run', requestFile, '--group', groupFile], { env, timeout: 180_000 });
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('[mediapackage_refused]');
      const everything =
        JSON.stringify(told) +
        first.stdout +
        first.stderr +
        again.stdout +
        (await textOf(path.join(base, 'harvester')));
      expect(everything).not.toContain(identifier);
      // Three starts of the command line, each with a database of its own.
    },
    300_000,
  );
});

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function digests(folder: string): Promise<Map<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && !entry.parentPath.includes('.reelway'),
  );
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [path.relative(folder, file), digestOf(await readFile(file))] as const);
  return new Map((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** All bytes below a folder, to look for what must not be there: the database with its workflow state among them. */
async function textOf(folder: string): Promise<string> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = entries.map((entry) => readFile(path.join(entry.parentPath, entry.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}
