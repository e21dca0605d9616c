import { z } from 'zod';
import { listItems, settings } from '../domain/setting.js';

/** One target of notices; the adapters for mail, SNS and Slack do not exist yet, so their schemes are refused by name. */
export interface NotifyTarget {
  readonly kind: 'webhook';
  readonly url: string;
}

const notifyTargets = z.string().transform((text, context): readonly NotifyTarget[] =>
  listItems(text).map((item) => {
    if (/^https?:\/\//.test(item) && URL.canParse(item)) return { kind: 'webhook', url: item };
    const scheme = /^[a-z0-9+.-]{1,32}:/i.exec(item)?.[0] ?? 'something else';
    context.addIssue({ code: 'custom', message: `${scheme} is not available` });
    return z.NEVER;
  }),
);

export const notifySettings = settings({
  REELWAY_NOTIFY: {
    about: 'Who is told when an asset is ready or failed.',
    allowed: 'a list of `https://...` (or `http://...`) addresses that take a POST of JSON',
    schema: notifyTargets,
    default: '',
    // A webhook's path or query is its password.
    mask: (text) =>
      listItems(text)
        .map((item) => (URL.canParse(item) && /^https?:/.test(item) ? `${new URL(item).origin}/...` : '...'))
        .join(' '),
  },
});
