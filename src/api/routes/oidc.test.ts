import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dashboardServices } from '../../../test/support/dashboard-services.js';
import { emptyAssets } from '../../../test/support/empty-assets.js';
import { emptyEngine } from '../../../test/support/empty-engine.js';
import { oidcProvider, type OidcProvider } from '../../../test/support/oidc-provider.js';
import { readConfig } from '../../config/config.js';
import { httpClient } from '../../net/request.js';
import { trusting } from '../../net/safe-url.js';
import { packagingGroups } from '../../status/packaging-groups.js';
import { oidc } from '../oidc.js';
import { apiServer, listen, stop } from '../server.js';

const rules = 'groups=av-team:operator, groups=chiefs:admin, email=guest@example.edu:viewer';

/** A server that asks the provider, and a browser that goes to it. */
async function stage(env: Record<string, string> = {}) {
  const provider = await oidcProvider();
  const config = readConfig({
    ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: provider.clientId },
    ...{ OIDC_CLIENT_SECRET: provider.clientSecret, OIDC_ROLES: rules, ...env },
  });
  const services = {
    ...{ log: pino({ level: 'silent' }), version: '0.0.0', checks: [], assets: emptyAssets },
    ...{ ...dashboardServices(), ...emptyEngine, tokens: () => [], packagingGroups: packagingGroups('/nowhere') },
    endpoints: { find: () => Promise.resolve(undefined) },
  };
  const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
  const door = oidc({
    issuer: config.OIDC_ISSUER!,
    clientId: config.OIDC_CLIENT_ID!,
    clientSecret: config.OIDC_CLIENT_SECRET,
    scopes: config.OIDC_SCOPES,
    rules: config.OIDC_ROLES!,
    http: httpClient({ policy: trusting(provider.issuer, { privateHosts: [] }) }),
  });
  const app = await apiServer({ ...services, oidc: door }, options);
  const url = await listen(app, options);
  onTestFinished(() => stop(app));
  return { provider, url, services, options };
}

