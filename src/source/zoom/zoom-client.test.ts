import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loopbackServer } from '../../../test/support/http-server.js';
import type { CloudRecording } from '../../../test/support/zoom-cloud.js';
import { startZoomServer, type ZoomServer } from '../../../test/support/zoom-server.js';
import { Failure } from '../../domain/failure.js';
import { recordingSchema, type Recording } from '../../domain/recording.js';
import { rateLimit } from '../../net/rate-limit.js';
import { httpClient } from '../../net/request.js';
import { trusting } from '../../net/safe-url.js';
import { accessTokens } from './access-token.js';
import { dateWindows } from './date-windows.js';
import { zoomApi } from './zoom-api.js';
import { zoomClient, type ZoomClient } from './zoom-client.js';
import { credentialProblem, zoomCredentials, type ZoomCredentials } from './zoom-credentials.js';

let zoom: ZoomServer;
beforeEach(async () => (zoom = await startZoomServer()));
afterEach(() => zoom.close());

function client(credentials?: ZoomCredentials): ZoomClient {
  const http = httpClient({ policy: trusting(zoom.origin, { privateHosts: [] }) });
  const given = credentials ?? { kind: 'server-to-server', ...zoom.account };
  const authorization =
    given.kind === 'apigee'
      ? { apigeeKey: given.key }
      : accessTokens({ credentials: given, oauthUrl: zoom.oauthUrl, http });
  const backOff = { tries: 3, firstDelay: 1, longestDelay: 2000 };
  return zoomClient({
    api: zoomApi({ baseUrl: zoom.apiBaseUrl, http, authorization, rate: rateLimit({ perSecond: 1000 }), backOff }),
  });
}

function cloud(uuid: string, change: Partial<CloudRecording> = {}): CloudRecording {
  const files = [{ id: `video of ${uuid}`, content: Buffer.from('video') }];
  return { uuid, id: 93_812_345_678, startTime: '2026-11-23T14:00:00Z', files, ...change };
}

async function refusal(attempt: Promise<unknown>): Promise<Failure> {
  return attempt.then(
    () => expect.unreachable('was not refused'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(Failure);
      return error as Failure;
    },
  );
}

async function all(recordings: AsyncIterable<Recording>): Promise<string[]> {
  const uuids: string[] = [];
  for await (const { uuid } of recordings) uuids.push(uuid);
  return uuids;
}

