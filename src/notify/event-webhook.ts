import { Failure } from '../domain/failure.js';
import type { HttpClient } from '../net/request.js';
import type { Notifier } from './notifier.js';
import { eventsOf } from './packaging-event.js';
import { postNotice } from './post-notice.js';
import { webhookHeaders } from './webhook-signature.js';

/** Tells a web service in events of EventBridge, one request for each; it hears nothing of what is no such event. */
export function eventWebhook({
  url,
  http,
  keys,
}: {
  url: string;
  http: HttpClient;
  keys: readonly Buffer[];
}): Notifier {
  const target = `eventbridge:${new URL(url).origin}`;
  return {
    target,
    async send(notice, signal) {
      let refusal: Failure | undefined;
      for (const event of eventsOf(notice, Date.now())) {
        const body = JSON.stringify(event);
        const headers = webhookHeaders({ notice: event, body, now: Date.now(), keys });
        await postNotice(http, { url, target, body, headers, signal }).catch((error: unknown) => {
          // What passes is tried again from the start; what one event is refused for keeps no other from being told.
          if (!(error instanceof Failure && error.code === 'notice_refused')) throw error;
          refusal ??= error;
        });
      }
      if (refusal) throw refusal;
    },
  };
}
