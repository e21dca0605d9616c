/// <reference lib="dom" />
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import {
  builtDashboard,
  openPage,
  signIn,
  startDashboardServer,
  type DashboardServer,
  type WatchedPage,
} from '../support/dashboard.js';
import { requires } from '../support/requires.js';

/** Does with the session of who opens it what a script may. */
const attack = "fetch('/api/system').then(() => fetch('/stolen'))";
const script = `<script xmlns="http://www.w3.org/1999/xhtml">${attack}</script>`;

const takeover = 'document.title = "taken over"';

/** What a hostile origin may have had harvested. */
const files = {
  'page.html': script,
  'page.xml': `<x>${script}</x>`,
  'image.svg': `<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`,
  'index.mpd': `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">${script}</MPD>`,
  'text.ttml': `<tt xmlns="http://www.w3.org/ns/ttml">${script}</tt>`,
  'index.ism/Manifest': `<SmoothStreamingMedia>${script}</SmoothStreamingMedia>`,
  'text.vtt': `WEBVTT\n\n${script}`,
};

describe.runIf(requires('chromium'))('a stored object that an operator opens in the browser', () => {
  let browser: Browser;
  let server: DashboardServer;
  let dashboard: WatchedPage;
  beforeAll(async () => {
    builtDashboard();
    server = await startDashboardServer();
    const folder = path.join(server.folder, 'data/media/vod');
    await mkdir(path.join(folder, 'index.ism'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
    await writeFile(path.join(folder, 'script.js'), takeover);
    browser = await launchChromium();
    dashboard = await openPage(browser, server.url);
    await signIn(dashboard.page, server);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  it.each(Object.keys(files))('runs no script: %s', async (name) => {
    const asked: string[] = [];
    const opened = await dashboard.context.newPage();
    const served = await opened.request.get(`${server.url}/media/vod/${name}`);
    expect([served.status(), await served.text()]).toEqual([200, files[name as keyof typeof files]]);
    opened.on('request', (request) => asked.push(new URL(request.url()).pathname));
    // What is no document is downloaded, which Playwright tells as an error.
    await opened.goto(`${server.url}/media/vod/${name}`).catch(() => undefined);
    await opened.waitForLoadState('networkidle');
    expect(asked).toContain(`/media/vod/${name}`);
    expect(asked.filter((path) => !path.startsWith('/media/') && path !== '/favicon.ico')).toEqual([]);
    await opened.close();
  });

  it('is no script of the dashboard, whose policy allows those of this server', async () => {
    const served = await dashboard.context.request.get(`${server.url}/media/vod/script.js`);
    expect([served.status(), await served.text()]).toEqual([200, takeover]);
    const outcome = await dashboard.page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const element = Object.assign(document.createElement('script'), { src });
          element.onload = () => resolve('ran');
          element.onerror = () => resolve('refused');
          document.head.append(element);
        }),
      '/media/vod/script.js',
    );
    expect(outcome).toBe('refused');
  });
});
