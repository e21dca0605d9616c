/// <reference lib="dom" />
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { axeFindings } from '../support/axe.js';
import { launchChromium } from '../support/chromium.js';
import { builtDashboard, openPage, signIn, startDashboardServer, type DashboardServer } from '../support/dashboard.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { requires } from '../support/requires.js';

const group = [{ Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 2, HlsManifests: [{ ManifestName: 'index' }] } }];
const viewer = 'a-secret-of-the-viewer';

describe.runIf(requires('chromium', 'ffmpeg'))('What is dropped on the dashboard', () => {
  let server: DashboardServer;
  let browser: Browser;
  let movie: string;
  let folder: string;
  beforeAll(async () => {
    builtDashboard();
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-movie-'));
    movie = path.join(folder, 'Lecture 8 (final).mp4');
    const input = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=4'];
    await ffmpeg(...input, ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '10'], movie);
    server = await startDashboardServer({
      REELWAY_API_TOKENS: `operator@operator:a-secret-of-the-dashboard,looker@viewer:${viewer}`,
      REELWAY_UPLOAD_MEGABYTES: '20',
    });
    await server.services.packagingGroups.save('lectures', group);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function assetsPage(): Promise<{ page: Page; problems: readonly string[] }> {
    const { page, context, problems } = await openPage(browser, server.url);
    onTestFinished(() => context.close());
    await signIn(page, server);
    await page.goto(`${server.url}/#/assets`);
    await page.locator('[data-drop]').waitFor();
    return { page, problems };
  }

  /** As a browser tells of something that is dropped. */
  async function drop(page: Page, data: { text: string } | { name: string; base64: string }): Promise<void> {
    const transfer = await page.evaluateHandle((given) => {
      const made = new DataTransfer();
      if ('text' in given) made.setData('text/uri-list', given.text);
      else {
        const bytes = Uint8Array.from(atob(given.base64), (letter) => letter.charCodeAt(0));
        made.items.add(new File([bytes], given.name, { type: 'video/mp4' }));
      }
      return made;
    }, data);
    for (const event of ['dragenter', 'dragover', 'drop'])
      await page.locator('[data-drop]').dispatchEvent(event, { dataTransfer: transfer });
  }

  /** Keys of everything that was uploaded and is there. */
  async function uploaded(): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of server.services.openStore(undefined).list('uploads/')) keys.push(key);
    return keys;
  }

  it('an MP4 is uploaded, packaged, and can be played', async () => {
    const { page, problems } = await assetsPage();
    await drop(page, { name: path.basename(movie), base64: (await readFile(movie)).toString('base64') });
    await page.getByText('Lecture 8 (final).mp4').waitFor();
    expect(await page.getByLabel('Id').inputValue()).toBe('Lecture-8-final');
    expect(await axeFindings(page)).toEqual([]);
    const button = page.getByRole('button', { name: 'Upload and package it' });
    // All is filled in: Enter is enough.
    await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('.title .status.done').waitFor({ timeout: 60_000 });
    const { request } = (await server.services.catalog.findAsset('Lecture-8-final'))!;
    const [key] = await uploaded();
    expect(key).toMatch(/^uploads\/Lecture-8-final\/[0-9a-f-]{36}\.mp4$/);
    expect(request.source).toBe(path.join(server.folder, 'data/media', key!));
    expect(await readFile(request.source)).toEqual(await readFile(movie));

    await page.goto(`${server.url}/#/assets/of/Lecture-8-final`);
    await page.getByRole('button', { name: /^Play/ }).click();
    await page.locator('[data-state="ready"]').waitFor();

    // An id stands for one source: nothing is sent for one that is taken.
    await page.goto(`${server.url}/#/assets`);
    await page.locator('input[type=file]').setInputFiles(movie);
    await button.click();
    await page.getByText('The asset Lecture-8-final exists already.').waitFor();
    expect(await uploaded()).toEqual([key]);
    expect(problems).toEqual([]);
  });

  it('what is no MP4, and what is too large, is not sent', async () => {
    const { page, problems } = await assetsPage();
    const file = page.locator('input[type=file]');
    const button = page.getByRole('button', { name: 'Upload and package it' });
    await file.setInputFiles({ name: 'page.mp4', mimeType: 'video/mp4', buffer: Buffer.from('<html>no</html>') });
    await button.click();
    await page.getByText('page.mp4 cannot be uploaded: It is no MP4.').waitFor();
    await file.setInputFiles({ name: 'long.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(20_000_001) });
    await button.click();
    await page.getByText(/larger than this server takes \(REELWAY_UPLOAD_MEGABYTES, 20 MB\)/).waitFor();
    expect((await uploaded()).filter((key) => !key.includes('Lecture-8'))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('an upload tells how far it is, and leaves nothing when it is cancelled', async () => {
    const { page } = await assetsPage();
    const session = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
    await session.send('Network.emulateNetworkConditions', slow);
    const buffer = Buffer.alloc(15_000_000);
    buffer.write('ftyp', 4);
    await page.locator('input[type=file]').setInputFiles({ name: 'slow.mp4', mimeType: 'video/mp4', buffer });
    await page.getByRole('button', { name: 'Upload and package it' }).click();
    const progress = page.locator('[data-upload]');
    await progress.getByText(/ of 15 MB sent · .*\/s · .* left/).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await progress.getByRole('button', { name: 'Cancel the upload' }).click();
    await progress.waitFor({ state: 'detached' });
    await expect.poll(async () => (await uploaded()).filter((key) => key.includes('slow'))).toEqual([]);
    expect(await page.locator('.problem').count()).toBe(0);
    expect(page.url()).toMatch(/#\/assets$/);
  });

  it('whoever goes to a field before the packaging groups are known stays there', async () => {
    const { page, problems } = await assetsPage();
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/api/packaging-groups', async (route) => {
      await held;
      await route.continue();
    });
    await drop(page, { text: 'https://media.example.edu/2026/lecture-9/index.m3u8' });
    const place = page.getByLabel('Folder in the storage');
    await place.focus();
    answer();
    await expect.poll(() => page.getByLabel('Packaging group').inputValue()).not.toBe('');
    await page.waitForTimeout(200);
    expect(await place.evaluate((field) => field === document.activeElement)).toBe(true);
    expect(problems).toEqual([]);
  });

  it('an address fills in the form, dropped or pasted; pasted into a field it stays there', async () => {
    const { page, problems } = await assetsPage();
    await drop(page, { text: '# a comment\r\nhttps://media.example.edu/2026/lecture-9/index.m3u8' });
    const source = page.getByLabel('Source');
    await source.waitFor();
    expect(await source.inputValue()).toBe('https://media.example.edu/2026/lecture-9/index.m3u8');
    expect(await page.getByLabel('Id').inputValue()).toBe('lecture-9');
    const paste = (text: string) =>
      page.evaluate((pasted) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', pasted);
        const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
        (document.activeElement ?? document.body).dispatchEvent(event);
      }, text);
    await page.getByRole('heading', { name: 'Assets' }).click();
    await paste('s3://a-bucket/lecture-10/index.m3u8');
    await expect.poll(() => page.getByLabel('Id').inputValue()).toBe('lecture-10');
    // Once it knows the groups, the form goes to its button.
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('BUTTON');
    await page.getByLabel('Folder in the storage').focus();
    await paste('https://media.example.edu/other/index.m3u8');
    expect(await page.getByLabel('Id').inputValue()).toBe('lecture-10');
    expect(problems).toEqual([]);
  });

  it('is taken from operators alone; what is sent in the middle of nowhere is refused', async () => {
    const at = `${server.url}/api/uploads?asset=`;
    const body = await readFile(movie);
    const send = async (asset: string, secret: string, given: Uint8Array<ArrayBuffer> = new Uint8Array(body)) => {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'video/mp4' };
      const answer = await fetch(at + asset, { method: 'POST', headers, body: given });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await send('x', viewer)).toEqual([403, 'forbidden']);
    expect(await send('x', 'not-a-secret-of-this-server')).toEqual([401, 'unauthorized']);
    expect(await send(encodeURIComponent('../../x'), server.secret)).toEqual([400, 'invalid_request']);
    expect(await send('x', server.secret, new Uint8Array(Buffer.from('<html>no movie</html>')))).toEqual([
      ...[422, 'source_invalid'],
    ]);
    expect((await uploaded()).filter((key) => key.startsWith('uploads/x/'))).toEqual([]);
    expect(await send('x', server.secret)).toEqual([201, undefined]);
    const { page, context } = await openPage(browser, server.url);
    onTestFinished(() => context.close());
    await signIn(page, { url: server.url, secret: viewer });
    await page.goto(`${server.url}/#/assets`);
    await page.getByRole('table').waitFor();
    expect(await page.locator('[data-drop]').count()).toBe(0);
    await page.goto(`${server.url}/#/assets/new`);
    await page.getByText('This needs the token of an operator.').waitFor();
  });
});
