import { createHash, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { loopbackServer } from './http-server.js';
import { S3Error } from './s3-error.js';
import { checkSignature } from './s3-signature.js';

/**
 * A stand-in for Amazon SQS (API Reference 2012-11-05, AWS JSON protocol) with one queue and its dead letters: checks signatures, hides what was
 * received for as long as was asked, gives each receiving a receipt of its own, and puts aside what came too often.
 */
export interface SqsServer {
  readonly queueUrl: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** @returns the message's id */
  send(body: string): string;
  /** Bodies that are in the queue, seen or hidden. */
  bodies(): string[];
  /** Bodies that were put aside. */
  readonly deadLetters: string[];
  /** Operations, in order. */
  readonly operations: string[];
  /** Lets time pass for the queue: hidden messages come back. */
  pass(seconds: number): void;
  /** Operations that are refused, as without permission. */
  readonly forbidden: Set<string>;
}

interface Kept {
  readonly id: string;
  readonly body: string;
  receives: number;
  visibleAt: number;
  receipt: string;
}

interface SqsOptions {
  /** receivings after which a message is put aside; absent: the queue has no such policy */
  readonly maxReceiveCount?: number;
  /** Default: its own. */
  readonly credentials?: SqsServer['credentials'];
}

export async function startSqsServer({
  maxReceiveCount,
  credentials = { accessKeyId: 'AKIDSQS', secretAccessKey: 'secret of the queue' },
}: SqsOptions = {}): Promise<SqsServer> {
  const secrets = new Map([[credentials.accessKeyId, credentials.secretAccessKey]]);
  let messages: Kept[] = [];
  let clock = 0;
  const state = { deadLetters: [] as string[], operations: [] as string[], forbidden: new Set<string>() };

  const server = await loopbackServer(async (request, response) => {
    const body = await text(request);
    const send = (status: number, json: object): void =>
      void response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(json));
    try {
      const url = new URL(request.url ?? '/', 'http://sqs');
      const bodyHash = createHash('sha256').update(body).digest('hex');
      const signed = { method: 'POST', path: url.pathname, query: url.searchParams, headers: request.headers };
      checkSignature({ ...signed, service: 'sqs', bodyHash }, secrets, Date.now());
      const [, operation = ''] = /^AmazonSQS\.(\w+)$/.exec(String(request.headers['x-amz-target'])) ?? [];
      const given = JSON.parse(body) as Record<string, unknown>;
      if (given.QueueUrl !== queueUrl) throw new S3Error(400, 'QueueDoesNotExist', 'The queue does not exist.');
      state.operations.push(operation);
      if (state.forbidden.has(operation)) throw new S3Error(403, 'AccessDeniedException', 'Not authorized.');
      send(200, answer(operation, given));
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      send(error.status, { __type: `com.amazonaws.sqs#${error.code}`, message: error.message });
    }
  });
  const queueUrl = `${server.origin}/123456789012/events`;

  function answer(operation: string, given: Record<string, unknown>): object {
    switch (operation) {
      case 'ReceiveMessage':
        return receive(Number(given.MaxNumberOfMessages ?? 1), Number(given.VisibilityTimeout ?? 30));
      case 'DeleteMessage': {
        const kept = ofReceipt(given.ReceiptHandle);
        messages = messages.filter((message) => message !== kept);
        return {};
      }
      case 'ChangeMessageVisibility':
        ofReceipt(given.ReceiptHandle).visibleAt = clock + Number(given.VisibilityTimeout);
        return {};
      case 'GetQueueAttributes': {
        const policy = JSON.stringify({ deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:1:dead', maxReceiveCount });
        return maxReceiveCount === undefined ? {} : { Attributes: { RedrivePolicy: policy } };
      }
      default:
        throw new S3Error(400, 'InvalidAction', `${operation} is not known`);
    }
  }

  function ofReceipt(receipt: unknown): Kept {
    const kept = messages.find((message) => message.receipt === receipt);
    if (!kept) throw new S3Error(400, 'ReceiptHandleIsInvalid', 'The receipt handle is not valid.');
    return kept;
  }

  function receive(most: number, visibility: number): object {
    if (most < 1 || most > 10) throw new S3Error(400, 'InvalidParameterValue', 'MaxNumberOfMessages: 1 to 10');
    const dead = messages.filter(
      ({ receives, visibleAt }) => visibleAt <= clock && receives >= (maxReceiveCount ?? Infinity),
    );
    state.deadLetters.push(...dead.map(({ body }) => body));
    messages = messages.filter((message) => !dead.includes(message));
    const due = messages.filter(({ visibleAt }) => visibleAt <= clock).slice(0, most);
    for (const message of due)
      Object.assign(message, { receives: message.receives + 1, visibleAt: clock + visibility, receipt: randomUUID() });
    const Messages = due.map(({ id, body, receives, receipt }) => ({
      MessageId: id,
      Body: body,
      MD5OfBody: createHash('md5').update(body).digest('hex'),
      ReceiptHandle: receipt,
      Attributes: { ApproximateReceiveCount: String(receives) },
    }));
    return Messages.length > 0 ? { Messages } : {};
  }

  return {
    queueUrl,
    credentials,
    ...state,
    send(body) {
      const id = randomUUID();
      messages.push({ id, body, receives: 0, visibleAt: clock, receipt: '' });
      return id;
    },
    bodies: () => messages.map(({ body }) => body),
    pass: (seconds) => void (clock += seconds),
  };
}
