/// <reference lib="dom" />
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { projectRoot } from '../support/reelway.js';
import { requires } from '../support/requires.js';

/** As many times as fast; the sample lasts 24 s. */
const quickly = 6;

describe.runIf(requires('chromium'))('The page of `reelway demo`', () => {
  let folder: string;
  let demo: ChildProcess;
  let browser: Browser;
  let output = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-demo-page-'));
    // A database that is made already: the first start would take many seconds for it.
    await rename((await createDataFolder()).dataFolder, path.join(folder, 'demo'));
    demo = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), 'demo'], {
      env: { PATH: process.env.PATH, REELWAY_DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    demo.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    browser = await launchChromium();
  });
  afterAll(async () => {
    demo.kill('SIGKILL');
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('plays every manifest to its end, asks no other host and breaks no rule of its own policy', async () => {
    await vi.waitFor(() => expect(output).toMatch(/Watch it at \S+\n/), { timeout: 60_000 });
    const address = /Watch it at (\S+)/.exec(output)?.[1] ?? '';
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => {
      if (!/^(blob:|data:)/.test(request.url()) && new URL(request.url()).origin !== new URL(address).origin)
        problems.push(request.url());
    });
    await page.goto(address);
    // Functions, not strings: the page's policy forbids evaluating text.
    await page.waitForFunction(() => {
      const videos = [...document.querySelectorAll('video')];
      return videos.length > 0 && videos.every(({ dataset }) => dataset.state !== 'loading');
    });
    await page.evaluate((rate) => {
      for (const video of document.querySelectorAll('video')) {
        video.playbackRate = rate;
        void video.play();
      }
    }, quickly);
    await page.waitForFunction(
      () => [...document.querySelectorAll('video')].every(({ dataset }) => /ended|failed/.test(dataset.state ?? '')),
      undefined,
      { timeout: 45_000 },
    );
    const videos = await page.evaluate(() =>
      [...document.querySelectorAll('video')].map(({ dataset, duration }) => [dataset.state, Math.round(duration)]),
    );
    expect(videos).toEqual([
      ['ended', 24],
      ['ended', 24],
    ]);
    expect(problems).toEqual([]);
  });

  it('prints a link that signs in to the dashboard, where the sample is', async () => {
    await vi.waitFor(() => expect(output).toMatch(/Dashboard, .*: \S+\n/));
    const page = await browser.newPage();
    await page.goto(/Dashboard, .*: (\S+)/.exec(output)?.[1] ?? '');
    await page.getByRole('link', { name: 'Assets' }).click();
    await page.getByRole('link', { name: 'sample' }).waitFor();
    await page.close();
  });

  it('goes away with Ctrl-C, and the command ends with 0', async () => {
    const ended = once(demo, 'exit');
    demo.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  });
});
