import { z } from 'zod';
import { roles, type Role } from '../domain/api-token.js';
import { listItems, settings } from '../domain/setting.js';
import { isLoopbackHost } from './loopback.js';

/** Who has a claim of this value (`*` alone: anybody whom the provider signs in) has the role. */
export interface RoleRule {
  /** undefined: anybody */
  readonly claim: { readonly name: string; readonly value: string } | undefined;
  readonly role: Role;
}

const roleRule = z.string().transform((text, context): RoleRule => {
  const [, who = '', role = ''] = /^(.+):(\w+)$/.exec(text) ?? [];
  const [, name, value] = /^([^=]+)=(.+)$/.exec(who) ?? [];
  const known = roles.find((each) => each === role);
  if (known && who === '*') return { claim: undefined, role: known };
  if (known && name !== undefined && value !== undefined) return { claim: { name, value }, role: known };
  context.addIssue({ code: 'custom', message: 'not claim=value:role' });
  return z.NEVER;
});

/** Secrets go to the provider: in the clear only within this machine. */
const issuer = z
  .url({ protocol: /^https?$/, abort: true })
  .refine((text) => new URL(text).protocol === 'https:' || isLoopbackHost(new URL(text).hostname));

export const oidcSettings = settings({
  OIDC_ISSUER: {
    about: 'Signs people in to the dashboard by OpenID Connect, beside tokens: the provider.',
    allowed: 'an https URL below which `/.well-known/openid-configuration` lies',
    schema: issuer,
  },
  OIDC_CLIENT_ID: {
    about: 'What the provider calls us. Its redirect URI is REELWAY_PUBLIC_URL with `/api/session/oidc/callback`.',
    allowed: 'the id of a client for the authorization code flow',
    schema: z.string().min(1),
  },
  OIDC_CLIENT_SECRET: {
    about: 'The secret of that client; without it we are a public client, which PKCE protects alone.',
    allowed: 'the secret',
    schema: z.string().min(1),
    mask: () => '***',
  },
  OIDC_ROLES: {
    about: 'Who may do what: the highest role of all rules that a person fits; nobody else gets in.',
    allowed:
      'rules `claim=value:role` separated by commas, as `groups=av-team:operator, email=chief@example.edu:admin`; `*:viewer` lets in whoever the provider knows',
    schema: z
      .string()
      .transform((text) =>
        text
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== ''),
      )
      .pipe(z.array(roleRule).min(1)),
  },
  OIDC_SCOPES: {
    about: 'What is asked of the provider; more than that where it gives groups for a scope of its own.',
    allowed: 'a list of scopes with `openid`',
    default: 'openid profile email',
    schema: z
      .string()
      .transform(listItems)
      .refine((scopes) => scopes.includes('openid'))
      .transform((scopes) => scopes.join(' ')),
  },
});
