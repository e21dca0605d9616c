import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { Failure } from '../../domain/failure.js';
import type { ApiServer } from '../http-types.js';

/** What `npm run build` makes of `web/`; the same folder seen from `src/` and from `dist/`. */
const builtFolder = fileURLToPath(new URL('../../../dist/web', import.meta.url));

/** The page loads what this server serves and nothing else; the player feeds media to its video element by blob: addresses. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/** seconds; names of files hold a hash of what is in them, so they never change */
const year = 31_536_000;

/** `/`: the dashboard. Its page is small and always asked for anew, its files are kept by the browser for ever. */
export async function dashboardRoutes(app: ApiServer, folder = builtFolder): Promise<void> {
  const hidden = { logLevel: 'warn', schema: { hide: true } } as const;
  if (!existsSync(path.join(folder, 'index.html'))) {
    app.get('/', hidden, () => {
      throw new Failure('not_found', 'The dashboard is not built: `npm run build` makes it.');
    });
    return;
  }
  const page = await readFile(path.join(folder, 'index.html'));
  app.get('/', hidden, (_, reply) =>
    reply
      .headers({ ...headers, 'cache-control': 'no-cache' })
      .type('text/html; charset=utf-8')
      .send(page),
  );
  await app.register(fastifyStatic, {
    root: path.join(folder, 'web'),
    prefix: '/web/',
    decorateReply: false,
    wildcard: false,
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: year * 1000,
    setHeaders: (reply) => void reply.header('x-content-type-options', 'nosniff'),
    ...{ logLevel: 'warn', schemaHide: true },
  });
}
