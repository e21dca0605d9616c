/** Takes the pictures of the dashboard that the documentation shows, from a real one over the demo's data: `npm run screenshots`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchChromium } from '../test/support/chromium.js';
import { projectRoot } from '../test/support/reelway.js';

const images = path.join(import.meta.dirname, 'images');
const size = { width: 1200, height: 760 };

/** Name of the file, and how to get to what it shows. */
const pictures: Record<string, (page: Page) => Promise<unknown>> = {
  recordings: (page) => page.getByRole('link', { name: 'Recordings' }).first().click(),
  recording: (page) => page.getByRole('link', { name: 'Moving pictures 101' }).click(),
  schedule: (page) => page.getByRole('link', { name: 'Schedule' }).first().click(),
  assets: (page) => page.getByRole('link', { name: 'Assets' }).first().click(),
  group: async (page) => {
    await page.getByRole('link', { name: 'Packaging groups' }).click();
    await page.getByRole('link', { name: 'New group' }).click();
  },
  health: (page) => page.getByRole('link', { name: 'Health' }).first().click(),
  // The last one: what it asks for would stand in the others.
  now: async (page) => {
    await page.evaluate(askForAssets, path.join(projectRoot, 'examples/sample/index.m3u8'));
    await page.getByRole('link', { name: 'Now' }).first().click();
    await page.locator('[data-queue] [data-job]').first().waitFor();
  },
};

/** More than a queue has places for, so that some run and some wait. Runs in the page, as who is signed in. */
async function askForAssets(source: string): Promise<void> {
  const packagingGroup = [
    { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } },
    { Id: 'dash', DashPackage: { DashManifests: [{ ManifestName: 'index' }] } },
  ];
  for (let number = 1; number <= 20; number++) {
    const request = { id: `lecture-${number}`, packagingGroupId: 'lectures', source, destination: { path: 'vod' } };
    await fetch('api/assets', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'reelway' },
      body: JSON.stringify({ ...request, packagingGroup }),
    });
  }
}

const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-pictures-'));
const demo = spawn(process.execPath, [path.join(projectRoot, 'bin/reelway.js'), 'demo'], {
  env: { PATH: process.env.PATH, REELWAY_DATA_DIR: dataFolder },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await launchChromium();
try {
  const address = await signInAddress();
  await mkdir(images, { recursive: true });
  const page = await browser.newPage({ viewport: size, colorScheme: 'light' });
  await page.goto(address);
  for (const [name, go] of Object.entries(pictures)) {
    await go(page);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    // Live pages never rest: a moment for what they load.
    await page.waitForTimeout(1500);
    await page.screenshot({ path: path.join(images, `${name}.png`) });
    console.log(`docs/images/${name}.png`);
  }
} finally {
  await browser.close();
  const ended = once(demo, 'exit');
  demo.kill('SIGTERM');
  await ended;
  await rm(dataFolder, { recursive: true, force: true });
}

/** The demo prints it when all is done. */
async function signInAddress(): Promise<string> {
  let said = '';
  for await (const piece of demo.stdout.setEncoding('utf8')) {
    said += piece as string;
    const [address] = /http:\/\/127\.0\.0\.1:\d+\/\S*ticket\S*/.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`The demo ended without an address:\n${said}`);
}
