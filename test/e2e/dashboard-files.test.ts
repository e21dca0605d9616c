import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dashboardRoutes } from '../../src/api/routes/dashboard.js';
import type { ApiServer } from '../../src/api/http-types.js';
import { builtDashboard } from '../support/dashboard.js';

/** bytes, compressed, of all that is loaded before somebody plays something */
const bundleLimit = 250_000;

describe('the files of the dashboard', () => {
  const folder = builtDashboard();
  let app: ApiServer;
  let page: string;
  beforeAll(async () => {
    app = Fastify();
    await dashboardRoutes(app);
    page = (await app.inject('/')).body;
  });
  afterAll(() => app.close());

  it(`are at most ${bundleLimit} bytes without the players, which are files of their own`, async () => {
    const files = (await readdir(path.join(folder, 'web'))).filter((name) => /\.(js|css)$/.test(name));
    const players = files.filter((name) => /^(shaka-player|dash\.(all|mss)\.min)/.test(name));
    expect(players).toHaveLength(3);
    const others = files.filter((name) => !players.includes(name));
    const sizes = await Promise.all(
      others.map(async (name) => gzipSync(await readFile(path.join(folder, 'web', name))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(bundleLimit);
    expect(players.filter((name) => page.includes(name))).toEqual([]);
  });

  it('are kept by browsers for ever, but the page itself is not', async () => {
    const [, script] = /src="\.\/(web\/[^"]+\.js)"/.exec(page)!;
    const kept = await app.inject(`/${script}`);
    expect(kept.statusCode).toBe(200);
    expect(kept.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await app.inject('/')).headers['cache-control']).toBe('no-cache');
  });

  it('come compressed to browsers that take it', async () => {
    const [, script] = /src="\.\/(web\/[^"]+\.js)"/.exec(page)!;
    const { headers, rawPayload } = await app.inject({ url: `/${script}`, headers: { 'accept-encoding': 'br, gzip' } });
    expect(headers['content-encoding']).toBe('br');
    expect(rawPayload.length).toBeLessThan((await stat(path.join(folder, script!))).size / 3);
  });

  it('hold nothing inline, so that the policy allows nothing inline', () => {
    expect(page).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\son\w+=|style=/);
  });

  it('come with a policy that lets the page ask this server alone', async () => {
    const policy = String((await app.inject('/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it.each(['/web/', '/web/none.js', '/web/..%2findex.html', '/web/%2e%2e/%2e%2e/package.json'])(
    'are the only ones: %s is not found',
    async (url) => {
      expect((await app.inject(url)).statusCode).toBe(404);
    },
  );
});
