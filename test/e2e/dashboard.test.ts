/// <reference lib="dom" />
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings } from '../support/axe.js';
import { launchChromium } from '../support/chromium.js';
import {
  builtDashboard,
  openPage,
  signIn,
  startDashboardServer,
  type DashboardServer,
  type WatchedPage,
} from '../support/dashboard.js';
import { projectRoot } from '../support/reelway.js';
import { longTests } from '../support/extent.js';
import { requires } from '../support/requires.js';

const sample = path.join(projectRoot, 'examples/sample');
const group = [
  { Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'index' }] } },
  { Id: 'dash', DashPackage: { SegmentDurationSeconds: 4, DashManifests: [{ ManifestName: 'index' }] } },
  { Id: 'hls', HlsPackage: { SegmentDurationSeconds: 4, HlsManifests: [{ ManifestName: 'index' }] } },
  { Id: 'mss', MssPackage: { SegmentDurationSeconds: 4, MssManifests: [{ ManifestName: 'index' }] } },
];

const assetAndItsPlayers = `makes an asset, shows its work live, and plays its endpoints with their tracks${longTests ? ' (long)' : ''}`;

describe.runIf(requires('chromium'))('The dashboard', () => {
  let server: DashboardServer;
  let browser: Browser;
  let opened: WatchedPage[] = [];
  beforeAll(async () => {
    builtDashboard();
    server = await startDashboardServer();
    await server.services.packagingGroups.save('lectures', group);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });
  afterEach(async () => {
    for (const { context } of opened) await context.close();
    opened = [];
  });

  async function watched(options: Parameters<typeof openPage>[2] = {}): Promise<WatchedPage> {
    const page = await openPage(browser, server.url, options);
    opened.push(page);
    return page;
  }

  async function signedIn(options: Parameters<typeof openPage>[2] = {}): Promise<WatchedPage> {
    const page = await watched(options);
    await signIn(page.page, server);
    return page;
  }

  it('signs in with a token, keeps it in a cookie that no script reads, and signs out', async () => {
    const { page, context, problems } = await watched();
    await page.goto(server.url);
    await page.getByLabel('API token').fill('not-the-secret-of-this-server');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('No valid token').waitFor();
    // The browser itself notes the refusal.
    expect(problems).toEqual([expect.stringContaining('401')]);

    await signIn(page, server);
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    expect(cookie!.value).not.toContain(server.secret);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.reload();
    await page.getByRole('heading', { name: 'Now' }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('API token').waitFor();
    await context.addCookies([cookie!]);
    await page.reload();
    await page.getByLabel('API token').waitFor();
    expect(problems.slice(1)).toEqual([]);
  });

  it('signs in by a link that works once', async () => {
    const link = server.signInLink();
    const { page, problems } = await watched();
    await page.goto(link);
    await page.getByRole('heading', { name: 'Now' }).waitFor();
    expect(page.url()).not.toContain('ticket');
    expect(problems).toEqual([]);
    const second = await watched();
    await second.page.goto(link);
    await second.page.getByText('The link was used already').waitFor();
  });

  it(assetAndItsPlayers, { timeout: 240_000 }, async () => {
    const source = await slowSource(sample);
    const { page, problems } = await signedIn();
    const now = (await signedIn()).page;
    const asset = (await signedIn()).page;
    await page.goto(`${server.url}/#/assets/new`);
    await page.getByLabel('Source').fill(`${source.url}/lecture-7/index.m3u8`);
    expect(await page.getByLabel('Id').inputValue()).toBe('lecture-7');
    await page.getByRole('button', { name: 'Package it' }).click();
    await page.getByRole('heading', { name: /lecture-7/ }).waitFor();

    // Held back in the middle: both pages show how far it is, without being loaded again.
    await now.locator('[data-job="asset:lecture-7"]').waitFor();
    await now
      .getByText(/of \d+ segments/)
      .first()
      .waitFor();
    await page
      .getByText(/of \d+ segments/)
      .first()
      .waitFor();
    // Two endpoints hold the places that there are; the others wait behind them, and why is said.
    const queue = now.locator('[data-queue="endpoints"]');
    await queue.getByText('All 2 places are taken; the next begins when one of them ends.').waitFor();
    expect(await queue.locator('.holders a').count()).toBe(2);
    expect(await queue.locator('.rows > li').count()).toBe(2);
    expect(await axeFindings(now)).toEqual([]);
    // As a page is that came over plain http: it has no clipboard.
    await asset.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await asset.goto(`${server.url}/?#/assets/of/lecture-7`);
    await asset.getByText('Nothing of it is playable yet.').waitFor();
    source.letGo();
    await now.getByRole('heading', { name: 'Just ended' }).waitFor();
    await page.locator('.title .status.done').waitFor();
    await source.close();

    // What has come is shown without loading the page again.
    await asset.locator('[data-endpoint]').nth(3).waitFor();
    await asset
      .getByRole('button', { name: /^Copy address/ })
      .first()
      .click();
    const address = asset.getByRole('textbox', { name: /^Address of/ });
    await asset.getByText('It is selected: copy it').waitFor();
    expect(await address.inputValue()).toMatch(/^http.*\/out\/v1\//);
    expect(await asset.evaluate(() => String(getSelection()))).toBe(await address.inputValue());
    expect(await axeFindings(asset)).toEqual([]);

    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${server.url}/#/assets/of/lecture-7`);
    await page.getByRole('button', { name: /^Play/ }).first().waitFor();
    const players = (name: RegExp) => asked.filter((url) => name.test(url));
    expect(players(/shaka|dash[^/]*\.min/)).toEqual([]);
    for (const endpoint of longTests ? ['cmaf', 'dash', 'hls', 'mss'] : ['cmaf', 'mss']) {
      const place = page.locator(`[data-endpoint="${endpoint}"]`);
      await place.getByRole('button', { name: /^Play/ }).click();
      await place.locator('[data-state="ready"]').waitFor();
      const variants = place.getByRole('region', { name: /^Variants/ });
      expect(await variants.locator('tbody tr').count()).toBe(2);
      expect(await variants.locator('tbody').innerText()).toMatch(/640×360, \d+ kbit\/s\s+avc1\S+.*\s+mp4a/);
      // Of Smooth Streaming the player tells no segments.
      const tellsSegments = endpoint !== 'mss';
      if (tellsSegments) await place.getByText(/^Segments: /).click();
      await place.locator('video').evaluate((video: HTMLVideoElement) => {
        video.muted = true;
        video.playbackRate = 8;
        return video.play();
      });
      // Every segment with its length, its size and the bit rate that makes; the one that is played is marked.
      if (tellsSegments) {
        const playing = place.locator('.segments tr[aria-current]').first();
        await playing.getByText(/^\d+ kbit\/s$/).waitFor();
        expect(await playing.innerText()).toMatch(
          /^\d+\s+[\d.]+ s\s+[\d.]+ s\s+[\d.]+ [kM]?B\s+\d+ kbit\/s\s+\d+ ms\s+\S/,
        );
      }
      await place.locator('[data-state="ended"]').waitFor({ timeout: 60_000 });
      await place.getByText(/s ahead/).waitFor();
      await place.getByText(/[1-9]\d* decoded, \d+ dropped/).waitFor();
      expect(await place.locator('.measured').innerText()).toMatch(/Loaded\s+[1-9][\d.]* [kM]i?B/);
    }
    expect(players(/shaka/)).toHaveLength(1);
    expect(players(/dash\.all\.min/)).toHaveLength(1);
    expect(players(/dash\.mss\.min/)).toHaveLength(1);
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('says why a job failed and what to do; retry goes on when the cause is mended, dismiss takes it away', async () => {
    const { page, problems } = await signedIn();
    const folder = path.join(server.folder, 'late');
    const submit = (id: string, source: string) =>
      server.services.submitAsset({ id, packagingGroupId: 'lectures', source, destination: { path: 'vod' } });
    await submit('late', path.join(folder, 'index.m3u8'));
    await submit('never', path.join(server.folder, 'nowhere.m3u8'));
    const late = page.locator('.card.bad[data-job="asset:late"]');
    const never = page.locator('.card.bad[data-job="asset:never"]');
    await late.waitFor();
    await never.waitFor();
    expect(await late.innerText()).toMatch(/Endpoints of the asset failed.*late.*mend the cause/s);

    await cp(sample, folder, { recursive: true });
    await late.getByRole('button', { name: /Retry/ }).click();
    await late.waitFor({ state: 'detached' });
    await server.services.engine.result('asset:late');
    await page.getByRole('link', { name: 'asset late', exact: true }).waitFor();
    await never.getByRole('button', { name: /Dismiss/ }).click();
    await never.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });

  it('cancels a job, and all that belongs to it, once that is confirmed', async () => {
    const source = await slowSource(sample);
    const { page, problems } = await signedIn();
    const answers = ['dismiss', 'accept'] as const;
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void dialog[answers[asked.length - 1] ?? 'dismiss']();
    });
    await server.services.submitAsset({
      ...{ id: 'unwanted', packagingGroupId: 'lectures', destination: { path: 'vod' } },
      source: `${source.url}/unwanted/index.m3u8`,
    });
    const job = page.locator('.card[data-job="asset:unwanted"]');
    await job
      .getByText(/of \d+ segments/)
      .first()
      .waitFor();
    const cancel = job.getByRole('button', { name: 'Cancel asset unwanted' });
    await cancel.click();
    expect((await server.services.engine.jobs.find('asset:unwanted')).status).toBe('running');
    await cancel.click();
    await job.waitFor({ state: 'detached' });
    await page.getByText('Nothing waits.').waitFor();
    const ended = page.locator('section', { has: page.getByRole('heading', { name: 'Just ended' }) });
    await ended.getByRole('listitem').filter({ hasText: 'asset unwanted' }).getByText('cancelled').waitFor();
    expect(asked).toEqual(Array(2).fill(expect.stringMatching(/^Cancel asset unwanted, and all that belongs to it\?/)));
    for (const { id, status } of (await server.services.engine.jobs.list({ parent: 'asset:unwanted' })).jobs)
      expect([id, status]).toEqual([id, 'cancelled']);
    source.letGo();
    await source.close();
    expect(problems).toEqual([]);
  });

  it('finds jobs by search and status, in an address that can be kept', async () => {
    const { page, problems } = await signedIn();
    for (const id of ['calculus', 'statistics']) {
      await server.services.submitAsset({
        ...{ id, packagingGroupId: 'lectures', destination: { path: 'vod' } },
        source: path.join(sample, '180p/index.m3u8'),
      });
      await server.services.engine.result(`asset:${id}`);
    }
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByLabel('Search').fill('CALC');
    await page.getByRole('row').nth(2).waitFor({ state: 'detached' });
    expect(await page.locator('tbody').innerText()).toMatch(/calculus/);
    await page.getByLabel('Status').selectOption('failed');
    await page.getByText('There are no such jobs.').waitFor();
    expect(page.url()).toContain('search=CALC');
    await page.reload();
    expect(await page.getByLabel('Search').inputValue()).toBe('CALC');
    await page.getByLabel('Status').selectOption('done');
    await page.getByRole('link', { name: /calculus/ }).click();
    await page.getByRole('heading', { name: 'Steps' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('writes a packaging group, with its problems beside the JSON', async () => {
    const { page, problems } = await signedIn();
    await page.goto(`${server.url}/#/groups/new`);
    const json = page.getByLabel('Packaging configurations (JSON)');
    const save = page.getByRole('button', { name: 'Save' });
    await page.getByText('This server can honour all of it.').waitFor();
    await json.fill('[{ "Id": "x" ');
    await page.getByText(/JSON at position|Expected/).waitFor();
    await json.fill('[{ "Id": "a b", "CmafPackage": { "HlsManifests": [], "Segments": 6 } }]');
    await page
      .locator('.problem')
      .getByText(/letters, digits, _ and - are allowed/)
      .waitFor();
    expect(await page.locator('.problem li').count()).toBe(3);
    expect(await save.isDisabled()).toBe(true);
    // Each of them beside its field, too.
    await page.locator('[data-field="Id"]').getByText('letters, digits, _ and - are allowed').waitFor();
    expect(await page.locator('[data-field="Id"] input').getAttribute('aria-invalid')).toBe('true');
    await page
      .locator('.configuration > .wrong')
      .getByText(/>=1 items/)
      .waitFor();
    await page
      .locator('.configuration .field', { hasText: 'Format' })
      .getByText('Unrecognized key: "Segments"')
      .waitFor();
    await json.fill(JSON.stringify(group));
    await page.getByLabel('Id of the group').fill('written-here');
    await save.click();
    await page.getByRole('heading', { name: 'written-here' }).waitFor();
    expect((await server.services.packagingGroups.find('written-here'))?.group.configurations).toHaveLength(
      group.length,
    );
    expect(problems).toEqual([]);
  });

  it('writes the JSON of a packaging group by a form, and the form by the JSON', async () => {
    await server.services.packagingGroups.save('formed', group.slice(0, 2));
    const { page, problems } = await signedIn();
    await page.goto(`${server.url}/#/groups/formed`);
    const json = page.getByLabel('Packaging configurations (JSON)');
    const written = async () => JSON.parse(await json.inputValue()) as unknown;
    const cmaf = page.locator('.configuration').first();
    const duration = cmaf.locator('[data-field="CmafPackage.SegmentDurationSeconds"]');
    await duration.locator('input').fill('five');
    await duration.getByText(/expected number/).waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
    await duration.locator('input').fill('5');
    await page.getByText('This server can honour all of it.').waitFor();
    await cmaf.getByText('More of CmafPackage HlsManifests 0').click();
    await cmaf.getByLabel('AdMarkers').selectOption('SCTE35_ENHANCED');
    await cmaf.getByLabel('IncludeIframeOnlyStream').check();
    await cmaf.getByLabel('MinVideoBitsPerSecond').fill('500000');
    await cmaf.getByRole('button', { name: 'Add a DASH manifest' }).click();
    await page.locator('.configuration').nth(1).getByRole('button', { name: 'Remove configuration' }).click();
    await page.getByRole('button', { name: 'Add a configuration' }).click();
    await page.locator('.configuration').nth(1).getByLabel('Format', { exact: true }).selectOption('Smooth Streaming');
    const [of, mss] = [
      {
        ...{ SegmentDurationSeconds: 5, DashManifests: [{ ManifestName: 'index' }] },
        HlsManifests: [
          {
            ...{ ManifestName: 'index', AdMarkers: 'SCTE35_ENHANCED', IncludeIframeOnlyStream: true },
            StreamSelection: { MinVideoBitsPerSecond: 500_000 },
          },
        ],
      },
      { SegmentDurationSeconds: 6, MssManifests: [{ ManifestName: 'index' }] },
    ];
    expect(await written()).toEqual([
      { Id: 'cmaf', CmafPackage: of },
      { Id: 'dash', MssPackage: mss },
    ]);
    // The other way round; and what this server refuses can be taken out.
    const spoken = { SpekeKeyProvider: { RoleArn: 'r', SystemIds: ['s'], Url: 'u' } };
    await json.fill(JSON.stringify([{ Id: 'smooth', MssPackage: { ...mss, Encryption: spoken } }]));
    await page.getByRole('heading', { name: 'smooth' }).waitFor();
    const refused = page.locator('[data-field="MssPackage.Encryption"]');
    await refused.getByText('encryption is not supported yet').waitFor();
    await page.locator('.problem').getByText('smooth.MssPackage.Encryption: encryption is not supported yet').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await refused.getByRole('button', { name: 'Take it out' }).click();
    await page.getByText('Made of each asset: smooth (Smooth Streaming).').waitFor();
    expect(await written()).toEqual([{ Id: 'smooth', MssPackage: mss }]);
    await json.fill('[');
    await page.getByText('the form is back when it can be read').waitFor();
    await page.goto(`${server.url}/#/groups`);
    await page.locator('[data-group="formed"]').getByText('cmaf: HLS over CMAF · dash: DASH').waitFor();
    expect(problems).toEqual([]);
  });

  it('has its work counted at /metrics', async () => {
    const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${server.secret}` } });
    const text = await response.text();
    const value = (series: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${series} `))
          ?.split(' ')[1],
      );
    expect(value('reelway_jobs_ended_total{kind="package-endpoint",status="done"}')).toBeGreaterThanOrEqual(2);
    expect(value('reelway_jobs_ended_total{kind="package-endpoint",status="failed"}')).toBeGreaterThanOrEqual(2);
    expect(value('reelway_step_failures_total{code="source_not_found",outcome="failed"}')).toBeGreaterThanOrEqual(2);
    expect(value('reelway_written_bytes_total')).toBeGreaterThan(1e6);
    expect(value('reelway_dead_letters')).toBe(0);
    expect(value('reelway_workers')).toBeGreaterThanOrEqual(0);
  });

  const places = [
    '',
    'assets',
    'assets/new',
    'assets/of/lecture-7',
    'groups',
    'groups/lectures',
    'groups/new',
    'jobs',
    'health',
  ];
  const looks = [
    { name: 'on a dark phone', options: { colorScheme: 'dark', viewport: { width: 360, height: 740 } } },
    ...(longTests ? [{ name: 'on a light desktop (long)', options: { colorScheme: 'light' } } as const] : []),
  ] as const;
  it.each(looks)('can be read by all, no finding of axe, nothing wider than the screen, $name', async ({ options }) => {
    const { page } = await watched(options);
    const findings: unknown[] = [];
    await page.goto(server.url);
    await page.getByLabel('API token').waitFor();
    findings.push(...(await axeFindings(page)));
    await signIn(page, server);
    for (const place of [...places, `jobs/${encodeURIComponent('asset:never')}`]) {
      await page.goto(`${server.url}/#/${place}`);
      await page.waitForLoadState('networkidle');
      findings.push(...(await axeFindings(page)).map((finding) => ({ place, ...finding })));
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider, `${place} is wider than the screen`).toBeLessThanOrEqual(0);
    }
    expect(findings).toEqual([]);
  });

  it('is used with the keyboard alone', async () => {
    const { context } = await signedIn();
    const page = await context.newPage();
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Now' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('To the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    // Back over "Sign out".
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toBe('Health');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Health', level: 1 }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    expect(await page.title()).toBe('Health · Reelway');
  });

  it("shows times in the operator's zone", async () => {
    const { page } = await signedIn({ timezoneId: 'Asia/Tokyo' });
    await page.getByText('Times are of Asia/Tokyo.').waitFor();
    await page.goto(`${server.url}/#/health`);
    const time = page.locator('dd time').first();
    await time.waitFor();
    const iso = (await time.getAttribute('datetime'))!;
    const inTokyo = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'Asia/Tokyo' });
    expect(await time.innerText()).toContain(inTokyo.format(new Date(iso)));
  });
});

/** Serves the sample under any folder; of two segments only the heads, which are looked at first, until it is told to let go. */
async function slowSource(folder: string) {
  let letGo = () => {};
  const open = new Promise<void>((resolve) => (letGo = resolve));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = (request.url ?? '').replace(/^\/[^/]+\//, '');
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const bytes = await readFile(path.join(folder, path.posix.normalize(`/${name}`)));
    if (!range) {
      if (/[34]\.ts$/.test(name)) await open;
      response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
      return;
    }
    const start = Number(range[1]);
    const end = Math.min(Number(range[2]), bytes.length - 1);
    response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${bytes.length}` });
    response.end(bytes.subarray(start, end + 1));
  }
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    letGo,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
