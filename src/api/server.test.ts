import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dashboardServices } from '../../test/support/dashboard-services.js';
import { emptyAssets } from '../../test/support/empty-assets.js';
import { emptyEngine } from '../../test/support/empty-engine.js';
import { z } from 'zod';
import { Failure } from '../domain/failure.js';
import { packagingGroups } from '../status/packaging-groups.js';
import { localStore } from '../storage/local.js';
import type { ObjectStore } from '../storage/object-store.js';
import { storedToken } from '../domain/api-token.js';
import { problemSchema } from './contract.js';
import type { ApiServer } from './http-types.js';
import { apiServer, listen, stop, type ApiServices, type ListenOptions } from './server.js';

const capability = '0123456789abcdef0123456789abcdef';
const secret = 'a-secret-of-the-tests';

let folder: string;
let store: ObjectStore;
let apps: ApiServer[];
let logged: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reelway-api-'));
  store = localStore({ folder });
  apps = [];
  logged = [];
});

afterEach(async () => {
  await Promise.all(apps.map(stop));
  rmSync(folder, { recursive: true });
});

interface Start {
  readonly services?: Partial<ApiServices>;
  readonly options?: Partial<ListenOptions>;
  readonly extend?: (app: ApiServer) => void;
}

async function start({ services, options, extend }: Start = {}): Promise<{ url: string; app: ApiServer }> {
  const where = { host: '127.0.0.1', port: 0, publicUrl: undefined, ...options };
  const app = await apiServer(
    {
      log: pino({ level: 'info' }, { write: (line: string) => void logged.push(line) }),
      ...emptyEngine,
      assets: emptyAssets,
      ...dashboardServices(),
      version: '0.0.0',
      tokens: () => [storedToken('tests', secret)],
      checks: [],
      packagingGroups: packagingGroups(folder),
      endpoints: {
        find: (given) => Promise.resolve(given === capability ? { store, prefix: 'vod/a/cmaf' } : undefined),
      },
      ...services,
    },
    where,
  );
  apps.push(app);
  extend?.(app);
  return { url: await listen(app, where), app };
}

async function problemOf(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe('errors', () => {
  it('are problem details with a stable code, and carry the id of the request', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/nowhere?password=x`, { headers: { 'x-request-id': 'from-the-proxy.1' } });
    expect(response.headers.get('x-request-id')).toBe('from-the-proxy.1');
    expect(await problemOf(response)).toMatchObject({
      status: 404,
      code: 'not_found',
      detail: 'There is no GET /nowhere.',
    });
  });

  it('make up an id when the given one is not sane', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/healthz`, { headers: { 'x-request-id': 'a b; c' } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  interface Case {
    readonly what: string;
    readonly status: number;
    readonly code: string;
    readonly detail: RegExp;
    readonly path?: string;
    readonly body?: string;
    readonly type?: string;
  }
  const large = JSON.stringify('x'.repeat(1_100_000));
  const cases: Case[] = [
    { what: 'a body that is no JSON', status: 400, code: 'invalid_request', detail: /JSON/, body: '{"size":' },
    {
      what: 'fields that are wrong, each by name',
      status: 400,
      code: 'invalid_request',
      detail: /body\.size: .*; body\.parts\.0: /,
      body: '{"size":"x","parts":[1]}',
    },
    { what: 'a body larger than the limit', status: 413, code: 'too_large', detail: /large/, body: large },
    {
      what: 'a body of another type',
      status: 400,
      code: 'invalid_request',
      detail: /Media Type/i,
      body: 'x',
      type: 'text/csv',
    },
    { what: 'an address that cannot be decoded', status: 400, code: 'invalid_request', detail: /%ZZ/, path: '/%ZZ' },
    { what: 'a failure', status: 409, code: 'conflict', detail: /taken/, path: '/fails' },
    {
      what: 'a failure that came back from the engine as a plain object',
      status: 422,
      code: 'source_invalid',
      detail: /torn/,
      path: '/revived',
    },
  ];
  it.each(cases)('say what is wrong with $what', async ({ status, code, detail, path = '/probe', body, type }) => {
    const { url } = await start({ extend: addProbes });
    const headers = { 'content-type': type ?? 'application/json' };
    const response = await fetch(url + path, body === undefined ? {} : { method: 'POST', body, headers });
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status, code });
    expect(problem.detail).toMatch(detail);
  });

  it('that nobody expected say nothing about the inside to the caller and everything to the log', async () => {
    const { url } = await start({ extend: addProbes });
    const problem = await problemOf(await fetch(`${url}/crashes`));
    expect(problem.code).toBe('internal');
    expect(JSON.stringify(problem)).not.toMatch(/at |hunter2/);
    expect(logged.join('')).toMatch(/hunter2.*server\.test\.ts/);
  });

  it('of a database that is away ask to come again, without its words', async () => {
    const { url } = await start({ extend: addProbes });
    const problem = await problemOf(await fetch(`${url}/restarts`));
    expect(problem).toMatchObject({ status: 503, code: 'database_unavailable' });
    expect(JSON.stringify(problem)).not.toContain('administrator');
  });
});

function addProbes(app: ApiServer): void {
  const body = z.object({ size: z.int(), parts: z.array(z.string()) });
  app.post('/probe', { schema: { body } }, () => 'ok');
  app.get('/fails', () => {
    throw new Failure('conflict', 'This name is taken.');
  });
  app.get('/revived', () => {
    throw Object.assign(new Error('The segment is torn.'), { code: 'source_invalid' });
  });
  app.get('/restarts', () => {
    throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
  });
  app.get('/crashes', () => {
    throw new Error('cannot log in with hunter2');
  });
}

describe('health', () => {
  it('is alive while it answers', async () => {
    const { url } = await start();
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ alive: true, version: '0.0.0' });
  });

  it('is ready only when everything it needs answers, and names what does not', async () => {
    let broken = true;
    const check = {
      name: 'storage',
      run: () => (broken ? Promise.reject(new Error('no such folder')) : Promise.resolve()),
    };
    const { url } = await start({ services: { checks: [check] } });
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      ready: false,
      checks: [{ name: 'storage', ok: false, message: 'no such folder' }],
    });
    broken = false;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('is told although the database and a disk hang', async () => {
    const never = () => new Promise<never>(() => {});
    const { system } = dashboardServices();
    const hanging = { ...system, queues: never, workers: never, disks: never, zoom: never };
    const { url } = await start({ services: { checks: [{ name: 'database', run: never }], system: hanging } });
    const response = await fetch(`${url}/api/system`, { headers: { authorization: `Bearer ${secret}` } });
    expect(await response.json()).toMatchObject({
      checks: [{ name: 'database', ok: false, message: 'no answer within 5 s' }],
      ...{ workers: [], disks: [], zoom: null },
    });
  });
});

