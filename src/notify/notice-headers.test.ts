import type { IncomingHttpHeaders } from 'node:http';
import { expect, it } from 'vitest';
import { loopbackServer } from '../../test/support/http-server.js';
import { smtpServer } from '../../test/support/smtp-server.js';
import { parsePrivateHost } from '../net/private-hosts.js';
import { httpClient } from '../net/request.js';
import type { Notice } from './notice.js';
import { smtp } from './smtp.js';
import { webhook } from './webhook.js';

/** What people outside choose: topics, ids of assets, reasons. */
const hostile = 'lecture\r\nBcc: thief@example.com\r\nX-Evil: yes\r\n\r\n<script>alert(1)</script>\u0000\u2028';
const notice: Notice = {
  id: `asset:${hostile}`,
  subject: `Asset ${hostile} is ready`,
  text: hostile,
  data: { Type: 'NOTIFICATION', Message: hostile, Id: hostile },
};

it('a mail has the headers that it always has, whatever it is about', async () => {
  const { port, mails } = await smtpServer();
  await smtp({ host: '127.0.0.1', port, secure: false, to: ['ops@example.edu'] }).send(notice);
  const [head = ''] = mails[0]!.raw.split('\r\n\r\n');
  const names = head.match(/^[\w-]+(?=:)/gm)?.map((name) => name.toLowerCase());
  expect(new Set(names)).toEqual(
    new Set(['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to']),
  );
  expect(mails[0]!.to).toEqual(['ops@example.edu']);
  expect(mails[0]!.raw.split('<!doctype html>')[1]).not.toContain('<script>');
});

it('a webhook has the headers that it always has, whatever it is about', async () => {
  let headers: IncomingHttpHeaders = {};
  let body = '';
  const server = await loopbackServer(async (request, response) => {
    headers = request.headers;
    for await (const piece of request) body += String(piece);
    response.end();
  });
  const http = httpClient({ policy: { privateHosts: [parsePrivateHost(server.host)!] } });
  await webhook({ url: server.origin, http, keys: [Buffer.alloc(32)] }).send(notice);
  http.close();
  expect(headers['x-evil']).toBeUndefined();
  expect(headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
  expect(JSON.parse(body)).toMatchObject({ id: notice.id, subject: notice.subject });
});
