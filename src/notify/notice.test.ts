import { describe, expect, it } from 'vitest';
import type { AssetRequest } from '../domain/asset.js';
import { noticeOfAsset, type EndpointSuccess } from './notice.js';

const request: AssetRequest = {
  id: 'lecture-1',
  packagingGroupId: 'courses',
  source: 's3://sources/a.m3u8',
  destination: { path: 'vod' },
};
const cmaf: EndpointSuccess = {
  configurationId: 'cmaf',
  status: 'complete',
  objects: 12,
  bytes: 3_400_000,
  locations: ['s3://packaged/vod/lecture-1/cmaf/index.m3u8'],
  playbackUrls: ['http://127.0.0.1:8080/out/v1/ab/index.m3u8'],
};

describe('the notice at the end of an asset', () => {
  it('tells subscribers of packaged-vod-downloader in their words what is there', () => {
    const { data, subject } = noticeOfAsset({
      request,
      run: 'r1',
      succeeded: [cmaf, { ...cmaf, configurationId: 'dash', status: 'skipped' }],
      failed: [],
    });
    expect(subject).toBe('Asset lecture-1 is ready: 2 of 2 endpoints');
    expect(data).toMatchObject({
      Type: 'NOTIFICATION',
      Id: 'lecture-1',
      downloadedAssets: [
        { packagingConfiguration: 'cmaf', status: 'COMPLETE', s3Location: cmaf.locations[0], type: 'hls' },
        { packagingConfiguration: 'dash', status: 'SKIPPED' },
      ],
    });
    expect(data).not.toHaveProperty('failedEndpoints');
  });

  it('tells people which endpoint failed, why, and what to do, and what succeeded all the same', () => {
    const failed = [{ configurationId: 'dash', code: 'source_invalid', message: 'segment 3 is cut off' }] as const;
    const { data, text } = noticeOfAsset({ request, run: 'r1', succeeded: [cmaf], failed });
    expect(data.Type).toBe('ERROR');
    expect(text).toContain('1 of 2 endpoints');
    expect(text).toContain('cmaf: packaged and verified (12 objects, 3.4 MB)');
    expect(text).toContain('[source_invalid]: segment 3 is cut off');
    expect(text).toContain('Repair or re-encode the source');
  });

  it('shows a signed source address without what signs it', () => {
    const signed = { ...request, source: 'https://origin.example/a.m3u8?X-Amz-Signature=abc#x' };
    const notice = noticeOfAsset({ request: signed, run: 'r1', succeeded: [cmaf], failed: [] });
    expect(notice.text).toContain('Source: https://origin.example/a.m3u8\n');
    expect(JSON.stringify(notice)).not.toContain('X-Amz-Signature');
  });

  it('has the same id when the same run tells again, and another one for another run', () => {
    const id = (run: string) => noticeOfAsset({ request, run, succeeded: [cmaf], failed: [] }).id;
    expect(id('r1')).toBe(id('r1'));
    expect(id('r1')).not.toBe(id('r2'));
  });
});
