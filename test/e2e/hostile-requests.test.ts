import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDashboardServer, type DashboardServer } from '../support/dashboard.js';

/** Every route of the OpenAPI document, asked by somebody who means no good: nothing of it may be more than refused. */
interface Route {
  readonly method: string;
  readonly path: string;
  readonly role: string;
  readonly query: readonly string[];
}

const viewer = 'a-secret-of-the-viewer';
let server: DashboardServer;
let routes: Route[];
beforeAll(async () => {
  server = await startDashboardServer({
    REELWAY_API_TOKENS: `operator:a-secret-of-the-dashboard,looker@viewer:${viewer}`,
  });
  const { paths } = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { 'x-role'?: string; parameters?: { in: string; name: string }[] }>>;
  };
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-role': role = '', parameters = [] }]) => ({
      ...{ method: method.toUpperCase(), path, role },
      query: parameters.filter(({ in: where }) => where === 'query').map(({ name }) => name),
    })),
  );
});
afterAll(() => server.remove());

const ask = (method: string, path: string, body?: string, secret = server.secret) =>
  fetch(`${server.url}${path}`, {
    ...{ method, signal: AbortSignal.timeout(20_000) },
    headers: { authorization: `Bearer ${secret}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  });

/** @returns what answered as if something were broken here */
async function broken(requests: readonly (readonly [method: string, path: string, body?: string])[]) {
  const found: string[] = [];
  for (const [method, path, body] of requests) {
    const response = await ask(method, path, body);
    const { status } = response;
    const { code }: { code?: string } = status < 500 ? {} : ((await response.json()) as object);
    await response.body?.cancel().catch(() => undefined);
    // What is not set up here says so with a code of its own.
    if (status >= 500 && (code === undefined || code === 'internal'))
      found.push(`${method} ${path} ${body?.slice(0, 60) ?? ''}: ${status}`);
  }
  return found;
}

const withoutStreams = ({ path }: Route) => !path.endsWith('/events');
const named = (path: string, id: string) => path.replace(/\{\w+\}/g, id);
const changes = ({ method }: Route) => method !== 'GET';

it('bodies of wrong types are refused', async () => {
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  const bodies = ['null', '1', '"x"', '[]', '[null]', '{"__proto__":{"a":1}}', '{"id":{}}', deep, '{', '\u0000'];
  const requests = routes
    .filter((route) => changes(route) && !/snapshot|session|uploads/.test(route.path))
    .flatMap(({ method, path }) => bodies.map((body) => [method, named(path, 'x'), body] as const));
  expect(requests.length).toBeGreaterThan(50);
  expect(await broken(requests)).toEqual([]);
}, 120_000);

it('names and addresses that no database can store are refused', async () => {
  const ids = ['%00', 'a%00b', '%ED%A0%80', '..%2f..%2fetc', '__proto__', 'constructor', '%0d%0ax:y', 'x'.repeat(600)];
  const requests = routes
    .filter((route) => route.path.includes('{') && withoutStreams(route) && !changes(route))
    .flatMap(({ method, path }) => ids.map((id) => [method, named(path, id)] as const));
  expect(requests.length).toBeGreaterThan(20);
  expect(await broken(requests)).toEqual([]);
  const text = '{"id":"a","packagingGroupId":"g","source":"/a\\u0000b","destination":{"path":""}}';
  expect(
    await broken([
      ['POST', '/api/recordings/ingest', '{"uuid":"a\\u0000b"}'],
      ['POST', '/api/assets', text],
    ]),
  ).toEqual([]);
}, 120_000);

it('queries and cursors that nobody gave are refused', async () => {
  const code = (text: string) => Buffer.from(text).toString('base64url');
  const values = ['%00', `${'9'.repeat(400)}`, '-1', 'NaN', '9999-99-99', code(`${'9'.repeat(400)} a`), code('1 a\0b')];
  const requests = routes
    .filter((route) => !changes(route) && withoutStreams(route))
    .flatMap(({ method, path, query }) =>
      query.flatMap((name) => values.map((value) => [method, `${named(path, 'x')}?${name}=${value}`] as const)),
    );
  expect(requests.length).toBeGreaterThan(50);
  expect(await broken(requests)).toEqual([]);
}, 120_000);

it('a viewer changes nothing, and nobody without a token does', async () => {
  const operators = routes.filter(({ role }) => role === 'operator' || role === 'admin');
  expect(operators.length).toBeGreaterThan(10);
  for (const { method, path } of operators) {
    expect((await ask(method, named(path, 'x'), '{}', viewer)).status, `${method} ${path}`).toBe(403);
    expect((await ask(method, named(path, 'x'), '{}', 'wrong')).status, `${method} ${path}`).toBe(401);
  }
});
