import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localStore } from '../../../storage/local.js';
import { bothEndpoints, harvesting, mediaPackageUnderTest } from './mediapackage-under-test.case.js';

const under = mediaPackageUnderTest();
const { harvestHls, harvestHls2, prepare } = under;

describe('an asset that MediaPackage VOD has no more', () => {
  const created = () => under.aws.requests.filter((line) => line.startsWith('POST'));
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
    under.aws.assets.clear();
    await harvestHls2();
    await writeFile(join(under.folder, 'vod/lecture/hls/c/d/e/1.ts'), 'Gx');
    expect(await prepare()).toMatchObject([bothEndpoints[0]!, { configurationId: 'hls2', standing }]);
    expect(created()).toHaveLength(2);
  });

  it('is not made when its place is taken, and an endpoint whose place is taken is not waited for', async () => {
    await localStore({ folder: under.folder }).put('vod/lecture/hls2/theirs.txt', Buffer.from('x'));
    await expect(prepare()).rejects.toMatchObject({ code: 'destination_occupied' });
    expect(created()).toEqual([]);
    under.aws.assets.set('lecture', { id: 'lecture' });
    under.aws.statuses = ['PROCESSING'];
    const taken = { assetId: 'lecture', configurationId: 'hls2', destination: 'vod/lecture/hls2' };
    const deadline = new Date(Date.now() + 60_000);
    await expect(under.egress.waitUntilPlayable({ ...taken, deadline })).rejects.toMatchObject({
      code: 'destination_occupied',
    });
  });
});

describe('an endpoint of MediaPackage VOD', () => {
  it('is known to be complete, without asking anybody, once every object of it is in place', async () => {
    const job = { ...harvesting, url: `${under.aws.origin}/out/v1/a/hls/b/index.m3u8` };
    expect(await under.egress.findComplete(job)).toBeNull();
    await harvestHls();
    const asked = under.aws.requests.length;
    expect(await under.egress.findComplete(job)).toMatchObject({ status: 'skipped', objects: 3, durationMs: 4000 });
    expect(under.aws.requests).toHaveLength(asked);
    await rm(join(under.folder, 'vod/lecture/hls/c/d/e/1.ts'));
    expect(await under.egress.findComplete(job)).toBeNull();
    // Another presentation by the same name.
    expect(await under.egress.findComplete({ ...job, url: `${job.url}?version=2` })).toBeNull();
  });
});
