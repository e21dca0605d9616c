import { z } from 'zod';
import { listItems, settings } from '../domain/setting.js';
import { parsePrivateHost, type PrivateHost } from './private-hosts.js';

const privateHosts = z.string().transform((text, context): readonly PrivateHost[] =>
  listItems(text).map((item) => {
    const host = parsePrivateHost(item);
    if (host) return host;
    context.addIssue({ code: 'custom', message: `${item} is no host` });
    return z.NEVER;
  }),
);

export const netSettings = settings({
  REELWAY_PRIVATE_HOSTS: {
    about: 'Hosts that requests and manifests may name although they are private, or speak plain http.',
    allowed: 'a list of `host`, `host:port`, or networks such as `10.0.0.0/8`',
    schema: privateHosts,
    default: '',
  },
});
