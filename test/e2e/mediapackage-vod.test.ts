import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as sdk from '@aws-sdk/client-mediapackage-vod';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { longTests } from '../support/extent.js';
import { itLong } from '../support/it-long.js';
import { reelway } from '../support/reelway.js';
import { assetOf, cmaf, identifier, secretArn, startVodStage, topic, type VodStage } from '../support/vod-stage.js';

/**
 * With Reelway's MediaPackage adapter as the client: source in S3, packaged by one Reelway, harvested by another to S3, SNS told.
 */
describe.runIf(longTests)('a packaging group of MediaPackage', () => {
  let stage: VodStage;
  beforeAll(async () => (stage = await startVodStage()));
  afterAll(() => stage.remove());

  itLong(
    'is packaged by one Reelway as MediaPackage and harvested by another, behind CDN authorization, to S3, and SNS is told',
    async () => {
      const Authorization = { CdnIdentifierSecret: secretArn, SecretsRoleArn: 'arn:aws:iam::123456789012:role/r' };
      await stage.vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'guarded', Authorization }));
      await stage.vod.send(new sdk.CreatePackagingConfigurationCommand(cmaf('guarded-cmaf', 'guarded')));
      await stage.vod.send(
        new sdk.CreatePackagingConfigurationCommand({
          Id: 'guarded-dash',
          PackagingGroupId: 'guarded',
          DashPackage: { DashManifests: [{}] },
        }),
      );

      const requestFile = path.join(stage.folder, 'request.json');
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
      const groupFile = path.join(stage.folder, 'group.json');
      await writeFile(groupFile, JSON.stringify({ PackagingGroup: { Id: 'guarded' }, Egress: 'mediapackage-vod' }));
      const env = {
        ...stage.awsEnvironment(),
        AWS_ENDPOINT_URL_MEDIAPACKAGE_VOD: `${stage.server.url}/mediapackage-vod`,
        REELWAY_DATA_DIR: path.join(stage.folder, 'harvester'),
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

      const { EgressEndpoints } = await stage.vod.send(new sdk.DescribeAssetCommand({ Id: 'talk' }));
      expect((await fetch(EgressEndpoints![0]!.Url!)).status).toBe(403);
      expect(
        (await fetch(EgressEndpoints![0]!.Url!, { headers: { 'X-MediaPackage-CDNIdentifier': identifier } })).status,
      ).toBe(200);

      for (const configuration of ['guarded-cmaf', 'guarded-dash']) {
        const packaged = await digests(path.join(stage.folder, 'media/mediapackage-vod/talk', configuration));
        const prefix = `vod/out/talk/${configuration}/`;
        const objects = [...stage.s3.buckets.get('dest')!].filter(
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
      const messages = stage.told.map(({ Type, Message }) => `${Type} ${Message}`).sort();
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
        JSON.stringify(stage.told) +
        first.stdout +
        first.stderr +
        again.stdout +
        (await textOf(path.join(stage.folder, 'harvester')));
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