describe('tokens', () => {
  const cases: [string, Record<string, string>, number][] = [
    ['no token', {}, 401],
    ['a wrong one', { authorization: 'Bearer another-secret' }, 401],
    ['another scheme', { authorization: `Basic ${secret}` }, 401],
    ['the secret with something after it', { authorization: `Bearer ${secret}x` }, 401],
    ['the right one', { authorization: `Bearer ${secret}` }, 404],
  ];
  it.each(cases)('are asked for below /api: %s', async (_, headers, status) => {
    const { url } = await start();
    const response = await fetch(`${url}/api/packaging-groups/none`, { headers });
    expect((await problemOf(response)).status).toBe(status);
    expect(response.headers.has('www-authenticate')).toBe(status === 401);
  });

  it('never reach the log', async () => {
    const { url } = await start();
    await fetch(`${url}/api/packaging-groups?token=${secret}`, { headers: { authorization: `Bearer ${secret}` } });
    await fetch(`${url}/out/v1/${capability}/missing.m4s`);
    expect(logged.join('')).not.toContain(secret);
    expect(logged.join('')).not.toContain(capability);
  });
});

describe('documentation', () => {
  it('describes every route and can be browsed without a request to another host', async () => {
    const { url } = await start();
    const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { 'x-role'?: string }>>;
    };
    expect(document.openapi).toBe('3.1.0');
    const roleOf = (path: string, method: string) => document.paths[path]![method]!['x-role'];
    expect([roleOf('/healthz', 'get'), roleOf('/api/jobs', 'get')]).toEqual([undefined, 'viewer']);
    expect(roleOf('/api/jobs/{id}/retry', 'post')).toBe('operator');
    expect(roleOf('/api/packaging-groups/{id}', 'put')).toBe('admin');
    expect(roleOf('/api/packaging-groups/validate', 'post')).toBe('viewer');
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/healthz', '/readyz']));
    const page = await fetch(`${url}/api/docs/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await page.text();
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    const scripts = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, path]) => new URL(path!, page.url));
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) {
      const answer = await fetch(script);
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
  });
});

describe('the Host header', () => {
  function statusFor(url: string, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${url}/healthz`, { headers: { host }, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject).end();
    });
  }

  it.each([
    ['127.0.0.1:8080', 200],
    ['localhost', 200],
    ['[::1]:9', 200],
    ['media.example.edu', 200],
    ['rebound.example.com', 403],
    ['127.0.0.1.example.com:8080', 403],
  ])('of %s is answered with %d by a server on loopback', async (host, status) => {
    const { url } = await start({ options: { publicUrl: 'https://media.example.edu/video' } });
    expect(await statusFor(url, host)).toBe(status);
  });
});

describe('listening', () => {
  it('may take long on a machine that does much else: no part of the server is given up after ten seconds', async () => {
    expect((await start()).app.initialConfig.pluginTimeout).toBe(300_000);
  });

  it('says which setting to change when the port is taken', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    await expect(start({ options: { port } })).rejects.toMatchObject({
      code: 'port_in_use',
      details: { setting: 'REELWAY_PORT', given: port },
    });
  });

  it('says which setting to change when the address is none of this machine', async () => {
    await expect(start({ options: { host: '192.0.2.1' } })).rejects.toMatchObject({ code: 'invalid_settings' });
  });
});

describe('stopping', () => {
  it('lets the answer in flight finish, refuses new connections, and is over then', async () => {
    let entered!: () => void;
    let finish!: () => void;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const { url, app } = await start({
      extend: (server) =>
        server.get('/slow', async () => {
          entered();
          await new Promise<void>((resolve) => (finish = resolve));
          return 'done';
        }),
    });
    const answer = fetch(`${url}/slow`);
    await inside;
    const stopped = stop(app);
    const refused = await new Promise((resolve) => {
      const attempt = (): void => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        const again = (): void => {
          socket.destroy();
          setImmediate(attempt);
        };
        socket.once('connect', again).once('error', (error: NodeJS.ErrnoException) => {
          // A connection that was accepted in the last instant is reset.
          if (error.code === 'ECONNREFUSED') resolve(error.code);
          else again();
        });
      };
      attempt();
    });
    expect(refused).toBe('ECONNREFUSED');
    finish();
    expect(await (await answer).text()).toBe('done');
    await stopped;
  });
});
