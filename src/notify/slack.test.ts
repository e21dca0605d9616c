import type { IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { parsePrivateHost } from '../net/private-hosts.js';
import { httpClient } from '../net/request.js';
import type { Notice } from './notice.js';
import { slackChannel, slackWebhook } from './slack.js';

const notice: Notice = {
  id: 'asset:a#1',
  subject: 'Asset <a> is ready',
  text: 'Asset <a> is ready\n\nR&D',
  data: { Type: 'NOTIFICATION', Message: 'ready', Id: 'a' },
};
const http = httpClient({ policy: { privateHosts: [parsePrivateHost('127.0.0.1')!] } });

let origin: string;
let asked: { path: string | undefined; headers: IncomingHttpHeaders; body: object }[];
let answer: { status: number; body: string };
beforeEach(async () => {
  asked = [];
  ({ origin } = await loopbackServer(async (request, response) => {
    asked.push({ path: request.url, headers: request.headers, body: (await json(request)) as object });
    response.writeHead(answer.status).end(answer.body);
  }));
});

function channel() {
  return slackChannel({ channel: '#vod', token: 'xoxb-1', apiUrl: `${origin}/api`, http });
}

describe('a message to Slack', () => {
  it('is posted by the bot into the channel, with what means something to Slack written out', async () => {
    answer = { status: 200, body: '{"ok":true,"channel":"C1","ts":"1.2"}' };
    await channel().send(notice);
    expect(asked[0]).toMatchObject({
      path: '/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-1' },
      body: { channel: '#vod', text: '*Asset &lt;a&gt; is ready*\n\nR&amp;D', unfurl_links: false },
    });
  });

  it('is posted to an incoming webhook, whose address stays secret', async () => {
    answer = { status: 200, body: 'ok' };
    const hook = slackWebhook({ url: `${origin}/services/T0/B0/secret`, http });
    await hook.send(notice);
    expect(asked[0]).toMatchObject({ path: '/services/T0/B0/secret', body: { text: expect.any(String) as string } });
    answer = { status: 404, body: 'no_service' };
    const failed = hook.send(notice);
    await expect(failed).rejects.toMatchObject({ code: 'notice_refused' });
    await expect(failed).rejects.not.toThrow('secret');
  });

  it('is no longer than Slack shows', async () => {
    answer = { status: 200, body: '{"ok":true}' };
    await channel().send({ ...notice, text: 'x'.repeat(100_000) });
    expect((asked[0]!.body as { text: string }).text).toHaveLength(4000);
  });

  it.each([
    [200, '{"ok":false,"error":"channel_not_found"}', 'notice_refused'],
    [200, '{"ok":false,"error":"invalid_auth"}', 'notice_refused'],
    [200, '{"ok":false,"error":"internal_error"}', 'notice_undeliverable'],
    [200, '<html>captive portal</html>', 'notice_refused'],
    [429, '', 'notice_undeliverable'],
    [503, '', 'notice_undeliverable'],
  ])('that is answered with %i %s is the failure of its kind', async (status, body, code) => {
    answer = { status, body };
    const failed = channel().send(notice);
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.not.toThrow('xoxb');
  });
});
