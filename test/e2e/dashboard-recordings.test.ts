/// <reference lib="dom" />
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { axeFindings } from '../support/axe.js';
import { launchChromium } from '../support/chromium.js';
import { builtDashboard, openPage, signIn } from '../support/dashboard.js';
import { ffmpeg } from '../support/ffmpeg.js';
import { lesson, series, uuid } from '../support/recordings-lesson.js';
import { recordingsStage, startReelway } from '../support/recordings-stage.js';
import { longTests } from '../support/extent.js';
import { requires } from '../support/requires.js';
import { completed, signed, videoFile } from '../support/zoom-events.js';

const webhookSecret = 'webhook-secret';
const secret = 'a-secret-of-the-operator';
const settings = {
  ...{ WEBHOOK_VALIDATION_SECRET_TOKEN: webhookSecret, LOCAL_TIME_ZONE: 'America/New_York', MINIMUM_DURATION: '0' },
  REELWAY_API_TOKENS: `operator@operator:${secret},looker@viewer:a-secret-of-the-viewer`,
};
const transcript = 'WEBVTT\n\n1\n00:00:00.500 --> 00:00:01.500\nTeacher: <b>Welcome</b> to algebra.\n';
/** Friday at nine in New York. */
const csv = (day: string) =>
  `course code,type,day,start,meeting id with password,oc series\nMATH 55,Lecture,${day},09:00,https://zoom.us/j/123456789,https://oc/#/${series}\n`;