/** Goes through the sign-in as a browser does. @returns where it ends, and the cookies it has */
async function signIn(url: string, changes: { cookie?: string } = {}) {
  const cookies = new Map<string, string>();
  let at = `${url}/api/session/oidc`;
  for (;;) {
    const own = at.startsWith(url);
    const cookie = changes.cookie ?? [...cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(at, { redirect: 'manual', headers: own && cookie ? { cookie } : {} });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
      expect(set).toMatch(/HttpOnly/);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${at} answers ${response.status} ${await response.text()}`);
    if (location.startsWith('/')) {
      return { location: decodeURIComponent(location), cookie: [...cookies].map((pair) => pair.join('=')).join('; ') };
    }
    at = location;
  }
}

async function session(url: string, cookie: string): Promise<unknown> {
  return (await fetch(`${url}/api/session`, { headers: { cookie } })).json();
}

const chief = (provider: OidcProvider) => {
  provider.claims = { email: 'chief@example.edu', groups: ['staff', 'av-team', 'chiefs'] };
};

describe('a sign-in by OpenID Connect', () => {
  it('gives the highest role that the claims fit, for as long as the session lasts', async () => {
    const { provider, url } = await stage();
    expect(await session(url, '')).toEqual({ name: null, role: null, oidc: true });
    chief(provider);
    const { location, cookie } = await signIn(url);
    expect(location).toBe('/');
    expect(await session(url, cookie)).toEqual({ name: 'chief@example.edu', role: 'admin', oidc: true });
    expect((await fetch(`${url}/api/jobs`, { headers: { cookie } })).status).toBe(200);
    const ours = { cookie, 'x-requested-with': 'reelway' };
    expect((await fetch(`${url}/api/session/tickets`, { method: 'POST', headers: ours })).status).toBe(403);
    expect((await fetch(`${url}/api/session`, { method: 'DELETE', headers: ours })).status).toBe(200);
    expect((await fetch(`${url}/api/jobs`, { headers: { cookie } })).status).toBe(401);
  });

  it('asks for claims that the ID token does not have; a viewer changes nothing', async () => {
    const { provider, url } = await stage();
    provider.userInfo = { email: 'guest@example.edu', groups: [] };
    const { cookie } = await signIn(url);
    expect(await session(url, cookie)).toMatchObject({ name: 'guest@example.edu', role: 'viewer' });
    const change = { method: 'POST', headers: { cookie, 'x-requested-with': 'reelway' } };
    expect((await fetch(`${url}/api/jobs/x/cancel`, change)).status).toBe(403);
  });

  it('lets nobody in whom no rule fits, unless anybody may', async () => {
    const { provider, url } = await stage();
    provider.claims = { email: 'somebody@example.edu', groups: 'av-team-of-others' };
    const { location, cookie } = await signIn(url);
    expect(location).toBe(
      '/#/sign-in?problem=somebody@example.edu may not use this server: no rule of OIDC_ROLES fits.',
    );
    expect(cookie).toBe('');
    const open = await stage({ OIDC_ROLES: '*:viewer' });
    expect(await session(open.url, (await signIn(open.url)).cookie)).toMatchObject({
      name: 'person-1',
      role: 'viewer',
    });
  });

  it.each([false, 'false'])(
    'does not go by an address of mail that the provider has not verified (%j)',
    async (verified) => {
      const { provider, url } = await stage({ OIDC_ROLES: `email=guest@example.edu:admin, *:viewer` });
      provider.claims = { email: 'guest@example.edu', email_verified: verified };
      const { cookie } = await signIn(url);
      expect(await session(url, cookie)).toMatchObject({ name: 'person-1', role: 'viewer' });
      provider.claims = { email: 'guest@example.edu', email_verified: true };
      expect(await session(url, (await signIn(url)).cookie)).toMatchObject({
        name: 'guest@example.edu',
        role: 'admin',
      });
    },
  );

  it('hears of it where it is told beside the ID token, too', async () => {
    const { provider, url } = await stage();
    provider.userInfo = { email: 'guest@example.edu', email_verified: false };
    expect((await signIn(url)).location).toContain('no rule of OIDC_ROLES fits');
  });

  it.each([
    ['denied', 'access_denied'],
    ['nonce', 'nonce'],
    ['key', 'signature'],
  ] as const)('that the provider or somebody between spoils (%s) opens no session', async (fault, says) => {
    const { provider, url } = await stage();
    chief(provider);
    provider.fault = fault;
    const { location, cookie } = await signIn(url);
    expect(location).toMatch(new RegExp(`^/#/sign-in\\?problem=The sign-in did not succeed: .*${says}`));
    expect(cookie).toBe('');
  });

  it('ends only in the browser that began it', async () => {
    const { provider, url } = await stage();
    chief(provider);
    const { location } = await signIn(url, { cookie: 'other=1' });
    expect(location).toContain('not begun in this browser');
    const forged = Buffer.from(JSON.stringify({ state: 's', nonce: 'n', verifier: 'v'.repeat(43) })).toString(
      'base64url',
    );
    expect((await signIn(url, { cookie: `reelway_oidc=${forged}` })).location).toContain('did not succeed');
  });

  it('counts no longer once the settings name no provider', async () => {
    const { provider, url, services, options } = await stage();
    chief(provider);
    const { cookie } = await signIn(url);
    const without = await apiServer(services, options);
    onTestFinished(() => stop(without));
    const later = await listen(without, options);
    const port = new URL(later).port;
    const same = cookie.replace(/reelway_session_\d+/, `reelway_session_${port}`);
    expect(await session(later, same)).toEqual({ name: null, role: null, oidc: false });
  });

  it('says so when the provider does not answer, and asks again the next time', async () => {
    const { url, provider } = await stage({ OIDC_ISSUER: 'http://127.0.0.1:9' });
    expect((await signIn(url)).location).toContain('The provider of OIDC_ISSUER does not answer');
    expect(provider.issuer).toContain('127.0.0.1');
  });
});

it.each([
  [{ OIDC_ISSUER: 'https://id.example.edu' }, 'missing: OIDC_CLIENT_ID, OIDC_ROLES'],
  [{ OIDC_ISSUER: 'http://id.example.edu' }, 'OIDC_ISSUER: an https URL'],
  [{ OIDC_ROLES: 'groups=av:king' }, 'OIDC_ROLES: rules'],
  [{ OIDC_SCOPES: 'email' }, 'OIDC_SCOPES: a list of scopes'],
])('settings of a provider that cannot work are refused: %j', (env, problem) => {
  try {
    readConfig(env);
    expect.unreachable();
  } catch (error) {
    expect(JSON.stringify((error as { details?: object }).details)).toContain(problem);
  }
});
