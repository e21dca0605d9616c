import { z } from 'zod';
import { listItems, settings } from '../../domain/setting.js';

export const slackSettings = settings({
  SLACK_SIGNING_SECRET: {
    about: 'Checks that requests to /slack come from your Slack app (its Basic Information page).',
    allowed: 'the signing secret',
    schema: z.string().min(1),
    mask: () => '***',
  },
  SLACK_API_TOKEN: {
    about:
      'Asks Slack who is a member of SLACK_ALLOWED_GROUPS (the app needs the scope usergroups:read), and writes notices into channels (chat:write).',
    allowed: 'a bot token',
    schema: z.string().min(1),
    mask: () => '***',
  },
  SLACK_ALLOWED_GROUPS: {
    about: 'User groups whose members may use /zip and its buttons; without any nobody may.',
    allowed: 'handles of user groups, separated by commas or blanks',
    schema: z.string().transform((text) => listItems(text).map((handle) => handle.replace(/^@/, ''))),
  },
  SLACK_ZIP_CHANNEL: {
    about: 'The channel in which /zip may be used, beside direct messages.',
    allowed: 'the name of a channel',
    schema: z.string().transform((name) => name.replace(/^#/, '')),
  },
  SLACK_API_BASE_URL: {
    about: "Slack's web API.",
    allowed: 'an http or https URL without query',
    default: 'https://slack.com/api',
    schema: z.url({ protocol: /^https?$/, abort: true }).transform((text) => text.replace(/\/$/, '')),
  },
});
