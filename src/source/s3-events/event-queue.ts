import { Failure } from '../../domain/failure.js';

/** A queue of events, at least once each: what is not taken off comes again, and in the end goes where the queue's own policy sends it. */
export interface EventQueue {
  /** Waits for messages; none in the time given is no error. @throws Failure source_forbidden, source_not_found, source_unavailable */
  receive(waitSeconds: number, signal: AbortSignal): Promise<readonly QueueMessage[]>;
  /** The message is done with. @throws as receive does */
  remove(message: QueueMessage): Promise<void>;
  /** The message comes again after so many seconds. @throws as receive does */
  defer(message: QueueMessage, seconds: number): Promise<void>;
  /** Does the queue put messages aside that come again and again? undefined when that may not be asked. */
  hasDeadLetters(): Promise<boolean | undefined>;
}

export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  /** how often it was received, with this time */
  readonly received: number;
  /** stands for this receiving of it */
  readonly receipt: string;
}

/** messages of one answer, as many as SQS gives */
const atOnce = 10;
/** seconds in which nobody else gets what was received; what dies with it comes again then */
const visibility = 120;
/** seconds that SQS allows */
const longestDelay = 12 * 3600;
/** Tries of one request, with the SDK's own pauses between them. */
const maxAttempts = 4;

/**
 * A queue of Amazon SQS. Region from the address; credentials, profiles and endpoints as the SDK reads them.
 * @param url `https://sqs.<region>.amazonaws.com/<account>/<name>`
 */
export function sqsQueue(url: string): EventQueue {
  let connection: ReturnType<typeof connect> | undefined;
  const asking = async <T>(work: (made: Awaited<ReturnType<typeof connect>>) => Promise<T>): Promise<T> => {
    try {
      return await work(await (connection ??= connect(url)));
    } catch (error) {
      throw queueFailure(error, url);
    }
  };
  return {
    async receive(waitSeconds, signal) {
      const { Messages = [] } = await asking(({ sdk, client }) => {
        const request = new sdk.ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: atOnce,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: visibility,
          MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        });
        return client.send(request, { abortSignal: signal });
      }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      return Messages.map(({ MessageId = '?', Body = '', ReceiptHandle = '', Attributes }) => ({
        id: MessageId,
        body: Body,
        received: Number(Attributes?.ApproximateReceiveCount ?? 1),
        receipt: ReceiptHandle,
      }));
    },
    async remove({ receipt }) {
      await asking(({ sdk, client }) =>
        client.send(new sdk.DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt })),
      );
    },
    async defer({ receipt }, seconds) {
      const VisibilityTimeout = Math.min(Math.max(0, Math.ceil(seconds)), longestDelay);
      const request = { QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout };
      await asking(({ sdk, client }) => client.send(new sdk.ChangeMessageVisibilityCommand(request)));
    },
    async hasDeadLetters() {
      try {
        const { Attributes } = await asking(({ sdk, client }) =>
          client.send(new sdk.GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['RedrivePolicy'] })),
        );
        return Attributes?.RedrivePolicy !== undefined;
      } catch (error) {
        if (error instanceof Failure && error.code === 'source_forbidden') return undefined;
        throw error;
      }
    },
  };
}

async function connect(url: string) {
  // The SDK's announcement that later versions of it will need a newer Node is ours to heed, not our users'.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const sdk = await import('@aws-sdk/client-sqs');
  const { hostname, origin } = new URL(url);
  const [, region] = /^sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(hostname) ?? [];
  // The queue's own address says where it is, also behind a VPC endpoint.
  return { sdk, client: new sdk.SQSClient({ maxAttempts, endpoint: origin, ...(region !== undefined && { region }) }) };
}

function queueFailure(error: unknown, url: string): unknown {
  const name = error instanceof Error ? error.name : 'unknown error';
  if (name === 'AbortError') return error;
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const details = { queue: url, ...(status !== undefined && { status }) };
  const options = { details, cause: error };
  if (/QueueDoesNotExist|NonExistentQueue/.test(name))
    return new Failure(
      'source_not_found',
      `There is no queue ${url}: give the address that SQS shows for it.`,
      options,
    );
  if (status === 403 || /AccessDenied|InvalidClientTokenId|SignatureDoesNotMatch/.test(name))
    return new Failure(
      'source_forbidden',
      `SQS refuses ${url} (${name}): sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility are needed.`,
      options,
    );
  return new Failure('source_unavailable', `SQS did not answer for ${url}: ${name}`, options);
}
