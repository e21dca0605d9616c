import { Failure } from '../domain/failure.js';
import type { HttpClient } from '../net/request.js';
import type { Notice } from './notice.js';
import type { Notifier } from './notifier.js';
import { postNotice } from './post-notice.js';

/** characters of a message; Slack cuts longer ones off itself, at 40,000 (chat.postMessage), and asks for no more than 4,000 */
const maxText = 4000;

/** Errors of the Web API that time or nothing cures; the others need somebody (Slack, Web API errors). */
const passingErrors =
  /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org)$/;

/**
 * Tells a channel of Slack by the address of an incoming webhook.
 * @param url is itself the secret; it is shown without its path
 */
export function slackWebhook({ url, http }: { url: string; http: HttpClient }): Notifier {
  const target = `slack:${new URL(url).origin}`;
  return {
    target,
    async send(notice, signal) {
      await postNotice(http, { url, target, body: JSON.stringify({ text: messageOf(notice) }), signal });
    },
  };
}

export interface SlackChannel {
  readonly channel: string;
  /** of a bot that may `chat:write` and is in the channel */
  readonly token: string;
  readonly apiUrl: string;
  readonly http: HttpClient;
}

/** Tells a channel of Slack as a bot: `chat.postMessage`. */
export function slackChannel({ channel, token, apiUrl, http }: SlackChannel): Notifier {
  const target = `slack:${channel}`;
  return {
    target,
    async send(notice, signal) {
      const answer = await postNotice(http, {
        url: `${apiUrl}/chat.postMessage`,
        target,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        credentials: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ channel, text: messageOf(notice), unfurl_links: false }),
        signal,
      });
      // The Web API says with 200 that it did not.
      const problem = problemIn(answer);
      if (problem === undefined) return;
      const code = passingErrors.test(problem) ? 'notice_undeliverable' : 'notice_refused';
      throw new Failure(code, `${target} was not told: ${problem}`, { details: { target, error: problem } });
    },
  };
}

/** The answer is read to a few hundred characters, and begins with `ok`. */
function problemIn(answer: string): string | undefined {
  if (/^\s*\{\s*"ok"\s*:\s*true\b/.test(answer)) return undefined;
  return /"error"\s*:\s*"(\w{1,80})"/.exec(answer)?.[1] ?? 'an answer that is not of Slack';
}

/** The subject stands out; the three signs that mean something to Slack do not. */
function messageOf({ subject, text }: Notice): string {
  const rest = text.startsWith(subject) ? text.slice(subject.length) : `\n${text}`;
  const whole = `*${escaped(subject.replace(/\s+/g, ' '))}*${escaped(rest)}`;
  return whole.length <= maxText ? whole : `${whole.slice(0, maxText - 2)} …`;
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign);
}
