import { createHash } from 'node:crypto';
import { awsRefusal } from './aws-refusal.js';
import type { Notice } from './notice.js';
import type { Notifier } from './notifier.js';

/** characters of a subject, and bytes of a message, that SNS takes (API Reference, Publish) */
const maxSubject = 100;
const maxMessageBytes = 256 * 1024;
/** Tries of one message, with the SDK's own pauses between them; more is the workflow's business. */
const maxAttempts = 4;

/**
 * Tells an SNS topic. The message is the notice's data as JSON, which is what subscribers of packaged-vod-downloader read, with the text
 * for people beside it. Region from the ARN; credentials, profiles and endpoints as the SDK reads them.
 */
export function sns(topicArn: string): Notifier {
  const region = topicArn.split(':')[3] ?? '';
  let connection: ReturnType<typeof connect> | undefined;
  return {
    target: topicArn,
    async check() {
      const { sdk, client } = await (connection ??= connect(region));
      try {
        const { Attributes: of = {} } = await client.send(new sdk.GetTopicAttributesCommand({ TopicArn: topicArn }));
        return `the topic ${topicArn} has ${of.SubscriptionsConfirmed ?? '0'} subscriptions`;
      } catch (error) {
        throw awsRefusal(error, 'SNS', topicArn);
      }
    },
    async send(notice, signal) {
      const { sdk, client } = await (connection ??= connect(region));
      try {
        await client.send(
          new sdk.PublishCommand({
            TopicArn: topicArn,
            Subject: subjectOf(notice),
            Message: messageOf(notice),
            ...(topicArn.endsWith('.fifo') && fifoFields(notice)),
          }),
          signal && { abortSignal: signal },
        );
      } catch (error) {
        signal?.throwIfAborted();
        throw awsRefusal(error, 'SNS', topicArn);
      }
    },
  };
}

async function connect(region: string) {
  // The SDK's announcement that later versions of it will need a newer Node is ours to heed, not our users'.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const sdk = await import('@aws-sdk/client-sns');
  return { sdk, client: new sdk.SNSClient({ region, maxAttempts }) };
}

/** ASCII without line breaks, beginning with no blank. */
function subjectOf({ subject }: Notice): string {
  return subject
    .replace(/[^\x20-\x7E]/g, '?')
    .trim()
    .slice(0, maxSubject);
}

/** As much of it as SNS takes: programs read the data, people the text. */
function messageOf({ id, text, data }: Notice): string {
  const { Type, Message, Id } = data;
  const messages = [
    { ...data, NoticeId: id, Text: text },
    { ...data, NoticeId: id },
  ].map((each) => JSON.stringify(each));
  return (
    messages.find((message) => Buffer.byteLength(message) <= maxMessageBytes) ??
    JSON.stringify({ Type, Message: Message.slice(0, 10_000), Id, NoticeId: id })
  );
}

/** Told twice within five minutes, a FIFO topic passes a notice on once. */
function fifoFields({ id, data }: Notice): { MessageGroupId: string; MessageDeduplicationId: string } {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  return { MessageGroupId: hash(data.Id), MessageDeduplicationId: hash(id) };
}
