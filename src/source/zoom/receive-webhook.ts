import { countedZoomEvent, type CountedZoomEvent } from '../../domain/zoom-event.js';
import type { EventInbox } from '../../status/event-inbox.js';
import { redactEvent } from './redact-event.js';
import { hasMedia, readWebhook } from './webhook-event.js';
import { validationAnswer, verifySignature } from './webhook-signature.js';

/** A request to /new_recording. */
export interface WebhookRequest {
  readonly body: Uint8Array;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
}

/** What Zoom is answered; 204 has no body. */
export interface WebhookAnswer {
  readonly status: 200 | 204 | 400 | 401 | 503;
  readonly body?: string | object;
  /** Worth a line of the log. */
  readonly notice?: string;
}

export interface WebhookReceiverOptions {
  readonly secrets: readonly string[];
  /** seconds */
  readonly window: number;
  readonly inbox: Pick<EventInbox, 'put' | 'validated'>;
  /** Called when there is something to do. */
  readonly onEvent: () => void;
  /** Called for everything that Zoom tells, whether anything is done with it or not. */
  readonly countEvent: (event: CountedZoomEvent) => void;
}

export type WebhookReceiver = (request: WebhookRequest) => Promise<WebhookAnswer>;

/**
 * Takes webhooks: nothing is parsed whose signature does not hold, and nothing is answered 2xx that is not stored. The statuses are
 * zoom-recording-ingester's: 200 for a recording that is taken, 204 for everything else that is fine, 400 for what cannot be used.
 */
export function webhookReceiver({
  secrets,
  window,
  inbox,
  onEvent,
  countEvent,
}: WebhookReceiverOptions): WebhookReceiver {
  return async (request) => {
    if (request.body.byteLength === 0) return { status: 400, body: 'Bad data: no body found in event.' };
    if (secrets.length === 0)
      return {
        status: 503,
        body: 'Webhooks are not set up.',
        notice: 'a webhook came, and WEBHOOK_VALIDATION_SECRET_TOKEN is not set',
      };
    const verdict = verifySignature(request, { secrets, window });
    if (verdict.kind === 'invalid') return { status: 401, body: 'The signature is not valid.' };
    if (verdict.kind === 'stale') {
      const notice = `a webhook with a right signature is ${verdict.ageSeconds} s old: ZOOM_WEBHOOK_WINDOW allows ${window}; the sweep will find what it told`;
      return { status: 401, body: 'The signature is too old.', notice };
    }
    const json = parse(request.body);
    if (json === undefined) return { status: 400, body: 'Webhook notification body is not valid json.' };
    countEvent(countedZoomEvent(json));
    const reading = readWebhook(json);
    switch (reading.kind) {
      case 'malformed':
        return { status: 400, body: reading.reason, notice: `a webhook cannot be used: ${reading.reason}` };
      case 'ignored':
        return { status: 204 };
      case 'validation':
        await inbox.validated();
        return { status: 200, body: validationAnswer(reading.plainToken, verdict.secret) };
      case 'event':
        await inbox.put({ key: reading.key, name: reading.name, uuid: reading.uuid, body: redactEvent(json) });
        onEvent();
        return answerTo(reading.event);
    }
  };
}

function answerTo(event: Extract<ReturnType<typeof readWebhook>, { kind: 'event' }>['event']): WebhookAnswer {
  if (event.kind === 'unusable')
    return { status: 400, body: event.reason, notice: `a recording cannot be used: ${event.reason}` };
  return event.kind === 'completed' && hasMedia(event.recording.files)
    ? { status: 200, body: 'Success' }
    : { status: 204 };
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
