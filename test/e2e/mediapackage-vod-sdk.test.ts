import * as sdk from '@aws-sdk/client-mediapackage-vod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetOf, cmaf, secretArn, startVodStage, type AwsKeys, type VodStage } from '../support/vod-stage.js';

let stage: VodStage;
beforeAll(async () => (stage = await startVodStage()));
afterAll(() => stage.remove());

async function untilPlayable(id: string): Promise<sdk.DescribeAssetResponse> {
  let asset: sdk.DescribeAssetResponse = {};
  await expect
    .poll(
      async () => {
        asset = await stage.vod.send(new sdk.DescribeAssetCommand({ Id: id }));
        return asset.EgressEndpoints?.map(({ Status }) => Status);
      },
      { timeout: 60_000, interval: 100 },
    )
    .toEqual(asset.EgressEndpoints?.map(() => 'PLAYABLE') ?? ['PLAYABLE']);
  return asset;
}

describe('the API of MediaPackage VOD, asked by the AWS SDK', () => {
  it('makes groups, configurations and an asset whose endpoints become playable at the URLs that were told at once', async () => {
    const group = await stage.vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'first', Tags: { costCentre: '7' } }));
    expect(group).toMatchObject({
      Id: 'first',
      Tags: { costCentre: '7' },

      DomainName: new URL(stage.server.url).host,
    });
    const configuration = await stage.vod.send(
      new sdk.CreatePackagingConfigurationCommand(cmaf('first-cmaf', 'first')),
    );
    expect(configuration).toMatchObject({
      Id: 'first-cmaf',
      CmafPackage: { HlsManifests: [{ ManifestName: 'main' }] },
      Arn: expect.stringContaining('packaging-configurations/first-cmaf') as string,
    });

    const created = await stage.vod.send(
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
    expect((await stage.vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'first' }))).ApproximateAssetCount).toBe(
      1,
    );
  });

  it('gives assets that are there the endpoint of a configuration that comes later, and of its namesake when it is made anew', async () => {
    await stage.vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'growing' }));
    await stage.vod.send(new sdk.CreatePackagingConfigurationCommand(cmaf('growing-cmaf', 'growing')));
    await stage.vod.send(new sdk.CreateAssetCommand(assetOf('early', 'growing')));
    const { EgressEndpoints: before } = await untilPlayable('early');
    const later = (DashPackage: sdk.DashPackage) =>
      stage.vod.send(
        new sdk.CreatePackagingConfigurationCommand({ Id: 'growing-dash', PackagingGroupId: 'growing', DashPackage }),
      );
    const added = async (): Promise<sdk.EgressEndpoint[]> => {
      const seen = new Set<string | undefined>();
      let endpoints: sdk.EgressEndpoint[] = [];
      await expect
        .poll(
          async () => {
            const asset = await stage.vod.send(new sdk.DescribeAssetCommand({ Id: 'early' }));
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

    await stage.vod.send(new sdk.DeletePackagingConfigurationCommand({ Id: 'growing-dash' }));
    expect((await fetch(second!.Url!)).status).toBe(404);
    await later({ DashManifests: [{ ManifestName: 'second' }] });
    const [, third] = await added();
    expect(third!.Url).toMatch(/second\.mpd$/);
    expect(third!.Url!.split('/').at(-2)).not.toBe(second!.Url!.split('/').at(-2));
    expect(await (await fetch(third!.Url!)).text()).toContain('<MPD');

    // The jobs of the endpoint that came later are not below the asset's, and none of its namesake's business.
    await stage.vod.send(new sdk.DeleteAssetCommand({ Id: 'early' }));
    await stage.vod.send(new sdk.CreateAssetCommand(assetOf('early', 'growing')));
    for (const { Url } of await added()) expect((await fetch(Url!)).status).toBe(200);
  });

  it('refuses text that no database can store', async () => {
    for (const note of ['a\0b', 'half \ud83d'])
      await expect(
        stage.vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'nul', Tags: { note } })),
        JSON.stringify(note),
      ).rejects.toMatchObject({ name: 'UnprocessableEntityException' });
  });

  it('lists in pages', async () => {
    await stage.vod.send(new sdk.CreatePackagingGroupCommand({ Id: 'pages' }));
    const ids = ['B', '_', 'a', 'c'].map((id) => `pages-${id}`);
    for (const id of ids) await stage.vod.send(new sdk.CreatePackagingConfigurationCommand(cmaf(id, 'pages')));
    const found: (string | undefined)[] = [];
    for await (const page of sdk.paginateListPackagingConfigurations(
      { client: stage.vod, pageSize: 3 },
      { PackagingGroupId: 'pages' },
    ))
      found.push(...(page.PackagingConfigurations ?? []).map(({ Id }) => Id));
    expect(found).toEqual(ids);
    const groups = await stage.vod.send(new sdk.ListPackagingGroupsCommand({ MaxResults: 1 }));
    expect(groups.NextToken).toBeDefined();
    const assets = await stage.vod.send(new sdk.ListAssetsCommand({ PackagingGroupId: 'pages' }));
    expect(assets.Assets).toEqual([]);
    await expect(stage.vod.send(new sdk.ListAssetsCommand({ NextToken: '../' }))).rejects.toMatchObject({
      name: 'UnprocessableEntityException',
    });
  });

  it('keeps tags, logs and authorization of a group', async () => {
    const { Arn: ResourceArn } = await stage.vod.send(
      new sdk.CreatePackagingGroupCommand({ Id: 'tagged', Tags: { a: '1' } }),
    );
    const changes = [
      new sdk.TagResourceCommand({ ResourceArn, Tags: { b: '2', camelCase: '3' } }),
      new sdk.UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }),
    ];
    for (const change of changes)
      expect((await stage.vod.send(change as sdk.TagResourceCommand)).$metadata.httpStatusCode).toBe(204);
    expect((await stage.vod.send(new sdk.ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual({
      b: '2',
      camelCase: '3',
    });
    await stage.vod.send(new sdk.ConfigureLogsCommand({ Id: 'tagged', EgressAccessLogs: { LogGroupName: '/logs' } }));
    const Authorization = { CdnIdentifierSecret: secretArn, SecretsRoleArn: 'arn:aws:iam::123456789012:role/r' };
    await stage.vod.send(new sdk.UpdatePackagingGroupCommand({ Id: 'tagged', Authorization }));
    expect(await stage.vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'tagged' }))).toMatchObject({
      Authorization,
      EgressAccessLogs: { LogGroupName: '/logs' },
      Tags: { b: '2', camelCase: '3' },
    });
    await stage.vod.send(new sdk.UpdatePackagingGroupCommand({ Id: 'tagged' }));
    expect(
      (await stage.vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'tagged' }))).Authorization,
    ).toBeUndefined();
    await stage.vod.send(new sdk.DeletePackagingGroupCommand({ Id: 'tagged' }));
    await expect(stage.vod.send(new sdk.DescribePackagingGroupCommand({ Id: 'tagged' }))).rejects.toMatchObject({
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
    const error: unknown = await stage.vod
      .send(command() as sdk.DescribeAssetCommand)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: status } });
    expect((error as Error).message).toMatch(/^(?!UnknownError).{10}/);
  });

  it('lets in only who signs with a key of its own', async () => {
    const ask = (keys: AwsKeys) => stage.clientWith(keys).send(new sdk.ListAssetsCommand({}));
    await expect(ask({ ...stage.credentials, secretAccessKey: 'another-secret-altogether' })).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    await expect(ask({ ...stage.credentials, accessKeyId: 'SOMEBODYELSE' })).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    const unsigned = await fetch(`${stage.server.url}/mediapackage-vod/assets`);
    expect(unsigned.status).toBe(403);
    expect(unsigned.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(
      (
        await fetch(`${stage.server.url}/mediapackage-vod/assets`, {
          headers: { authorization: 'Bearer a-secret-of-the-tests' },
        })
      ).status,
    ).toBe(403);
    expect((await fetch(`${stage.server.url}/mediapackage-vod/nothing`)).status).toBe(403);
  });

  it('lets an asset go: its URL leads nowhere, and its id can be used again', async () => {
    await stage.vod.send(new sdk.CreateAssetCommand(assetOf('brief', 'first')));
    await expect(stage.vod.send(new sdk.CreateAssetCommand(assetOf('brief', 'first')))).rejects.toMatchObject({
      name: 'UnprocessableEntityException',
    });
    const { EgressEndpoints } = await untilPlayable('brief');
    const url = EgressEndpoints![0]!.Url!;
    expect((await fetch(url)).status).toBe(200);
    await stage.vod.send(new sdk.DeleteAssetCommand({ Id: 'brief' }));
    expect((await fetch(url)).status).toBe(404);
    const again = await stage.vod.send(new sdk.CreateAssetCommand(assetOf('brief', 'first')));
    expect(again.EgressEndpoints![0]!.Url).not.toBe(url);
    await untilPlayable('brief');
  });

  it('says FAILED of an endpoint that cannot be made', async () => {
    await stage.vod.send(
      new sdk.CreateAssetCommand({
        ...assetOf('broken', 'first'),
        SourceArn: 'arn:aws:s3:::source/sample/nothing.m3u8',
      }),
    );
    await expect
      .poll(
        async () => (await stage.vod.send(new sdk.DescribeAssetCommand({ Id: 'broken' }))).EgressEndpoints?.[0]?.Status,
        {
          timeout: 60_000,
          interval: 100,
        },
      )
      .toBe('FAILED');
  });
});
