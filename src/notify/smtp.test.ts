import { describe, expect, it } from 'vitest';
import { smtpServer } from '../../test/support/smtp-server.js';
import type { Notice } from './notice.js';
import { smtp } from './smtp.js';

const notice: Notice = {
  id: 'asset:a#1',
  subject: 'Asset a is ready: 1 of 1 endpoints',
  text: 'Asset a is ready: 1 of 1 endpoints\n\nSource: <a> & https://play.example.edu/index.m3u8?a=1&b=2 Grüße',
  data: { Type: 'NOTIFICATION', Message: 'ready', Id: 'a' },
};

function target(port: number, more: Partial<Parameters<typeof smtp>[0]> = {}) {
  return smtp({ host: '127.0.0.1', port, secure: false, to: ['ops@example.edu'], ...more });
}

/** Parts of a mail, decoded (RFC 2045: quoted-printable as nodemailer writes it). */
function decoded(raw: string): string {
  const bytes = raw
    .replace(/=\r\n/g, '')
    .replace(/((?:=[0-9A-F]{2})+)/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString('utf8'));
  return bytes;
}

describe('a mail', () => {
  it('has the notice as text and as HTML with links, for everybody', async () => {
    const { port, mails } = await smtpServer();
    await target(port, { from: 'reelway@example.edu', to: ['ops@example.edu', 'av@example.edu'] }).send(notice);
    expect(mails).toHaveLength(1);
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'reelway@example.edu', to: ['ops@example.edu', 'av@example.edu'] });
    const body = decoded(mail!.raw);
    expect(body).toMatch(/^Subject: Asset a is ready: 1 of 1 endpoints\r$/m);
    expect(body).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(body).toContain('Source: <a> & https://play.example.edu/index.m3u8?a=1&b=2 Grüße');
    expect(body).toContain('Source: &#60;a&#62; &#38; <a href="https://play.example.edu/index.m3u8?a=1&#38;b=2">');
  });

  it('that is sent again has the same Message-ID, so that readers see one', async () => {
    const { port, mails } = await smtpServer();
    await target(port).send(notice);
    await target(port).send(notice);
    const ids = mails.map(({ raw }) => /^Message-ID: (.*)\r$/m.exec(raw)?.[1]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@example\.edu>$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('cannot be given headers by what a notice is about', async () => {
    const { port, mails } = await smtpServer();
    await target(port).send({ ...notice, subject: 'ready\r\nBcc: thief@example.com' });
    expect(mails[0]!.to).toEqual(['ops@example.edu']);
    const [headers] = mails[0]!.raw.split('\r\n\r\n');
    expect(headers).toMatch(/^Subject: ready Bcc: thief@example\.com\r$/m);
    expect(headers).not.toMatch(/^Bcc:/m);
  });

  it('is sent under a login, after STARTTLS where the server offers it', async () => {
    const { port, mails } = await smtpServer({
      onAuth: ({ username, password }, _session, done) =>
        password === 'p@ss' ? done(null, { user: username ?? '' }) : done(new Error('Invalid username or password')),
      authOptional: false,
    });
    const login = { user: 'reelway', password: 'p@ss' };
    await target(port, { login }).send(notice);
    expect(mails[0]).toMatchObject({ user: 'reelway', encrypted: true });
    const wrong = target(port, { login: { ...login, password: 'wrong' } });
    await expect(wrong.send(notice)).rejects.toMatchObject({ code: 'notice_refused' });
  });

  it('gives no password to another machine that offers no TLS', async () => {
    let logins = 0;
    const { port, mails } = await smtpServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => (logins++, done(null, { user: 'reelway' })),
    });
    // This address leads here, and is not known as this machine's.
    const elsewhere = target(port, { host: '0.0.0.0', login: { user: 'reelway', password: 'p@ss' } });
    await expect(elsewhere.send(notice)).rejects.toMatchObject({ code: 'notice_refused' });
    expect([logins, mails]).toEqual([0, []]);
  });
});

describe('a mail that is not taken', () => {
  it.each([
    [550, 'notice_refused'],
    [451, 'notice_undeliverable'],
  ])('with %i is the failure %s', async (responseCode, code) => {
    const { port } = await smtpServer({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('not now'), { responseCode })),
    });
    await expect(target(port).send(notice)).rejects.toMatchObject({ code, details: { status: responseCode } });
  });

  it('for one of its readers names that one', async () => {
    const { port, mails } = await smtpServer({
      onRcptTo: ({ address }, _session, done) =>
        address === 'gone@example.edu' ? done(Object.assign(new Error('no such user'), { responseCode: 550 })) : done(),
    });
    await expect(target(port, { to: ['ops@example.edu', 'gone@example.edu'] }).send(notice)).rejects.toMatchObject({
      code: 'notice_refused',
      message: expect.stringContaining('gone@example.edu') as string,
    });
    expect(mails[0]!.to).toEqual(['ops@example.edu']);
  });

  it('because nobody listens may pass', async () => {
    const { createServer } = await import('node:net');
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as { port: number };
    await new Promise((closed) => server.close(closed));
    await expect(target(port).send(notice)).rejects.toMatchObject({ code: 'notice_undeliverable' });
  });

  it('because the work is stopped says so', async () => {
    const stop = new AbortController();
    const { port } = await smtpServer({
      onMailFrom: (_address, _session, done) => {
        stop.abort(new Error('stopped'));
        setImmediate(done);
      },
    });
    await expect(target(port).send(notice, stop.signal)).rejects.toThrow('stopped');
  });
});
