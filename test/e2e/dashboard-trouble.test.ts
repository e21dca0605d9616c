/// <reference lib="dom" />
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { JobSummary, System } from '../../src/api/contract.js';
import { launchChromium } from '../support/chromium.js';
import { builtDashboard, openPage, signIn, startDashboardServer, type DashboardServer } from '../support/dashboard.js';
import { requires } from '../support/requires.js';

const createdAt = (n: number) => new Date(Date.UTC(2026, 10, 28) + n * 1000).toISOString();

/** The nth job of a queue with many. */
function job(n: number, status: JobSummary['status'], turn = 0): JobSummary {
  return {
    ...{ id: `crowd:${n}`, kind: 'package-endpoint', title: `crowd ${n}`, status, deadLetter: false, parent: null },
    ...{ queue: 'endpoints', turn, createdAt: createdAt(n), updatedAt: createdAt(n), attempt: 1 },
    ...{ startedAt: null, endedAt: null, progress: null, step: null, failure: null },
  };
}

describe.runIf(requires('chromium'))('The dashboard of a server in trouble', () => {
  let server: DashboardServer;
  let browser: Browser;
  beforeAll(async () => {
    builtDashboard();
    server = await startDashboardServer();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  async function signedIn(): Promise<Page> {
    const { page, context } = await openPage(browser, server.url);
    onTestFinished(() => context.close());
    await signIn(page, server);
    return page;
  }

  /** What the server says of itself, with changes. */
  async function answerSystem(page: Page, change: (system: System) => System): Promise<void> {
    await page.route('**/api/system', async (route: Route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: change((await response.json()) as System) });
    });
  }

  it('says on Health what hangs, however long that takes to be known, and how old it is when no answer comes', async () => {
    const page = await signedIn();
    let answers = 0;
    // Each answer comes when what was there before it has been seen: a busy machine is slow to look.
    const looking = gate();
    const told = gate();
    await page.route('**/api/system', async (route: Route) => {
      answers += 1;
      if (answers > 1) return told.opened.then(() => route.abort());
      const response = await route.fetch();
      const system = (await response.json()) as System;
      await Promise.all([sleep(5500), looking.opened]);
      const checks = [{ name: 'database', ok: false, message: 'no answer within 5 s' }];
      await route.fulfill({ response, json: { ...system, checks } satisfies System });
    });
    await page.goto(`${server.url}/#/health`);
    await page.getByText('The server is looking').waitFor();
    looking.open();
    await page.getByText('database: no answer within 5 s').waitFor();
    await page.getByText('1 thing is not well', { exact: true }).waitFor();
    told.open();
    await page.getByText('Not known now').waitFor();
    await page.getByText('1 thing was not well before').waitFor();
    expect(await page.locator('[data-old]').innerText()).toMatch(/What is shown is .* old; no newer answer has come/);
  });

  it('shows what runs and what is next beside hundreds that wait, as soon as its lists can be had', async () => {
    const page = await signedIn();
    const dashboard = page.url();
    // A page that is there asks again every few seconds: it would have the refusal that is meant for the next.
    await page.goto('about:blank');
    const running = [job(1, 'running'), job(2, 'running')];
    const waiting = Array.from({ length: 50 }, (_, n) => job(n + 3, 'queued', 5));
    // The youngest of all, but somebody waits for it.
    waiting[49] = job(900, 'queued', 1);
    let refused = 0;
    const seen = gate();
    const fulfill = (route: Route, jobs: readonly JobSummary[]) => route.fulfill({ json: { jobs, next: null } });
    await page.route(/\/api\/jobs\?/, (route) => {
      const query = new URL(route.request().url()).searchParams;
      if (query.get('status') !== 'running') return fulfill(route, []);
      refused += 1;
      return refused === 1 ? route.abort() : seen.opened.then(() => fulfill(route, running));
    });
    await page.route(/\/api\/jobs\/next/, (route) => fulfill(route, waiting));
    await answerSystem(page, (system) => ({
      ...system,
      queues: system.queues.map((queue) =>
        queue.name === 'endpoints' ? { ...queue, waiting: 900, running: 2 } : queue,
      ),
    }));
    await page.goto(dashboard);
    await page.getByText('The server does not answer').first().waitFor();
    seen.open();
    await page.getByRole('heading', { name: 'Running 2' }).waitFor();
    const queue = page.locator('[data-queue="endpoints"]');
    await queue.getByText('2 running · 900 waiting').waitFor();
    await queue.getByText('All 2 places are taken; the next begins when one of them ends.').waitFor();
    expect(await queue.locator('.rows > li').first().innerText()).toContain('crowd 900');
    await queue.getByText('880 more wait behind').waitFor();
    await page.getByRole('heading', { name: 'Waiting 900' }).waitFor();
    expect(await page.getByText('The server does not answer').count()).toBe(0);
  });
});

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
