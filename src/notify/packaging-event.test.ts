import { json, text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { parsePrivateHost } from '../net/private-hosts.js';
import { httpClient } from '../net/request.js';
import { eventBus } from './event-bus.js';
import { eventWebhook } from './event-webhook.js';
import { noticeOfHarvestStart } from './harvest-notice.js';
import { noticeOfAsset } from './notice.js';
import { setEnvironment } from '../../test/support/set-environment.js';

const made = {
  status: 'complete',
  objects: 1,
  bytes: 1,
  locations: [],
  playbackUrls: ['https://r/out/v1/x/index.m3u8'],
};
const notice = (count = 1) =>
  noticeOfAsset({
    request: { id: 'lecture', packagingGroupId: 'g', source: 's3://s/i.m3u8', destination: { path: '' } },
    run: 'r',
    succeeded: Array.from({ length: count }, (_, index) => ({
      ...made,
      configurationId: `hls-${index}`,
      status: 'complete',
    })),
    failed: [{ configurationId: 'dash', code: 'source_invalid', message: 'segment 3 is cut off' }],
  });
const start = noticeOfHarvestStart({
  request: { id: 'a', packagingGroupId: 'g', source: 's3://s/i.m3u8', destination: { path: '' } },
  configurationId: 'b',
  endpoint: { url: 'https://h', status: undefined },
  run: 'r',
});

describe('events in the shape of EventBridge', () => {
  it('tell a web service of each endpoint: playable with its manifests, or failed and why', async () => {
    const events: { id: string }[] = [];
    const { origin } = await loopbackServer(async (request, response) => {
      events.push((await json(request)) as { id: string });
      response.writeHead(202).end();
    });
    const http = httpClient({ policy: { privateHosts: [parsePrivateHost('127.0.0.1')!] } });
    const target = eventWebhook({ url: `${origin}/events`, http, keys: [] });
    await target.send(start);
    await target.send(notice());
    await target.send(notice());
    const common = {
      version: '0',
      'detail-type': 'MediaPackage Input Notification',
      source: 'reelway.mediapackage-vod',
      resources: ['arn:aws:mediapackage-vod:local:000000000000:assets/lecture'],
    };
    expect(events.slice(0, 2)).toMatchObject([
      {
        ...common,
        detail: {
          event: 'VodAssetPlayable',
          packaging_configuration_id: 'hls-0',
          manifest_urls: ['https://r/out/v1/x/index.m3u8'],
        },
      },
      {
        ...common,
        detail: { event: 'IngestError', packaging_configuration_id: 'dash', message: 'segment 3 is cut off' },
      },
    ]);
    expect(events.slice(2).map(({ id }) => id)).toEqual(events.slice(0, 2).map(({ id }) => id));
  });

  it('tell the others where one is refused, which fails the notice', async () => {
    const asked: string[] = [];
    const { origin } = await loopbackServer(async (request, response) => {
      const { detail } = (await json(request)) as { detail: { packaging_configuration_id: string } };
      asked.push(detail.packaging_configuration_id);
      response.writeHead(asked.length === 1 ? 400 : 202).end();
    });
    const http = httpClient({ policy: { privateHosts: [parsePrivateHost('127.0.0.1')!] } });
    const target = eventWebhook({ url: `${origin}/events`, http, keys: [] });
    await expect(target.send(notice(2))).rejects.toMatchObject({ code: 'notice_refused', details: { status: 400 } });
    expect(asked).toEqual(['hls-0', 'hls-1', 'dash']);
  });

  it('are put on an event bus, ten at most in a call; an entry that is not taken fails the notice', async () => {
    const calls: { Entries: { DetailType: string; Detail: string }[] }[] = [];
    let refused: string | undefined;
    const { origin } = await loopbackServer(async (request, response) => {
      expect(request.headers.authorization).toMatch(/\/eu-west-1\/events\/aws4_request/);
      expect(request.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
      const call = JSON.parse(await text(request)) as (typeof calls)[number];
      calls.push(call);
      const Entries = call.Entries.map(() => (refused === undefined ? { EventId: '1' } : { ErrorCode: refused }));
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ FailedEntryCount: refused === undefined ? 0 : Entries.length, Entries }));
    });
    const account = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'x' };
    onTestFinished(setEnvironment({ AWS_ENDPOINT_URL: origin, ...account }));
    const bus = eventBus('arn:aws:events:eu-west-1:123456789012:event-bus/vod');
    await bus.send(start);
    expect(calls).toEqual([]);
    await bus.send(notice(12));
    expect(calls.splice(0).map(({ Entries }) => Entries.length)).toEqual([10, 3]);
    refused = 'NotAuthorizedForDetailTypeException';
    await expect(bus.send(notice(12))).rejects.toMatchObject({ code: 'notice_refused' });
    expect(calls.map(({ Entries }) => Entries.length)).toEqual([10, 3]);
    expect(JSON.parse(calls[0]!.Entries[0]!.Detail)).toMatchObject({ event: 'VodAssetPlayable' });
    refused = 'ThrottlingException';
    await expect(bus.send(notice())).rejects.toMatchObject({ code: 'notice_undeliverable' });
  });
});
