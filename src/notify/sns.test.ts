import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { noticeOfHarvestEnd, noticeOfHarvestStart } from './harvest-notice.js';
import { noticeOfAsset, type Notice } from './notice.js';
import { sns } from './sns.js';
import { setEnvironment } from '../../test/support/set-environment.js';

const topic = 'arn:aws:sns:eu-west-1:123456789012:vod';
const success = {
  configurationId: 'hls',
  status: 'complete',
  objects: 3,
  bytes: 10,
  locations: ['s3://b/p/index.m3u8'],
  playbackUrls: [],
} as const;
const notice = noticeOfHarvestEnd({ assetId: 'lecture', run: 'r', endpoint: success });

let published: URLSearchParams[];
let respond: (response: ServerResponse) => void;
beforeEach(async () => {
  published = [];
  respond = (response) =>
    response.end('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>');
  const server = await loopbackServer(async (request, response) => {
    expect(request.headers.authorization).toMatch(/\/eu-west-1\/sns\/aws4_request/);
    published.push(new URLSearchParams(await text(request)));
    respond(response);
  });
  onTestFinished(
    setEnvironment({ AWS_ENDPOINT_URL: server.origin, AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'x' }),
  );
});

describe('a notice to SNS', () => {
  const shapes: [string, Notice, object][] = [
    [
      'a harvest begins',
      noticeOfHarvestStart({
        assetId: 'lecture',
        configurationId: 'hls',
        url: 'https://h/i.m3u8',
        status: 'PLAYABLE',
        run: 'r',
      }),
      {
        Type: 'NOTIFICATION',
        Message: 'Initiating download',
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
          progressPercentage: '100.00',
        },
        Asset: { s3Location: 's3://b/p/index.m3u8', type: 'HLS' },
      },
    ],
    [
      'an endpoint was complete already',
      noticeOfHarvestEnd({ assetId: 'lecture', run: 'r', endpoint: { ...success, status: 'skipped' } }),
      {
        Type: 'NOTIFICATION',
        skipped: {
          asset: {
            packagingConfiguration: 'hls',
            status: 'SKIPPED',
            message: 'Asset lecture: hls is complete already',
          },
        },
      },
    ],
    [
      'endpoints failed',
      noticeOfAsset({
        request: { id: 'lecture', packagingGroupId: 'g', source: 's3://s/i.m3u8', destination: { path: '' } },
        run: 'r',
        succeeded: [],
        failed: [{ configurationId: 'hls', code: 'source_not_found', message: 'There is no object a.ts.' }],
      }),
      {
        Type: 'ERROR',
        failedEndpoints: [{ configurationId: 'hls', code: 'source_not_found', message: 'There is no object a.ts.' }],
      },
    ],
    [
      'all is done',
      noticeOfAsset({
        request: { id: 'lecture', packagingGroupId: 'g', source: 's3://s/i.m3u8', destination: { path: '' } },
        run: 'r',
        succeeded: [success],
        failed: [],
      }),
      {
        Type: 'NOTIFICATION',
        downloadedAssets: [{ packagingConfiguration: 'hls', status: 'COMPLETE', s3Location: ['s3://b/p/index.m3u8'] }],
      },
    ],
  ];
  it.each(shapes)(
    'has the shape that subscribers of packaged-vod-downloader read: %s',
    async (_name, given, expected) => {
      await sns(topic).send(given);
      const message = JSON.parse(published[0]!.get('Message')!) as object;
      expect(message).toMatchObject(expected);
      expect(published[0]!.get('TopicArn')).toBe(topic);
      expect(published[0]!.get('MessageGroupId')).toBeNull();
    },
  );

  it('keeps to the limits of SNS: subjects of ASCII, messages of 256 KiB', async () => {
    await sns(topic).send({ ...notice, subject: `Grüße\n${'x'.repeat(200)}`, text: 'y'.repeat(300_000) });
    expect(published[0]!.get('Subject')).toMatch(/^Gr\?\?e\?x{94}$/);
    expect(JSON.parse(published[0]!.get('Message')!)).toMatchObject({
      Type: 'NOTIFICATION',
      Message: 'Download Complete',
      Id: 'lecture',
    });
  });

  it('is told once by a FIFO topic, however often it is sent', async () => {
    const fifo = sns(`${topic}.fifo`);
    await fifo.send(notice);
    await fifo.send(notice);
    expect(published[0]!.get('MessageDeduplicationId')).toBe(published[1]!.get('MessageDeduplicationId'));
    expect(published[0]!.get('MessageGroupId')).not.toBeNull();
  });

  it.each([
    ['AuthorizationError', 403, 'notice_refused'],
    ['NotFound', 404, 'notice_refused'],
    ['InternalError', 500, 'notice_undeliverable'],
  ])('that SNS answers with %s is a failure', async (code, status, expected) => {
    respond = (response) =>
      response
        .writeHead(status)
        .end(
          `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`,
        );
    await expect(sns(topic).send(notice)).rejects.toMatchObject({ code: expected });
  });
});
