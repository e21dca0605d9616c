import { createHash } from 'node:crypto';
import { Failure } from '../domain/failure.js';
import { noticeHtml } from './notice-html.js';
import type { Notice } from './notice.js';
import type { Notifier } from './notifier.js';
import type { SmtpTarget } from './notify-target.js';

/** milliseconds: for the connection, for the greeting, and between two answers of the server */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 } as const;
/** characters of a subject; RFC 5322 2.1.1 allows 998 to a line */
const maxSubject = 200;

/**
 * Tells people by mail, as text and as HTML. One connection for each mail: notices are few, and servers close idle ones.
 * @param options with `to` of one address at least
 */
export function smtp({ host, port, secure, login, from, to }: Omit<SmtpTarget, 'kind'>): Notifier {
  const sender = from ?? to[0] ?? '';
  const target = `${secure ? 'smtps' : 'smtp'}://${host}:${port}`;
  const own = isThisMachine(host);

  async function connection() {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      ...{ host, port, secure, ...timeouts },
      // A password, or what is told, must not go over the net in the clear; within one machine there is no net.
      requireTLS: !secure && login !== undefined && !own,
      ...(login && { auth: { user: login.user, pass: login.password } }),
      // Mail servers of one's own machine have certificates that they made themselves.
      ...(own && { tls: { rejectUnauthorized: false } }),
      ...{ disableFileAccess: true, disableUrlAccess: true },
    });
  }

  return {
    target,
    async check() {
      const transport = await connection();
      try {
        await transport.verify();
      } catch (error) {
        throw smtpFailure(error, target, 'does not let us send mail');
      } finally {
        transport.close();
      }
      return `${target} lets us send mail${login ? ` as ${login.user}` : ''}, to ${to.join(', ')}`;
    },
    async send(notice, signal) {
      signal?.throwIfAborted();
      const transport = await connection();
      const stop = stopping(signal);
      try {
        const { rejected } = await Promise.race([transport.sendMail(mailOf(notice, sender, to)), stop.promise]);
        if (rejected.length > 0) throw someRejected(target, rejected.map(addressOf));
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof Failure ? error : smtpFailure(error, target, 'did not take a notice');
      } finally {
        stop.forget();
        transport.close();
      }
    },
  };
}

/** Rejects when the signal fires: a mail that is being sent cannot be broken off. */
function stopping(signal: AbortSignal | undefined): { promise: Promise<never>; forget: () => void } {
  let stop = (): void => {};
  const promise = new Promise<never>((_, reject) => (stop = () => reject(signal?.reason as Error)));
  signal?.addEventListener('abort', stop, { once: true });
  return { promise, forget: () => signal?.removeEventListener('abort', stop) };
}

function mailOf(notice: Notice, from: string, to: readonly string[]) {
  const id = createHash('sha256').update(notice.id).digest('hex').slice(0, 32);
  return {
    from,
    to: [...to],
    subject: notice.subject.replace(/\s+/g, ' ').slice(0, maxSubject),
    text: notice.text,
    html: noticeHtml(notice),
    // The same notice sent again is the same mail to who looks.
    messageId: `<${id}@${from.split('@')[1] ?? 'reelway'}>`,
    // RFC 3834: no "out of office" in return.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function addressOf(rejected: string | { readonly address: string }): string {
  return typeof rejected === 'string' ? rejected : rejected.address;
}

function someRejected(target: string, addresses: readonly string[]): Failure {
  return new Failure('notice_refused', `${target} took a notice, but not for ${addresses.join(', ')}`, {
    details: { target, rejected: addresses },
  });
}

/** 5yz is for good (RFC 5321 4.2.1), and so is a login that is refused; all else may pass. */
function smtpFailure(error: unknown, target: string, what: string): Failure {
  const { code = '', responseCode, response } = error as { code?: string; responseCode?: number; response?: string };
  const forGood = (responseCode !== undefined && responseCode >= 500) || code === 'EAUTH' || code === 'ETLS';
  const answer = response === undefined ? code || 'no answer' : response.slice(0, 300);
  return new Failure(forGood ? 'notice_refused' : 'notice_undeliverable', `${target} ${what}: ${answer}`, {
    details: { target, ...(responseCode !== undefined && { status: responseCode }) },
    cause: error,
  });
}
