import { z } from 'zod';
import { listItems, settings, type SettingValue } from '../domain/setting.js';
import { isMailAddress, readNotifyTarget, shownNotifyTarget, type NotifyTarget } from './notify-target.js';
import { readSigningKey } from './webhook-signature.js';

const notifyTargets = z.string().transform((text, context): readonly NotifyTarget[] =>
  listItems(text).map((item) => {
    const target = readNotifyTarget(item);
    if (typeof target !== 'string') return target;
    context.addIssue({ code: 'custom', message: target });
    return z.NEVER;
  }),
);

const mailAddresses = z
  .string()
  .transform((text) => listItems(text))
  .refine((items) => items.every(isMailAddress));

const signingKeys = z.string().transform((text, context): readonly Buffer[] =>
  listItems(text).map((item) => {
    const key = readSigningKey(item);
    if (key) return key;
    context.addIssue({ code: 'custom', message: 'a key that is none' });
    return z.NEVER;
  }),
);

export const notifySettings = settings({
  REELWAY_NOTIFY: {
    about: 'Who is told when an asset is ready or failed, and when a recording is in Opencast or needs somebody.',
    allowed:
      'a list of `https://...` (a POST of JSON), `smtp://user:password@host:587?from=...&to=...` (or `smtps://`; `to` may be repeated), ' +
      '`slack:https://hooks.slack.com/...`, `slack:#channel` (with SLACK_API_TOKEN), `sns:<topic ARN>`, ' +
      '`eventbridge:<event bus ARN>` and `eventbridge:https://...`',
    schema: notifyTargets,
    default: '',
    mask: (text) => listItems(text).map(shownNotifyTarget).join(' '),
  },
  NOTIFICATION_EMAIL: {
    about: 'Who gets the mail of `smtp:` targets that name nobody by `to`.',
    allowed: 'a list of mail addresses',
    schema: mailAddresses,
    default: '',
  },
  REELWAY_WEBHOOK_SECRETS: {
    about: 'Signs what webhooks are told, as Standard Webhooks does; several, while one takes the place of another.',
    allowed: 'a list of `whsec_` and 24 to 64 bytes in base64',
    schema: signingKeys,
    default: '',
    mask: (text) => (text === '' ? '' : '***'),
  },
});

/** What of these settings contradicts itself, for people. */
export function notifyProblems({
  REELWAY_NOTIFY: targets,
  NOTIFICATION_EMAIL: people,
  SLACK_API_TOKEN: slackToken,
}: {
  readonly [Name in 'REELWAY_NOTIFY' | 'NOTIFICATION_EMAIL']: SettingValue<(typeof notifySettings)[Name]>;
} & { readonly SLACK_API_TOKEN: string | undefined }): string[] {
  const toNobody = targets.some((target) => target.kind === 'smtp' && target.to.length === 0) && people.length === 0;
  const withoutToken = targets.some(({ kind }) => kind === 'slack-channel') && slackToken === undefined;
  return [
    ...(toNobody ? ['REELWAY_NOTIFY: a smtp: target needs to=..., or NOTIFICATION_EMAIL'] : []),
    ...(withoutToken ? ['REELWAY_NOTIFY: a channel of Slack needs SLACK_API_TOKEN'] : []),
  ];
}
