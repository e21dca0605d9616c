import { describe, expect, it } from 'vitest';
import { Failure } from '../domain/failure.js';
import { requestAsset } from './request-asset.js';

const predecessor = {
  createAssetRequest: {
    Id: 'lecture-1',
    PackagingGroupId: 'courses',
    SourceArn: 'arn:aws:s3:::sources/a/b/master.m3u8',
    SourceRoleArn: 'arn:aws:iam::123456789012:role/MediaPackage',
    DestinationBucket: 'packaged',
    DestinationPath: '/vod/2026/',
  },
};

describe('a request for an asset', () => {
  it("takes packaged-vod-downloader's createAssetRequest as it is", () => {
    expect(requestAsset(predecessor)).toEqual({
      id: 'lecture-1',
      packagingGroupId: 'courses',
      source: 's3://sources/a/b/master.m3u8',
      sourceRoleArn: 'arn:aws:iam::123456789012:role/MediaPackage',
      destination: { bucket: 'packaged', path: 'vod/2026' },
    });
  });

  it('takes the same in our own words, with the storage of the settings as default destination', () => {
    expect(requestAsset({ id: 'a', packagingGroupId: 'g', source: '/media/a.m3u8' })).toEqual({
      id: 'a',
      packagingGroupId: 'g',
      source: '/media/a.m3u8',
      destination: { path: '' },
    });
  });

  it.each(['lecture #1/a b.m3u8', 'what?/50%.m3u8', 'a+b/für.m3u8'])(
    'names the object %j of S3 by one address, whether an ARN or an address was given',
    (key) => {
      const { createAssetRequest: given } = predecessor;
      const arn = requestAsset({ createAssetRequest: { ...given, SourceArn: `arn:aws:s3:::sources/${key}` } });
      const encoded = key.split('/').map(encodeURIComponent).join('/');
      expect(arn.source).toBe(`s3://sources/${encoded}`);
      const native = { id: 'a', packagingGroupId: 'g' };
      expect(requestAsset({ ...native, source: arn.source }).source).toBe(arn.source);
    },
  );

  it.each([
    ['an id with a slash', { Id: '../x' }, 'createAssetRequest.Id'],
    ['an unknown field', { Priority: 1 }, 'createAssetRequest'],
    ['no source', { SourceArn: '' }, 'createAssetRequest.SourceArn'],
    ['a source of an unknown kind', { SourceArn: 'gopher://x/y' }, 'source: an S3 ARN'],
    ['a relative source', { SourceArn: 'a/b.m3u8' }, 'source: an S3 ARN'],
    ['an address that would be cut at #', { SourceArn: 's3://sources/lecture #1/a.m3u8' }, 'percent-encoded'],
    ['an address with a % that stands for itself', { SourceArn: 's3://sources/100%/a.m3u8' }, 'percent-encoded'],
    ['a path that leaves the bucket', { DestinationPath: 'a/../../b' }, 'destination path'],
    ['a path with an empty part', { DestinationPath: 'a//b' }, 'destination path'],
    ['a path into our own folder', { DestinationPath: 'a/.reelway' }, 'destination path'],
    ['a bucket that is a path', { DestinationBucket: 'a/b' }, 'destination bucket'],
    ['a bucket that climbs', { DestinationBucket: '...' }, 'destination bucket'],
  ])('refuses %s by name', (_, change, expected) => {
    const refused = refusal({ createAssetRequest: { ...predecessor.createAssetRequest, ...change } });
    expect(refused.code).toBe('invalid_request');
    expect(refused.message).toContain(expected);
  });

  it.each([null, 7, 'x', [], {}, { createAssetRequest: null }])('refuses %j without crashing', (json) => {
    expect(refusal(json).code).toBe('invalid_request');
  });

  it('names every problem at once', () => {
    const refused = refusal({
      createAssetRequest: { ...predecessor.createAssetRequest, Id: '', PackagingGroupId: 'a b' },
    });
    expect(refused.details['problems']).toHaveLength(2);
  });
});

function refusal(json: unknown): Failure {
  try {
    requestAsset(json);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('was not refused');
}
