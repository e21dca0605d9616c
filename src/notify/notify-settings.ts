import { z } from 'zod';
import { listItems, settings } from '../domain/setting.js';

/** One target of notices; the adapters for mail and Slack do not exist yet, so their schemes are refused by name. */
export type NotifyTarget =
  { readonly kind: 'webhook'; readonly url: string } | { readonly kind: 'sns'; readonly topicArn: string };

const topicArn = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$/;

const notifyTargets = z.string().transform((text, context): readonly NotifyTarget[] =>
  listItems(text).map((item) => {
    if (/^https?:\/\//.test(item) && URL.canParse(item)) return { kind: 'webhook', url: item };
    const topic = item.startsWith('sns:') ? item.slice('sns:'.length) : '';
    if (topicArn.test(topic)) return { kind: 'sns', topicArn: topic };
    const scheme = /^[a-z0-9+.-]{1,32}:/i.exec(item)?.[0] ?? 'something else';
    context.addIssue({ code: 'custom', message: `${scheme} is not available` });
    return z.NEVER;
  }),
);

export const notifySettings = settings({
  REELWAY_NOTIFY: {
    about: 'Who is told when an asset is ready or failed, and when a recording is in Opencast or needs somebody.',
    allowed: 'a list of `https://...` (or `http://...`) addresses that take a POST of JSON, and of `sns:<topic ARN>`',
    schema: notifyTargets,
    default: '',
    // A webhook's path or query is its password.
    mask: (text) =>
      listItems(text)
        .map((item) =>
          item.startsWith('sns:')
            ? item
            : URL.canParse(item) && /^https?:/.test(item)
              ? `${new URL(item).origin}/...`
              : '...',
        )
        .join(' '),
  },
});
