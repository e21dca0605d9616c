import { mkdtemp, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startServer, type RunningServer } from '../../src/cli/serve.js';
import { readConfig } from '../../src/config/config.js';
import { createDataFolder } from './embedded-data-folder.js';
import { projectRoot } from './reelway.js';

/** The folder that `npm run build` makes of `web/`; tests that name this function get it built before they run (global-setup.ts). */
export function builtDashboard(): string {
  const folder = path.join(projectRoot, 'dist/web');
  if (!existsSync(path.join(folder, 'index.html'))) throw new Error('dist/web is not built: npm run build');
  return folder;
}

export interface DashboardServer extends RunningServer {
  readonly folder: string;
  readonly secret: string;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** A real server with an embedded database, as `reelway serve` starts one. */
export async function startDashboardServer(more: Readonly<Record<string, string>> = {}): Promise<DashboardServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-dashboard-'));
  await rename((await createDataFolder()).dataFolder, path.join(folder, 'data'));
  const secret = 'a-secret-of-the-dashboard';
  const environment = {
    REELWAY_DATA_DIR: path.join(folder, 'data'),
    REELWAY_PORT: '0',
    REELWAY_API_TOKENS: `operator:${secret}`,
    REELWAY_PRIVATE_HOSTS: '127.0.0.1',
    ...more,
  };
  const server = await startServer({ config: readConfig(environment), environment }, pino({ level: 'silent' }));
  return {
    ...server,
    ...{ folder, secret },
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, of the console, and requests to other hosts, so far. */
  readonly problems: readonly string[];
}

/** A page that notes whatever should not happen. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ timezoneId: 'America/New_York', locale: 'en-GB', ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => {
    if (!/^(blob:|data:)/.test(request.url()) && new URL(request.url()).origin !== origin) problems.push(request.url());
  });
  return { page, context, problems };
}

/** Fills in the token and waits for the first page. */
export async function signIn(page: Page, { url, secret }: Pick<DashboardServer, 'url' | 'secret'>): Promise<void> {
  await page.goto(url);
  await page.getByLabel('API token').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Now' }).waitFor();
}
