import { resolve } from 'node:path';
import { z } from 'zod';
import { listItems, settings } from '../../domain/setting.js';

const hidden = () => '***';
const secret = z.string().min(1);
const address = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((text) => new URL(text).search === '' && new URL(text).username === '')
  .transform((text) => text.replace(/(?<!\/)\/+$/, ''));
const wholeNumber = (smallest: number, largest: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= smallest && value <= largest);

const furtherAccount = z
  .string()
  .regex(/^[^:]+:[^:]+:[^:]+$/)
  .transform((item) => {
    const [accountId = '', clientId = '', clientSecret = ''] = item.split(':');
    return { accountId, clientId, clientSecret };
  });

export const zoomSettings = settings({
  WEBHOOK_VALIDATION_SECRET_TOKEN: {
    about:
      'Secret tokens of the Zoom apps that may call /new_recording (the Feature page of each app). Without it no webhook is taken.',
    allowed: 'one or more secret tokens, separated by commas or blanks',
    schema: z.string().transform(listItems).pipe(z.array(secret).min(1)),
    mask: (text) => listItems(text).map(hidden).join(','),
  },
  ZOOM_WEBHOOK_WINDOW: {
    about: 'How old, by its signed time, a webhook may be, or ahead of our clock.',
    allowed: 'seconds, 10 to 86400',
    default: '300',
    schema: wholeNumber(10, 86_400),
  },
  ZOOM_API_BASE_URL: {
    about: "Zoom's API, or a gateway to it.",
    allowed: 'an http or https URL without query',
    default: 'https://api.zoom.us/v2',
    schema: address,
  },
  ZOOM_OAUTH_URL: {
    about: 'Where access tokens come from.',
    allowed: 'an http or https URL without query',
    default: 'https://zoom.us/oauth/token',
    schema: address,
  },
  ZOOM_ACCOUNT_ID: {
    about: 'Account of the Server-to-Server OAuth app; not needed with ZOOM_REFRESH_TOKEN_FILE.',
    allowed: "the account id of the app's credentials page",
    schema: secret,
  },
  ZOOM_CLIENT_ID: {
    about: "The Zoom app's client id.",
    allowed: "the client id of the app's credentials page",
    schema: secret,
  },
  ZOOM_CLIENT_SECRET: {
    about: "The Zoom app's client secret.",
    allowed: "the client secret of the app's credentials page",
    schema: secret,
    mask: hidden,
  },
  ZOOM_ACCOUNTS: {
    about:
      'Further Zoom accounts: a Server-to-Server OAuth app of each. Their webhook secrets stand in WEBHOOK_VALIDATION_SECRET_TOKEN; ZOOM_REQUESTS_PER_SECOND is of each.',
    allowed: 'a list of account-id:client-id:client-secret, separated by commas or blanks; no account twice',
    schema: z
      .string()
      .transform(listItems)
      .pipe(z.array(furtherAccount))
      .refine((all) => new Set(all.map(({ accountId }) => accountId)).size === all.length),
    default: '',
    mask: (text) =>
      listItems(text)
        .map((item) => `${item.split(':')[0] ?? ''}:***`)
        .join(','),
  },
  ZOOM_REFRESH_TOKEN_FILE: {
    about:
      'Of a General (user-managed or admin-managed) OAuth app: a file with its refresh token, which is replaced at each renewal. For one process.',
    allowed: 'a file that this user may write, in a folder that it may write',
    schema: z.string().transform((file) => resolve(file)),
  },
  APIGEE_KEY: {
    about: 'Key of an Apigee gateway in front of the Zoom API, sent as X-Api-Key in place of an access token.',
    allowed: 'the key',
    schema: secret,
    mask: hidden,
  },
  ZOOM_REQUESTS_PER_SECOND: {
    about:
      "Most requests a second to Zoom's API, of all processes together. Zoom counts all apps of the account together.",
    allowed: '1 to 80',
    default: '10',
    schema: wholeNumber(1, 80),
  },
});
