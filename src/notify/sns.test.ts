import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AwsError, awsListener } from '../../test/support/aws-listener.js';
import { loopbackServer } from '../../test/support/http-server.js';
import { setEnvironment } from '../../test/support/set-environment.js';
import type { AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { noticeOfHarvestEnd, noticeOfHarvestFailure, noticeOfHarvestStart } from './harvest-notice.js';
import { noticeOfAsset, type EndpointSuccess, type Notice } from './notice.js';
import { sns } from './sns.js';

const topic = 'arn:aws:sns:eu-west-1:123456789012:vod';
const request: AssetRequest = {
  id: 'lecture',
  packagingGroupId: 'group',
  source: 's3://sources/lecture%20%231/index.m3u8',
  sourceRoleArn: 'arn:aws:iam::123456789012:role/read',
  destination: { bucket: 'b', path: 'vod' },
};
const success: EndpointSuccess = {
  configurationId: 'hls',
  status: 'complete',
  objects: 3,
  bytes: 10,
  locations: ['s3://b/p/index.m3u8'],
  playbackUrls: ['https://r/out/v1/x/index.m3u8'],
};
const dash: EndpointSuccess = { ...success, configurationId: 'dash', locations: ['s3://b/q/index.mpd'] };
const endpoint = { url: 'https://h/i.m3u8', status: 'PLAYABLE' };
const run = 'r';
const notice = noticeOfHarvestEnd({ request, run, endpoint: success });

let published: Readonly<Record<string, unknown>>[];
let fault: AwsError | undefined;
beforeEach(async () => {
  [published, fault] = [[], undefined];
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'x' };
  const answers = {
    sns({ parameters }: { parameters: Readonly<Record<string, unknown>> }) {
      if (fault) throw fault;
      published.push(parameters);
      return { MessageId: '1' };
    },
  };
  const server = await loopbackServer(awsListener({ credentials, answers }));
  onTestFinished(
    setEnvironment({
      AWS_ENDPOINT_URL: server.origin,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    }),
  );
});
const message = (index = 0) => JSON.parse(String(published[index]!.Message)) as Record<string, unknown>;

