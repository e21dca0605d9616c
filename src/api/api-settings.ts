import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { roles, type Role } from '../domain/api-token.js';
import { listItems, settings } from '../domain/setting.js';

/** Short secrets can be guessed over the network. */
const minimumSecretLength = 16;

const apiToken = z.string().transform((text, context) => {
  const [, name, role = 'admin', secret] = /^([A-Za-z0-9_-]{1,64})(?:@(\w+))?:(.+)$/.exec(text) ?? [];
  if (name === undefined || secret === undefined || secret.length < minimumSecretLength) {
    context.addIssue({ code: 'custom', message: 'not name:secret' });
    return z.NEVER;
  }
  if (!isRole(role)) {
    context.addIssue({ code: 'custom', message: `${role} is no role` });
    return z.NEVER;
  }
  return { name, role, secret };
});

function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

/** Addresses and networks. */
const addressList = z.string().transform((text, context): ((address: string) => boolean) => {
  const networks = listItems(text).map((item) => {
    try {
      return ipaddr.parseCIDR(item.includes('/') ? item : `${item}/${ipaddr.parse(item).kind() === 'ipv4' ? 32 : 128}`);
    } catch {
      context.addIssue({ code: 'custom', message: `${item} is no address` });
      return z.NEVER;
    }
  });
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const given = ipaddr.process(address);
    return networks.some(([network, bits]) => network.kind() === given.kind() && given.match(network, bits));
  };
});

const awsKey = z.string().transform((text, context) => {
  const [, accessKeyId, secretAccessKey] = /^(\w{4,128}):(\S+)$/.exec(text) ?? [];
  if (accessKeyId === undefined || secretAccessKey === undefined || secretAccessKey.length < minimumSecretLength) {
    context.addIssue({ code: 'custom', message: 'not access-key-id:secret' });
    return z.NEVER;
  }
  return { accessKeyId, secretAccessKey };
});

const publicUrl = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((text) => {
    const { search, hash, username } = new URL(text);
    return search === '' && hash === '' && username === '';
  })
  .transform((text) => text.replace(/(?<!\/)\/+$/, ''));

const address = z.string().regex(/^[A-Za-z0-9.:_-]+$/);
const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((number) => number <= 65535);

export const apiSettings = settings({
  REELWAY_HOST: {
    about: 'Address to listen on.',
    allowed: 'an IP address or host name of this machine; one that others can reach needs REELWAY_API_TOKENS',
    default: '127.0.0.1',
    schema: address,
  },
  REELWAY_PORT: {
    about: 'Port to listen on.',
    allowed: 'a whole number from 0 to 65535; 0 takes any free port',
    default: '8080',
    schema: port,
  },
  REELWAY_WORKER_METRICS_PORT: {
    about:
      'Port at which `reelway worker` has its own `/metrics`; without it a worker listens nowhere. `reelway serve` has them at its port.',
    allowed: 'a whole number from 0 to 65535, with REELWAY_API_TOKENS; 0 takes any free port',
    schema: port,
  },
  REELWAY_WORKER_METRICS_HOST: {
    about: 'Address to listen on for that.',
    allowed: 'an IP address or host name of this machine',
    default: '127.0.0.1',
    schema: address,
  },
  REELWAY_PUBLIC_URL: {
    about: 'How others reach this server; the start of every URL that Reelway gives away.',
    allowed: 'an http or https URL without query',
    schema: publicUrl,
  },
  INGEST_ALLOWED_IPS: {
    about:
      'Who may ask /ingest and /status without a token. Behind a proxy every request comes from its address: use tokens there.',
    allowed: 'a list of addresses, or networks such as 10.0.0.0/8',
    schema: addressList,
    default: '',
  },
  REELWAY_AWS_KEYS: {
    about: 'Who may use /mediapackage-vod: keys that sign requests as AWS SDKs and the AWS CLI do.',
    allowed: `a list of access-key-id:secret, separated by commas or blanks; secrets have at least ${minimumSecretLength} characters`,
    default: '',
    schema: z.string().transform(listItems).pipe(z.array(awsKey)),
    mask: (text) =>
      listItems(text)
        .map((item) => (item.includes(':') ? `${item.slice(0, item.indexOf(':'))}:***` : '***'))
        .join(','),
  },
  REELWAY_API_TOKENS: {
    about:
      'Who may use the API and the dashboard: viewers look, operators act, too, and admins (who have no role behind their name) do everything.',
    allowed: `a list of name:secret or name@role:secret (viewer, operator, admin), separated by commas or blanks; secrets have at least ${minimumSecretLength} characters`,
    schema: z
      .string()
      .transform(listItems)
      .pipe(z.array(apiToken).min(1))
      .refine((tokens) => new Set(tokens.map((token) => token.name)).size === tokens.length),
    mask: (text) =>
      listItems(text)
        .map((item) => (item.includes(':') ? `${item.slice(0, item.indexOf(':'))}:***` : '***'))
        .join(','),
  },
});
