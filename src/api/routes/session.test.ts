import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardServices } from '../../../test/support/dashboard-services.js';
import { emptyAssets } from '../../../test/support/empty-assets.js';
import { emptyEngine } from '../../../test/support/empty-engine.js';
import { storedToken, type StoredToken } from '../../domain/api-token.js';
import { packagingGroups } from '../../status/packaging-groups.js';
import type { ApiServer } from '../http-types.js';
import { apiServer, listen, stop } from '../server.js';

const secret = 'a-secret-of-the-tests';
const ours = { 'x-requested-with': 'reelway', 'content-type': 'application/json' };
let tokens: StoredToken[];
let app: ApiServer;
let url: string;

beforeAll(async () => {
  const options = { host: '127.0.0.1', port: 0, publicUrl: 'https://media.example.edu' };
  app = await apiServer(
    {
      ...{ log: pino({ level: 'silent' }), version: '0.0.0', checks: [], assets: emptyAssets },
      ...dashboardServices(),
      ...emptyEngine,
      tokens: () => tokens,
      packagingGroups: packagingGroups('/nowhere'),
      endpoints: { find: () => Promise.resolve(undefined) },
    },
    options,
  );
  url = await listen(app, options);
});
afterAll(() => stop(app));

async function signIn(body: object = { token: secret }, headers: Record<string, string> = ours) {
  tokens ??= [storedToken('tests', secret)];
  const response = await fetch(`${url}/api/session`, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, setCookie: response.headers.get('set-cookie') ?? '' };
}

const cookieOf = (setCookie: string) => setCookie.split(';')[0]!;

async function status(at: string, init: RequestInit): Promise<number> {
  return (await fetch(`${url}${at}`, init)).status;
}

describe('a session of the dashboard', () => {
  it('is opened with a token, and its cookie stays with this server and with https', async () => {
    const { status: answered, setCookie } = await signIn();
    expect(answered).toBe(200);
    expect(setCookie).toMatch(
      /^reelway_session_\d+=[\w-]{43}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Strict; Secure$/,
    );
    const cookie = cookieOf(setCookie);
    expect(await status('/api/jobs', { headers: { cookie } })).toBe(200);
    expect(await status('/api/jobs', { headers: { cookie: `other=1; ${cookie}` } })).toBe(200);
    expect(await status('/api/jobs', { headers: { cookie: cookie.slice(0, -1) } })).toBe(401);
  });

  it('is no longer good after signing out', async () => {
    const cookie = cookieOf((await signIn()).setCookie);
    const headers = { cookie, 'x-requested-with': 'reelway' };
    const out = await fetch(`${url}/api/session`, { method: 'DELETE', headers });
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await status('/api/jobs', { headers: { cookie } })).toBe(401);
  });

  it('ends with its token', async () => {
    const cookie = cookieOf((await signIn()).setCookie);
    const before = tokens;
    tokens = [storedToken('tests', 'another-secret-of-the-tests')];
    expect(await status('/api/jobs', { headers: { cookie } })).toBe(401);
    tokens = before;
    expect(await status('/api/jobs', { headers: { cookie } })).toBe(200);
  });

  it.each([
    ['a wrong token', { token: 'not-a-secret-of-this-server' }, 401],
    ['a ticket that was never issued', { ticket: 'x'.repeat(43) }, 401],
    ['nothing', {}, 400],
    ['two things', { token: secret, ticket: 'x' }, 400],
  ])('is not opened with %s', async (_, body, expected) => {
    expect(await signIn(body)).toEqual({ status: expected, setCookie: '' });
  });

  it('is opened once with a ticket', async () => {
    const authorization = `Bearer ${secret}`;
    const response = await fetch(`${url}/api/session/tickets`, { method: 'POST', headers: { authorization } });
    expect(response.status).toBe(201);
    const { ticket } = (await response.json()) as { ticket: string };
    expect((await signIn({ ticket })).status).toBe(200);
    expect((await signIn({ ticket })).status).toBe(401);
  });
});

describe('a change that is asked for with a cookie', () => {
  const change = async (headers: Record<string, string>) => {
    const cookie = cookieOf((await signIn()).setCookie);
    return status('/api/jobs/none/cancel', { method: 'POST', headers: { cookie, ...headers } });
  };

  it.each([
    ['by the dashboard', { 'x-requested-with': 'reelway', 'sec-fetch-site': 'same-origin' }, 404],
    ['by a browser that does not say where it comes from', { 'x-requested-with': 'reelway' }, 404],
    ['by a form of another page', {}, 403],
    ['by another port of this host', { 'x-requested-with': 'reelway', 'sec-fetch-site': 'same-site' }, 403],
    ['by another site', { 'x-requested-with': 'reelway', 'sec-fetch-site': 'cross-site' }, 403],
  ])('%s is answered with %#: %j', async (_, headers, expected) => {
    expect(await change(headers as Record<string, string>)).toBe(expected);
  });

  it('signing in included, comes from our own page', async () => {
    expect(await signIn({ token: secret }, { 'content-type': 'application/json' })).toEqual({
      status: 403,
      setCookie: '',
    });
  });

  it('needs no such header with a token', async () => {
    const headers = { authorization: `Bearer ${secret}` };
    expect(await status('/api/jobs/none/cancel', { method: 'POST', headers })).toBe(404);
  });
});