describe('a notice to SNS', () => {
  const createAssetRequest = {
    Id: 'lecture',
    PackagingGroupId: 'group',
    SourceArn: 'arn:aws:s3:::sources/lecture #1/index.m3u8',
    SourceRoleArn: 'arn:aws:iam::123456789012:role/read',
    DestinationBucket: 'b',
    DestinationPath: 'vod',
  };
  const failure = new Failure('source_not_found', 'There is no object a.ts.');
  const failed = { configurationId: 'hls', code: failure.code, message: failure.message };
  /** Names, casing, types and values as packaged-vod-downloader writes them; what is ours beside them stands in a line of its own. */
  const shapes: [string, Notice, object][] = [
    [
      'a harvest begins',
      noticeOfHarvestStart({ request, configurationId: 'hls', endpoint, run }),
      {
        Type: 'NOTIFICATION',
        Message: 'Initiating download of egress endpoint',
        EgressEndpoint: [{ PackagingConfigurationId: 'hls', Status: 'PLAYABLE', Url: 'https://h/i.m3u8' }],
      },
    ],
    [
      'a harvest is done',
      notice,
      {
        Type: 'NOTIFICATION',
        Message: 'Download Complete',
        ProgressUpdate: {
          downloadedSegments: [],
          skippedSegments: [],
          totalDownloadedSegments: 3,
          totalSkippedSegments: 0,
          objectsAtS3Dest: 3,
          status: 'COMPLETE',
          progressPercentage: '100.0',
        },
        Asset: { s3Location: 's3://b/p/index.m3u8', packagingConfiguration: 'hls', type: 'hls' },
      },
    ],
    [
      'an endpoint was complete already',
      noticeOfHarvestEnd({ request, run, endpoint: { ...success, status: 'skipped' } }),
      {
        createAssetRequest,
        EgressEndpointPackagingConfigurationId: 'hls',
        skipped: {
          asset: {
            packagingConfiguration: 'hls',
            status: 'SKIPPED',
            message: 'Asset lecture: hls is complete already',
          },
        },
        ...{ Type: 'NOTIFICATION', Message: 'Asset lecture: hls is complete already' },
      },
    ],
    [
      'a harvest failed',
      noticeOfHarvestFailure({ request, configurationId: 'hls', endpoint, failure, run }),
      {
        Type: 'ERROR',
        Message: 'Failed to download asset from endpoint',
        EgressEndpoint: [{ PackagingConfigurationId: 'hls', Status: 'PLAYABLE', Url: 'https://h/i.m3u8' }],
        DebugInfo: {
          createAssetRequest,
          EgressEndpointPackagingConfigurationId: 'hls',
          ...{ failure: { code: 'source_not_found', message: 'There is no object a.ts.' } },
        },
      },
    ],
    [
      'endpoints failed',
      noticeOfAsset({ request, run, succeeded: [], failed: [failed] }),
      {
        Type: 'ERROR',
        ...{ Message: 'Asset lecture failed: 1 of 1 endpoints', failedEndpoints: [failed] },
      },
    ],
    [
      'MediaPackage does not take it',
      noticeOfAsset({
        ...{ request, run, succeeded: [], failed: [{ ...failed, configurationId: 'group' }] },
        refused: new Failure('mediapackage_refused', 'no', { details: { error: 'UnprocessableEntityException' } }),
      }),
      {
        createAssetRequest,
        CreateAssetError: { Error: 'MediaPackageVod.UnprocessableEntityException', Cause: 'no' },
        ...{ Type: 'ERROR', Message: 'Asset lecture failed: 1 of 1 endpoints' },
        ...{ failedEndpoints: [{ ...failed, configurationId: 'group' }] },
      },
    ],
    [
      'all is done',
      noticeOfAsset({ request, run, succeeded: [success, dash, { ...success, status: 'skipped' }], failed: [] }),
      {
        Type: 'NOTIFICATION',
        downloadedAssets: [
          {
            ...{ s3Location: 's3://b/p/index.m3u8', packagingConfiguration: 'hls', type: 'hls' },
            ...ours('packaged and verified', success, 'COMPLETE'),
          },
          {
            ...{ s3Location: 's3://b/q/index.mpd', packagingConfiguration: 'dash', type: 'dash' },
            ...ours('packaged and verified', dash, 'COMPLETE'),
          },
          { packagingConfiguration: 'hls', ...ours('already complete, verified again', success, 'SKIPPED') },
        ],
        ...{ Message: 'Asset lecture is ready: 3 of 3 endpoints' },
      },
    ],
  ];
  it.each(shapes)(
    'has the shape that subscribers of packaged-vod-downloader read: %s',
    async (_name, given, expected) => {
      await sns(topic).send(given);
      expect(message()).toEqual({ ...expected, Id: 'lecture', NoticeId: given.id, Text: given.text });
      expect(published[0]).toMatchObject({ TopicArn: topic });
      expect(published[0]).not.toHaveProperty('MessageGroupId');
    },
  );

  it('keeps to the limits of SNS: subjects of ASCII, messages of 256 KiB', async () => {
    await sns(topic).send({ ...notice, subject: `Grüße\n${'x'.repeat(200)}`, text: 'y'.repeat(300_000) });
    expect(published[0]!.Subject).toMatch(/^Gr\?\?e\?x{94}$/);
    // What programs read is there as long as it has room, and who it is about in any case.
    expect(message()).toEqual({ ...notice.data, NoticeId: notice.id });
    await sns(topic).send({ ...notice, data: { ...notice.data, DebugInfo: { y: 'y'.repeat(300_000) } } });
    const { Type, Message, Id } = notice.data;
    expect(message(1)).toEqual({ Type, Message, Id, NoticeId: notice.id });
  });

  it('is told once by a FIFO topic, however often it is sent', async () => {
    const fifo = sns(`${topic}.fifo`);
    await fifo.send(notice);
    await fifo.send(notice);
    expect(published[0]!.MessageDeduplicationId).toBe(published[1]!.MessageDeduplicationId);
    expect(published[0]!.MessageGroupId).toMatch(/./);
  });

  it.each([
    ['AuthorizationError', 403, 'notice_refused'],
    ['NotFound', 404, 'notice_refused'],
    ['InternalError', 500, 'notice_undeliverable'],
  ])('that SNS answers with %s is a failure', async (code, status, expected) => {
    fault = new AwsError(status, code, 'm');
    await expect(sns(topic).send(notice)).rejects.toMatchObject({ code: expected });
  });

  it('that is signed with another key is refused', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'another';
    await expect(sns(topic).send(notice)).rejects.toMatchObject({ code: 'notice_refused' });
  });
});

function ours(message: string, { locations, playbackUrls }: EndpointSuccess, status: string) {
  return { status, message, manifests: locations, playbackUrls };
}