const asked = (pattern: RegExp) => zoom.requests.filter(({ request }) => pattern.test(request)).length;
const anAnswer = { match: /\/v2\//, status: 500, body: 'x' };

describe('a recording', () => {
  it.each(['aDYlohsHRtCd4ii1uC2+hA==', '/ajXp112QmuoKj4854875==', 'a//b==', 'a/b+c==', 'ü %2F'])(
    'is found by its uuid %j, with its files and a token for them',
    async (uuid) => {
      zoom.addRecording(cloud(uuid));
      const { recording, downloadToken } = await client().recording(uuid);
      expect(recordingSchema.parse(recording)).toEqual(recording);
      expect(recording).toMatchObject({
        ...{ uuid, meetingId: '93812345678', startTime: '2026-11-23T14:00:00Z', accountId: zoom.account.accountId },
        files: [{ id: `video of ${uuid}`, fileType: 'MP4', fileSize: 5, status: 'completed' }],
      });
      expect(downloadToken).toMatch(/^download-/);
      expect(JSON.stringify(recording)).not.toMatch(/hunter2|download-/);
    },
  );

  it('is the latest of a meeting when its number is given', async () => {
    zoom.addRecording(cloud('first'));
    zoom.addRecording(cloud('second', { startTime: '2026-11-25T14:00:00Z' }));
    expect((await client().recording('93812345678')).recording.uuid).toBe('second');
  });

  it('that Zoom does not have may still come', async () => {
    const failure = await refusal(client().recording('nobody'));
    expect(failure).toMatchObject({ code: 'recording_not_found', kind: 'passing', details: { zoomCode: 3301 } });
    expect(asked(/recordings/)).toBe(1);
  });

  it('is looked for in the list of its host when the app may not ask for it', async () => {
    zoom.behave({ missingScopes: ['cloud_recording:read:list_recording_files:admin'] });
    zoom.addRecording(cloud('u'));
    const hint = { hostId: 'HoStIdHoStId', startTime: '2026-11-23T14:00:00Z' };
    expect(await client().recording('u', { hint })).toMatchObject({ recording: { uuid: 'u' } });
    expect((await refusal(client().recording('v', { hint }))).code).toBe('recording_not_found');
    expect(await refusal(client().recording('u'))).toMatchObject({
      ...{ code: 'zoom_scope_missing', kind: 'permanent' },
      details: { scopes: ['cloud_recording:read:list_recording_files:admin'], zoomCode: 4711 },
    });
  });
});

describe('the list of recordings', () => {
  const range = { from: '2026-09-01', to: '2026-11-30' };
  const many = Array.from({ length: 25 }, (_, n) =>
    cloud(`u${n}`, { startTime: `2026-${n < 12 ? '10' : '11'}-${String(1 + n).padStart(2, '0')}T08:00:00Z` }),
  );

  it('has every recording of the account once, over pages and months', async () => {
    for (const recording of many) zoom.addRecording(recording);
    zoom.addRecording(cloud('too early', { startTime: '2026-08-30T08:00:00Z' }));
    zoom.behave({ pageSize: 4 });
    expect((await all(client().recordings(range))).sort()).toEqual(many.map(({ uuid }) => uuid).sort());
  });

  it('is put together from the lists of all users where the account has none', async () => {
    zoom.behave({ missingScopes: ['cloud_recording:read:list_account_recordings:admin'] });
    zoom.addRecording(cloud('u'));
    zoom.addRecording(cloud('v', { userId: 'other' }));
    expect((await all(client().recordings(range))).sort()).toEqual(['u', 'v']);
  });

  it('goes on when a user is gone while the others are listed', async () => {
    zoom.addRecording(cloud('u'));
    zoom.addRecording(cloud('v', { userId: 'other' }));
    zoom.behave({
      missingScopes: ['cloud_recording:read:list_account_recordings:admin'],
      answers: [
        { match: /users\/other/, status: 404, body: '{"code":1001,"message":"User does not exist."}', times: 9 },
      ],
    });
    expect(await all(client().recordings(range))).toEqual(['u']);
  });

  it('ends although Zoom gives the same page for ever', async () => {
    for (const recording of many) zoom.addRecording(recording);
    zoom.behave({ endlessPages: true, pageSize: 3 });
    expect((await all(client().recordings({ from: '2026-10-02', to: '2026-10-03' }))).length).toBe(3);
  });

  it('fails where the first user does, and not silently', async () => {
    zoom.behave({ answers: [{ ...anAnswer, times: 99 }] });
    expect((await refusal(all(client().recordings(range)))).code).toBe('zoom_unavailable');
  });
});

describe('windows of dates', () => {
  it.each([
    ['2026-11-22', '2026-11-22', [['2026-11-21', '2026-11-23']]],
    ['2026-02-01', '2026-02-26', [['2026-01-31', '2026-02-27']]],
    [
      '2026-01-01',
      '2026-02-28',
      [
        ['2026-02-02', '2026-03-01'],
        ['2026-01-05', '2026-02-01'],
        ['2025-12-31', '2026-01-04'],
      ],
    ],
  ])('from %s to %s', (from, to, expected) => {
    expect(dateWindows({ from, to }).map((window) => [window.from, window.to])).toEqual(expected);
  });
});

describe('access', () => {
  it('is asked for once, however many need it, and kept', async () => {
    zoom.addRecording(cloud('u'));
    const zoomClient = client();
    await Promise.all(Array.from({ length: 10 }, () => zoomClient.recording('u')));
    await zoomClient.recording('u');
    expect(asked(/oauth/)).toBe(1);
  });

  it('is renewed once when Zoom has ended it early', async () => {
    zoom.addRecording(cloud('u'));
    const zoomClient = client();
    await zoomClient.recording('u');
    zoom.expireTokens();
    await Promise.all(Array.from({ length: 5 }, () => zoomClient.recording('u')));
    expect(asked(/oauth/)).toBe(2);
  });

  it('is renewed before it ends', async () => {
    zoom.behave({ tokenSeconds: 0.1 });
    zoom.addRecording(cloud('u'));
    const zoomClient = client();
    await zoomClient.recording('u');
    await expect.poll(async () => (await zoomClient.recording('u'), asked(/oauth/))).toBeGreaterThan(1);
    expect(asked(/oauth/)).toBeGreaterThan(1);
  });

  it('is refused for good with wrong credentials, in words that help', async () => {
    const wrong = client({ kind: 'server-to-server', ...zoom.account, clientSecret: 'wrong-secret' });
    const failure = await refusal(wrong.recording('u'));
    expect(failure).toMatchObject({ code: 'zoom_unauthorized', kind: 'permanent' });
    expect(failure.message).toContain('Invalid client_id or client_secret');
    expect(JSON.stringify(failure) + failure.message).not.toContain('wrong-secret');
  });

  it('that Zoom goes on refusing is given up after one renewal', async () => {
    zoom.behave({
      answers: [{ match: /\/v2\//, status: 401, body: '{"code":124,"message":"Invalid access token."}', times: 9 }],
    });
    expect((await refusal(client().recording('u'))).code).toBe('zoom_unauthorized');
    expect(asked(/oauth/)).toBe(2);
  });

  it('is renewed for code 124 whatever its status, also 200', async () => {
    zoom.addRecording(cloud('u'));
    const body = '{"status":false,"errorCode":124,"errorMessage":"Forbidden"}';
    zoom.behave({ answers: [{ match: /\/v2\//, status: 200, body }] });
    expect((await client().recording('u')).recording.uuid).toBe('u');
    expect(asked(/oauth/)).toBe(2);
  });

  it('is by the key of a gateway where there is one', async () => {
    zoom.addRecording(cloud('u'));
    await client({ kind: 'apigee', key: 'apigee-key' }).recording('u');
    expect(asked(/oauth/)).toBe(0);
    expect((await refusal(client({ kind: 'apigee', key: 'another' }).recording('u'))).code).toBe('zoom_unauthorized');
  });

  it('is by a key that follows no redirect to another host', async () => {
    let given: string | string[] | undefined = 'never asked';
    const other = await loopbackServer(({ headers }, response) => {
      given = headers['x-api-key'];
      response.end('{}');
    });
    const gateway = await loopbackServer((_, response) => {
      response.writeHead(302, { location: `${other.origin}/elsewhere` }).end();
    });
    const http = httpClient({ policy: trusting(gateway.origin, trusting(other.origin, { privateHosts: [] })) });
    const authorization = { apigeeKey: 'apigee-key' };
    const api = zoomApi({ baseUrl: gateway.origin, http, authorization, rate: rateLimit({ perSecond: 1000 }) });
    await api.get('/meetings/u/recordings');
    expect(given).toBeUndefined();
  });

  it('is by a refresh token that is replaced each time it was used', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'reelway-zoom-'));
    const refreshTokenFile = path.join(folder, 'refresh-token');
    writeFileSync(refreshTokenFile, 'refresh-1\n');
    zoom.addRecording(cloud('u'));
    const general = { kind: 'general', ...zoom.account, refreshTokenFile } as const;
    await client(general).recording('u');
    expect(readFileSync(refreshTokenFile, 'utf8')).toMatch(/^refresh-[0-9a-f-]{36}\n$/);
    await client(general).recording('u');
    writeFileSync(refreshTokenFile, 'refresh-1');
    expect((await refusal(client(general).recording('u'))).message).toContain('authorise the app again');
    rmSync(refreshTokenFile);
    expect(await refusal(client(general).recording('u'))).toMatchObject({
      ...{ code: 'invalid_settings', details: { setting: 'ZOOM_REFRESH_TOKEN_FILE' } },
    });
    rmSync(folder, { recursive: true });
  });

  it('needs settings that go together', () => {
    const [id, secret] = [{ ZOOM_CLIENT_ID: 'id' }, { ZOOM_CLIENT_SECRET: 'secret' }];
    expect(zoomCredentials({ APIGEE_KEY: 'k', ...id })).toEqual({ kind: 'apigee', key: 'k' });
    expect(zoomCredentials({ ...id, ...secret, ZOOM_ACCOUNT_ID: 'a' })).toMatchObject({ kind: 'server-to-server' });
    expect(zoomCredentials({ ...id, ...secret, ZOOM_REFRESH_TOKEN_FILE: 'f' })).toMatchObject({ kind: 'general' });
    for (const part of [id, secret, { ...id, ...secret }, { ZOOM_ACCOUNT_ID: 'a' }]) {
      expect(zoomCredentials(part)).toBeUndefined();
      expect(credentialProblem(part)).toContain('are needed together');
    }
    expect(credentialProblem({})).toBeUndefined();
    expect(credentialProblem({ ...id, ...secret, ZOOM_ACCOUNT_ID: 'a' })).toBeUndefined();
  });
});

describe('bad days of Zoom', () => {
  beforeEach(() => zoom.addRecording(cloud('u')));

  it.each([
    ['an error', anAnswer],
    ['a cut connection', { ...anAnswer, cut: true as const }],
    ['a page of maintenance with 200', { ...anAnswer, status: 200, body: '<html>' }],
    ['a rate limit that says nothing', { ...anAnswer, status: 429, body: '{}' }],
    ['a rate limit in seconds', { ...anAnswer, status: 429, headers: { 'retry-after': '0' } }],
    [
      'a rate limit as an HTTP date',
      { ...anAnswer, status: 429, headers: { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' } },
    ],
    ['a rate limit in ISO 8601', { ...anAnswer, status: 429, headers: { 'retry-after': '2020-05-31T00:00:00Z' } }],
  ])('%s is got over in place', async (_, answer) => {
    zoom.behave({ answers: [answer] });
    expect((await client().recording('u')).recording.uuid).toBe('u');
  });

  it('a daily limit lasts until midnight, and nobody asks in vain before', async () => {
    zoom.behave({
      answers: [
        {
          match: /\/v2\//,
          status: 429,
          headers: { 'x-ratelimit-type': 'Daily-limit' },
          body: '{"code":429,"message":"You have reached the maximum daily rate limit."}',
        },
      ],
    });
    const zoomClient = client();
    const failure = await refusal(zoomClient.recording('u'));
    const seconds = failure.details.retryAfterSeconds as number;
    expect(failure).toMatchObject({ code: 'zoom_rate_limited', kind: 'passing' });
    const resumes = new Date(Date.now() + seconds * 1000).toISOString();
    expect(resumes).toMatch(/T00:00:0\d/);
    expect((await refusal(zoomClient.recording('u'))).code).toBe('zoom_rate_limited');
    expect(asked(/\/v2\//)).toBe(1);
  });

  it('an outage is told as one, after some tries', async () => {
    zoom.behave({ answers: [{ ...anAnswer, times: 99 }] });
    expect(await refusal(client().recording('u'))).toMatchObject({ code: 'zoom_unavailable', kind: 'passing' });
    expect(asked(/\/v2\//)).toBe(3);
    const nowhere = client();
    await zoom.close();
    expect((await refusal(nowhere.recording('u'))).code).toBe('zoom_unavailable');
    zoom = await startZoomServer();
  });

  it('a refusal is told in the words of Zoom, at once', async () => {
    zoom.behave({
      answers: [{ match: /\/v2\//, status: 400, body: '{"code":200,"message":"Only available for paid accounts."}' }],
    });
    const failure = await refusal(client().recording('u'));
    expect(failure).toMatchObject({ code: 'zoom_refused', kind: 'permanent', details: { status: 400, zoomCode: 200 } });
    expect(failure.message).toContain('Only available for paid accounts.');
  });

  it('an answer of another shape is refused, not taken for an empty one', async () => {
    zoom.behave({
      answers: [
        { match: /meetings/, status: 200, body: '{"uuid":7}' },
        { match: /accounts/, status: 200, body: '{"meetings":{}}' },
        { match: /users/, status: 200, body: '[]' },
      ],
    });
    expect((await refusal(client().recording('u'))).code).toBe('zoom_refused');
    expect((await refusal(all(client().recordings({ from: '2026-11-23', to: '2026-11-23' })))).code).toBe(
      'zoom_refused',
    );
  });
});
