import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dashboardServices } from '../../test/support/dashboard-services.js';
import { emptyAssets } from '../../test/support/empty-assets.js';
import { emptyEngine } from '../../test/support/empty-engine.js';
import { packagingGroups } from '../status/packaging-groups.js';
import { localStore } from '../storage/local.js';
import type { ApiServer } from './http-types.js';
import { apiServer, listen, stop } from './server.js';

const capability = '0123456789abcdef0123456789abcdef';
let folder: string;
let app: ApiServer;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reelway-headers-'));
  const store = localStore({ folder });
  await store.put('vod/a.mp4', Buffer.from('x'));
  // As an origin may have said it, kept by a store that looks at nothing.
  const typed = {
    ...store,
    head: async (key: string) => {
      const object = await store.head(key);
      return object && { ...object, contentType: 'video/mp4; a=b\r\nX-Evil: yes' };
    },
  };
  const options = { host: '127.0.0.1', port: 0, publicUrl: undefined };
  app = await apiServer(
    {
      log: pino({ level: 'silent' }),
      ...emptyEngine,
      assets: emptyAssets,
      ...dashboardServices(),
      ...{ version: '0.0.0', tokens: () => [], checks: [] },
      packagingGroups: packagingGroups(join(folder, 'groups')),
      endpoints: { find: () => Promise.resolve({ store: typed, prefix: 'vod' }) },
    },
    options,
  );
  base = await listen(app, options);
});
afterAll(async () => {
  await stop(app);
  rmSync(folder, { recursive: true });
});

/** Past what `fetch` tidies away in an address or refuses in a header. */
function ask(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    httpRequest({ hostname, port, path, headers, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    })
      .on('error', reject)
      .end();
  });
}

it.each([
  '/out/v1/%0d%0aX-Evil:%20yes/a.mp4',
  `/out/v1/${capability}/a%0d%0aX-Evil:%20yes.mp4`,
  '/api/jobs/%0d%0aX-Evil:%20yes',
  '/%0d%0aX-Evil:%20yes',
  '/api/openapi.json?%0d%0aX-Evil:%20yes',
])('lets no address become a header of the answer: %s', async (path) => {
  expect((await ask(path)).headers['x-evil']).toBeUndefined();
});

it('repeats a request id only when it is a plain word', async () => {
  expect((await ask('/healthz', { 'x-request-id': 'a-1.b_2' })).headers['x-request-id']).toBe('a-1.b_2');
  for (const given of ['a b', 'a: b', '<script>', 'é', 'x'.repeat(65)])
    expect((await ask('/healthz', { 'x-request-id': given })).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

it('serves an object whose stored type is no header as bytes', async () => {
  const { status, headers } = await ask(`/out/v1/${capability}/a.mp4`);
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['x-evil']).toBeUndefined();
});