describe.runIf(requires('chromium', 'ffmpeg'))('The recordings of the dashboard', () => {
  let browser: Browser;
  let movie: Buffer;
  beforeAll(async () => {
    builtDashboard();
    const folder = mkdtempSync(path.join(tmpdir(), 'reelway-movie-'));
    const file = path.join(folder, 'movie.mp4');
    const input = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=10:duration=3'];
    const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-movflags', '+faststart'];
    await ffmpeg(...input, ...coding, file);
    movie = readFileSync(file);
    rmSync(folder, { recursive: true });
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  /** A Reelway that Zoom has announced the lesson to, and a page that is signed in. */
  async function start(as = secret) {
    const stage = await recordingsStage(settings);
    stage.zoom.addRecording({
      ...lesson,
      topic: 'Linear algebra',
      files: [
        { id: 'shared_screen', recordingType: 'shared_screen', content: movie },
        { id: 'active_speaker', recordingType: 'active_speaker', content: movie },
        {
          ...{ id: 'vtt', fileType: 'TRANSCRIPT', fileExtension: 'VTT', recordingType: 'audio_transcript' },
          content: Buffer.from(transcript),
        },
      ],
    });
    const server = await startReelway(stage);
    const files = [videoFile({ id: 'shared_screen', recording_type: 'shared_screen' })];
    const body = completed({ uuid, id: 123_456_789, topic: 'Linear algebra', startTime: lesson.startTime, files });
    await fetch(`${server.url}/new_recording`, { method: 'POST', body, headers: signed(body, webhookSecret) });
    const { page, context, problems } = await openPage(browser, server.url);
    onTestFinished(() => context.close());
    await signIn(page, { url: server.url, secret: as });
    return { stage, server, page, problems };
  }

  const upload = (page: Page, day: string) =>
    page
      .locator('input[type=file]')
      .setInputFiles({ name: 'fall.csv', mimeType: 'text/csv', buffer: Buffer.from(csv(day)) });

  it('say why one is not ingested, suggest its class, and play it when it is in Opencast', async () => {
    const { stage, server, page, problems } = await start();
    await page.getByRole('link', { name: 'Recordings', exact: true }).click();
    const row = page.locator(`[data-recording="${uuid}"]`);
    await row.getByText('no class found').waitFor();

    // A schedule is seen before it counts.
    await page.goto(`${server.url}/#/schedule/import`);
    await upload(page, 'R');
    await page.locator('[data-difference]').getByText('MATH 55 Lecture, Thursday 09:00').waitFor();
    expect(
      (await (
        await fetch(`${server.url}/api/schedule`, { headers: { authorization: `Bearer ${secret}` } })
      ).json()) as object,
    ).toMatchObject({ classes: [] });
    await page.getByRole('button', { name: 'Apply it' }).click();
    await page.getByRole('heading', { name: 'It counts now' }).waitFor();

    await page.goto(`${server.url}/#/schedule?week=2026-11-18`);
    const thursday = page.locator('.day', { hasText: 'Thursday' });
    await thursday.getByText('missing', { exact: true }).waitFor();
    // Days of the weekend are shown when they have something.
    expect(await page.locator('.day').count()).toBe(5);
    await page.getByText('Came outside of the schedule').waitFor();
    await page.getByRole('link', { name: 'no class found' }).click();

    await page.getByText('the schedule has no class of this meeting at that time').waitFor();
    const suggestion = page.getByRole('listitem').filter({ hasText: 'MATH 55 Lecture' });
    expect(await suggestion.innerText()).toMatch(/Its meeting has this class; it began 1 d later/);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Look in the schedule again' }).click();
    await page.getByText('No opencast series match').first().waitFor();
    await suggestion.getByRole('button', { name: /Ingest into it/ }).click();
    await page.locator('.title .status.done').waitFor({ timeout: 60_000 });
    expect(stage.opencast.workflows.map(({ terms }) => terms.isPartOf)).toEqual([series]);

    // What was done comes before what the schedule would do.
    const taken = page.locator(`[data-series="${series}"]`);
    expect(await taken.innerText()).toBe(`It went into series ${series} (MATH 55 Lecture): somebody asked for it.`);
    expect(await page.getByText('It is not ingested').count()).toBe(0);
    await page.getByText('By itself it would not be ingested now').waitFor();

    await page.getByText('whole and checked').first().waitFor();
    expect(await page.getByText('whole and checked').count()).toBe(3);
    // What went well needs no card; its steps are a link.
    await page.getByRole('heading', { name: 'Ingest', exact: true }).waitFor({ state: 'hidden', timeout: 30_000 });
    await page.getByRole('link', { name: 'all steps' }).waitFor();
    await page.getByText('Teacher: Welcome to algebra.').waitFor();
    expect(await page.locator('video track').getAttribute('src')).toMatch(/^media\/.*\.vtt$/i);
    await page.getByRole('button', { name: 'Active speaker' }).click();
    await page.locator('video').evaluate(async (video: HTMLVideoElement) => {
      video.muted = true;
      await video.play();
    });
    await expect
      .poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime))
      .toBeGreaterThan(0.5);
    // A line of the transcript leads to its time.
    const time = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
    await page.locator('video').evaluate((video: HTMLVideoElement) => {
      video.pause();
      video.currentTime = 2.5;
    });
    await page.getByRole('button', { name: '00:00' }).click();
    await expect.poll(time).toBe(0.5);
    const line = await page.locator('.time-line').innerText();
    expect(line).toMatch(
      /Zoom told us: recording\.completed.*no class|Zoom told us.*Ingest: not ingested.*Ingest: in Opencast/s,
    );
    await page.getByText(/What Zoom sent/).click();
    await page.getByRole('button', { name: /^Replay/ }).click();
    expect(await axeFindings(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('are found by words, days and state, and asked for by a link from Zoom', async () => {
    const { stage, server, page, problems } = await start();
    await page.goto(`${server.url}/#/recordings`);
    const row = page.locator(`[data-recording="${uuid}"]`);
    await row.waitFor();
    expect(await row.innerText()).toMatch(/Linear algebra\s+123456789.*52 min/s);
    await page.getByLabel('Search').fill('geometry');
    await page.getByText('No recording is like that.').waitFor();
    await page.getByLabel('Search').fill('ALGEBRA');
    await row.waitFor();
    await page.getByLabel('State').selectOption('done');
    await row.waitFor({ state: 'detached' });
    await page.getByLabel('State').selectOption('not ingested');
    await page.getByLabel('From', { exact: true }).fill('2026-11-20');
    // A day of the reader's, who is in New York.
    const asked = page.waitForRequest(/from=2026-11-20T05%3A00%3A00.000Z&to=2026-11-21T05%3A00%3A00.000Z/);
    await page.getByLabel('To').fill('2026-11-20');
    await asked;
    await page.getByLabel('Only those without a class').check();
    await row.waitFor();
    await page.reload();
    await row.waitFor();
    await page.getByLabel('From', { exact: true }).fill('2026-11-21');
    await row.waitFor({ state: 'detached' });

    await page.getByRole('link', { name: 'Ingest from Zoom' }).click();
    await page.getByLabel('Link from Zoom').fill(`https://zoom.us/recording/detail?meeting_id=${uuid}`);
    await page.getByLabel('Opencast series').fill(series);
    await page.getByRole('button', { name: 'Ingest it' }).click();
    await page.locator('.title .status.done').waitFor({ timeout: 60_000 });
    expect(page.url()).toContain(encodeURIComponent('recording:'));

    // Of those that nobody announced, some are chosen.
    const others = ['first', 'second', 'third'].map((name) => ({
      uuid: `${name}AAAAAAAAAAAAAA==`,
      topic: `The ${name}`,
    }));
    for (const other of others) stage.zoom.addRecording({ ...lesson, ...other });
    await page.goto(`${server.url}/#/recordings/ingest`);
    await page.getByLabel('From', { exact: true }).fill('2026-11-20');
    await page.getByRole('button', { name: 'Look for them' }).click();
    const found = page.locator('[data-look]');
    await found.getByText('Zoom has 4: 1 are known here, 0 are not ready yet, 3 are new.').waitFor({ timeout: 30_000 });
    const button = page.getByRole('button', { name: /^Ingest the/ });
    expect(await button.isDisabled()).toBe(true);
    await page.getByLabel('Choose all').check();
    expect(await button.innerText()).toBe('Ingest the 3 chosen');
    await page.getByLabel('The second').uncheck();
    expect(await axeFindings(page)).toEqual([]);
    await found.getByLabel('Opencast series').fill(series);
    await button.click();
    for (const { uuid: chosen } of [others[0]!, others[2]!])
      await page.locator(`[data-found="${chosen}"]`).getByText('being ingested').waitFor();
    expect(await page.locator(`[data-found="${others[1]!.uuid}"]`).innerText()).toContain('would be ignored');
    await page.locator(`[data-found="${others[0]!.uuid}"]`).getByRole('link', { name: 'its steps' }).click();
    await page.getByRole('heading', { name: 'Steps' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('are shown to viewers without what they may not do', async () => {
    const { server, page } = await start('a-secret-of-the-viewer');
    const at = `${server.url}/api/recordings/${encodeURIComponent(uuid)}/rematch`;
    const headers = { authorization: 'Bearer a-secret-of-the-viewer' };
    const refused = await fetch(at, { method: 'POST', headers });
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({
        code: 'forbidden',
        detail: 'The token looker is of a viewer; this needs an operator.',
      }),
    ]);
    expect(
      (await fetch(`${server.url}/ingest`, { method: 'POST', headers, body: JSON.stringify({ uuid }) })).status,
    ).toBe(403);
    const group = await fetch(`${server.url}/api/packaging-groups/x`, {
      ...{ method: 'PUT', body: '[]' },
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    });
    expect(group.status).toBe(403);
    await page.goto(`${server.url}/#/recordings/of/${encodeURIComponent(uuid)}`);
    await page.getByRole('heading', { name: 'Class' }).waitFor();
    expect(await page.getByRole('button', { name: 'Look in the schedule again' }).count()).toBe(0);
    expect(await page.getByRole('link', { name: /another series/ }).count()).toBe(0);
    await page.goto(`${server.url}/#/recordings`);
    await page.locator(`[data-recording="${uuid}"]`).waitFor();
    expect(await page.getByRole('link', { name: 'Ingest from Zoom' }).count()).toBe(0);
    await page.goto(`${server.url}/#/recordings/ingest`);
    await page.getByText('This needs the token of an operator.').waitFor();
    expect(
      await page
        .getByRole('button')
        .filter({ hasText: /Ingest|Take|Look/ })
        .count(),
    ).toBe(0);
    await page.goto(`${server.url}/#/health`);
    await page.getByText('Zoom has not validated the address yet.').waitFor();
    await page.getByText('looker').waitFor();
    await page.goto(`${server.url}/#/assets`);
    await page.getByText('Nothing is playable yet.').waitFor();
    expect(await page.getByRole('link', { name: 'New asset' }).count()).toBe(0);
    expect(await page.locator('[data-drop]').count()).toBe(0);
    await page.goto(`${server.url}/#/groups/new`);
    await page.getByText('This server can honour all of it.').waitFor();
    expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
  });

  it.each([
    { name: 'on a light desktop', options: { colorScheme: 'light' } },
    ...(longTests
      ? [
          {
            name: 'on a dark phone (long)',
            options: { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
          } as const,
        ]
      : []),
  ] as const)('can be read by all $name', async ({ options }) => {
    const { server, page: signedIn } = await start();
    await signedIn.close();
    const { page, context } = await openPage(browser, server.url, options);
    onTestFinished(() => context.close());
    await signIn(page, { url: server.url, secret });
    await page.goto(`${server.url}/#/schedule/import`);
    await upload(page, 'R');
    await page.getByRole('button', { name: 'Apply it' }).waitFor();
    const findings: unknown[] = [...(await axeFindings(page))];
    await page.getByRole('button', { name: 'Apply it' }).click();
    await page.getByRole('heading', { name: 'It counts now' }).waitFor();
    for (const place of [
      'recordings',
      `recordings/of/${encodeURIComponent(uuid)}`,
      'recordings/ingest',
      'schedule?week=2026-11-18',
      'health',
    ]) {
      await page.goto(`${server.url}/#/${place}`);
      await page.waitForLoadState('networkidle');
      findings.push(...(await axeFindings(page)).map((finding) => ({ place, ...finding })));
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider, `${place} is wider than the screen`).toBeLessThanOrEqual(0);
    }
    expect(findings).toEqual([]);
  });
});
