import { describe, expect, it } from 'vitest';
import type { AssetRequest } from '../domain/asset.js';
import { submitAsset, type SubmitAssetServices } from './submit-asset.js';

const earlier: AssetRequest = {
  id: 'lecture',
  packagingGroupId: 'group',
  source: 's3://sources/lecture 1/a b.m3u8',
  destination: { bucket: 'packaged', path: 'vod' },
};

/** Hands the request in where the asset exists already. */
function submitAgain(json: object): Promise<{ id: string }> {
  const services = {
    engine: { submit: (_definition: unknown, id: string) => Promise.resolve({ id, created: true }) },
    egress: { check: () => undefined },
    earlierRequest: () => Promise.resolve(earlier),
    sourceRoles: [],
    findPackagingGroup: () => Promise.resolve({ id: 'group', egress: 'embedded', configurations: [] }),
  } as unknown as SubmitAssetServices;
  return submitAsset(services, json);
}

describe('a request for an asset that exists', () => {
  it('is of the same source however its address is encoded, as it was before addresses were', async () => {
    expect(await submitAgain(earlier)).toMatchObject({ id: 'asset:lecture' });
    const encoded = { ...earlier, source: 's3://sources/lecture%201/a%20b.m3u8' };
    expect(await submitAgain(encoded)).toMatchObject({ id: 'asset:lecture' });
  });

  it.each([
    ['another source', { source: 's3://sources/lecture%202/a.m3u8' }, 'source was'],
    ['another group', { packagingGroupId: 'other' }, 'packagingGroupId was group and is other'],
    ['another bucket', { destination: { bucket: 'b-2', path: 'vod' } }, 'destination bucket was packaged and is b-2'],
    ['another path', { destination: { bucket: 'packaged', path: 'v' } }, 'destination path was vod and is v'],
  ])('but for %s is refused', async (_name, change, message) => {
    await expect(submitAgain({ ...earlier, ...change })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(message) as string,
    });
  });
});
