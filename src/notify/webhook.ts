import type { HttpClient } from '../net/request.js';
import type { Notice } from './notice.js';
import type { Notifier } from './notifier.js';
import { postNotice } from './post-notice.js';
import { webhookHeaders } from './webhook-signature.js';

/**
 * Tells a web service: `POST` of JSON `{ id, subject, text, ...data }`, signed when there are keys. 2xx is taken for told.
 * @param url may hold a secret in its path or query; it is shown without them
 */
export function webhook({
  url,
  http,
  keys = [],
}: {
  url: string;
  http: HttpClient;
  keys?: readonly Buffer[];
}): Notifier {
  const target = new URL(url).origin;
  return {
    target,
    async send(notice, signal) {
      const body = bodyOf(notice);
      const headers = webhookHeaders({ notice, body, now: Date.now(), keys });
      await postNotice(http, { url, target, body, headers, signal });
    },
  };
}

function bodyOf({ id, subject, text, data }: Notice): string {
  return JSON.stringify({ id, subject, text, ...data });
}
