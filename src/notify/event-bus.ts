import { Failure } from '../domain/failure.js';
import { awsRefusal } from './aws-refusal.js';
import type { Notifier } from './notifier.js';
import { eventsOf } from './packaging-event.js';

/** events that one PutEvents takes (API Reference) */
const maxEntries = 10;
/** Tries of one call, with the SDK's own pauses between them; more is the workflow's business. */
const maxAttempts = 4;

/** Tells an event bus of EventBridge: one event for each endpoint. Region from the ARN; credentials as the SDK reads them. */
export function eventBus(busArn: string): Notifier {
  const region = busArn.split(':')[3] ?? '';
  let connection: ReturnType<typeof connect> | undefined;
  return {
    target: busArn,
    async send(notice, signal) {
      const { sdk, client } = await (connection ??= connect(region));
      const entries = eventsOf(notice, Date.now()).map((event) => ({
        EventBusName: busArn,
        Source: event.source,
        DetailType: event['detail-type'],
        Resources: [...event.resources],
        Time: new Date(event.time),
        Detail: JSON.stringify(event.detail),
      }));
      const refused: string[] = [];
      for (let first = 0; first < entries.length; first += maxEntries) {
        const command = new sdk.PutEventsCommand({ Entries: entries.slice(first, first + maxEntries) });
        const { Entries: results = [] } = await client
          .send(command, signal && { abortSignal: signal })
          .catch((error: unknown) => {
            signal?.throwIfAborted();
            throw awsRefusal(error, 'EventBridge', busArn);
          });
        refused.push(...results.flatMap(({ ErrorCode: code }) => code ?? []));
      }
      // What passes is worth another attempt, whatever else was refused.
      const code = refused.find(isPassing) ?? refused[0];
      if (code !== undefined) throw notTaken(busArn, code);
    },
  };
}

async function connect(region: string) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const sdk = await import('@aws-sdk/client-eventbridge');
  return { sdk, client: new sdk.EventBridgeClient({ region, maxAttempts }) };
}

function isPassing(code: string): boolean {
  return /Throttling|Internal/.test(code);
}

/** The call succeeds though entries of it failed. */
function notTaken(busArn: string, code: string): Failure {
  return new Failure(
    isPassing(code) ? 'notice_undeliverable' : 'notice_refused',
    `EventBridge did not take a notice for ${busArn}: ${code}`,
    { details: { target: busArn, error: code } },
  );
}
