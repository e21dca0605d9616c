import type { Config } from './config/config.js';
import { httpClient } from './net/request.js';
import { trusting } from './net/safe-url.js';
import { eventBus } from './notify/event-bus.js';
import { eventWebhook } from './notify/event-webhook.js';
import type { Notifier } from './notify/notifier.js';
import type { NotifyTarget } from './notify/notify-target.js';
import { slackChannel, slackWebhook } from './notify/slack.js';
import { smtp } from './notify/smtp.js';
import { sns } from './notify/sns.js';
import { webhook } from './notify/webhook.js';

/** Who is told, in the order of REELWAY_NOTIFY. */
export function openNotifiers(config: Config): Notifier[] {
  return config.REELWAY_NOTIFY.map((target) => notifierOf(target, config));
}

/** One adapter for each kind of target. */
function notifierOf(target: NotifyTarget, config: Config): Notifier {
  const { REELWAY_PRIVATE_HOSTS: privateHosts, REELWAY_WEBHOOK_SECRETS: keys, SLACK_API_BASE_URL: slackApi } = config;
  const to = (url: string) => ({ url, http: httpClient({ policy: trusting(url, { privateHosts }) }) });
  switch (target.kind) {
    case 'webhook':
      return webhook({ ...to(target.url), keys });
    case 'sns':
      return sns(target.topicArn);
    case 'smtp':
      return smtp({ ...target, to: target.to.length > 0 ? target.to : config.NOTIFICATION_EMAIL });
    case 'slack-webhook':
      return slackWebhook(to(target.url));
    case 'slack-channel':
      return slackChannel({ ...to(slackApi), ...target, token: config.SLACK_API_TOKEN ?? '', apiUrl: slackApi });
    case 'event-bus':
      return eventBus(target.busArn);
    case 'event-webhook':
      return eventWebhook({ ...to(target.url), keys });
  }
}
