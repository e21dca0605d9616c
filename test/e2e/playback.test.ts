import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSource } from '../conformance/source.js';
import { addEvents, eventTimes } from '../support/eventful-source.js';
import { launchChromium } from '../support/chromium.js';
import { allCases } from '../support/extent.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { serveFiles, type StaticServer } from '../support/static-server.js';

/** What player.html keeps. Times in seconds. */
interface PlayReport {
  ended: boolean;
  errors: string[];
  duration: number;
  position: number;
  frames: number;
  renditions: string[];
  buffered: Record<string, [number, number][]>;
  seeks: [number, number][];
  cues: [number, number, string][];
  languages: string[];
  events: [string, number][];
}

/** Seconds: what a player bridges without a person noticing. */
const largestGap = 0.1;
const quickly = 6;
/** Subtitles are loaded beside the media and must not come after what they go with, and the next Period not after the end of one of a few seconds. */
const calmly = 3;
/** Seconds: players of transport streams take the first decode time for 0, so that pictures begin by their reordering later. */
const reordering = 0.1;

/** A machine that is busy otherwise makes a player wait, which is what these tests look for; the second time it has to play without. */
const busyMachine = { retry: 1 };

const scripts = {
  hls: 'hls.js/dist/hls.min.js',
  dash: 'dashjs/dist/modern/umd/dash.all.min.js',
  smooth: 'dashjs/dist/modern/umd/dash.mss.min.js',
  shaka: 'shaka-player/dist/shaka-player.compiled.js',
} as const;

/** Which player is given which output. */
const players = [
  { player: 'hls', library: 'hls.js', endpoint: 'cmaf', manifest: 'index.m3u8' },
  { player: 'hls', library: 'hls.js', endpoint: 'hls', manifest: 'index.m3u8' },
  { player: 'hls', library: 'hls.js', endpoint: 'hls_apart', manifest: 'index.m3u8' },
  { player: 'dash', library: 'dash.js', endpoint: 'dash', manifest: 'index.mpd' },
  // Shaka Player plays Smooth Streaming no more, since version 5.
  { player: 'dash', library: 'dash.js', endpoint: 'mss', manifest: 'index.ism/Manifest' },
  { player: 'shaka', library: 'Shaka Player', endpoint: 'both', manifest: 'index.m3u8' },
  { player: 'shaka', library: 'Shaka Player', endpoint: 'both', manifest: 'index.mpd' },
  { player: 'hls', library: 'hls.js', endpoint: 'single', manifest: 'index.m3u8' },
  { player: 'hls', library: 'hls.js', endpoint: 'hls_single', manifest: 'index.m3u8' },
  { player: 'dash', library: 'dash.js', endpoint: 'single', manifest: 'index.mpd' },
  { player: 'shaka', library: 'Shaka Player', endpoint: 'single', manifest: 'index.m3u8' },
  { player: 'shaka', library: 'Shaka Player', endpoint: 'single', manifest: 'index.mpd' },
] as const;

const HlsManifests = [{ ManifestName: 'index' }];
const configurations = [
  { Id: 'cmaf', CmafPackage: { HlsManifests } },
  { Id: 'dash', DashPackage: { DashManifests: HlsManifests } },
  { Id: 'both', CmafPackage: { HlsManifests, DashManifests: HlsManifests } },
  { Id: 'single', CmafPackage: { HlsManifests, DashManifests: HlsManifests, SegmentLayout: 'SINGLE_FILE' } },
  { Id: 'hls_single', HlsPackage: { HlsManifests, SegmentLayout: 'SINGLE_FILE' } },
  { Id: 'mss', MssPackage: { MssManifests: HlsManifests } },
  { Id: 'hls', HlsPackage: { HlsManifests, SegmentDurationSeconds: 5 } },
  { Id: 'hls_apart', HlsPackage: { HlsManifests, UseAudioRenditionGroup: true } },
];

describe.runIf(requires('ffmpeg', 'chromium'))('Chromium plays to the end, without a gap or an error,', () => {
  let folder: string;
  let browser: Browser;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'reelway-playback-'));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const sources = [
    {
      source: 'the sample',
      make: () => Promise.resolve(path.join(projectRoot, 'examples/sample/index.m3u8')),
      seconds: 24,
      heights: ['180', '360'],
    },
    {
      source: '59.94 fps with B-frames and late audio',
      make: async () => {
        const options = { rate: '60000/1001', audioDelay: 0.3, seconds: 12 };
        return (await makeSource(path.join(folder, 'source'), options)).entry;
      },
      seconds: 12,
      late: true,
      heights: ['72', '90'],
    },
    {
      source: 'sound that begins over two segments after the picture',
      make: async () => (await makeSource(path.join(folder, 'late'), { audioDelay: 4.5, seconds: 12 })).entry,
      seconds: 12,
      late: true,
      heights: ['72', '90'],
    },
    {
      source: 'a discontinuity, after which time begins anew',
      make: async () =>
        (await makeSource(path.join(folder, 'discontinuity'), { shape: 'discontinuity', seconds: 6 })).entry,
      seconds: 12,
      heights: ['90'],
      parts: 2,
    },
  ];

  describe.each(sources.filter(({ late }) => allCases || !late))(
    '$source',
    ({ make, seconds, heights, late, parts = 1 }) => {
      const able = players.filter(({ endpoint, player, manifest }) => {
        // `npm run conformance:players` plays every output of every source; `npm test` of one those that differ most, and of the others what differs there.
        const differs = ['dash', 'cmaf'].includes(endpoint);
        const once =
          !['hls', 'hls_single'].includes(endpoint) &&
          !(endpoint === 'single' && player !== 'hls') &&
          !(player === 'shaka' && manifest.endsWith('m3u8'));
        if (!allCases && !(parts > 1 ? differs : once)) return false;
        return endpoint !== 'mss' || parts === 1;
      });
      let out: string;
      beforeAll(async () => {
        out = await mkdtemp(path.join(folder, 'out-'));
        const group = path.join(out, 'group.json');
        const asked = configurations.filter(({ Id }) => able.some(({ endpoint }) => endpoint === Id));
        await writeFile(group, JSON.stringify(asked));
        const run = await reelway(['package', await make(), '--out', out, '--config', group]);
        expect(run, run.stderr).toMatchObject({ code: 0 });
      });

      it.each(able)('$endpoint with $library', busyMachine, async ({ player, endpoint, manifest: name }) => {
        const manifest = `${endpoint}/${name}`;
        const report = await play({ browser, out, manifest, player });
        expect(report.errors).toEqual([]);
        expect(report.ended).toBe(true);
        const off = endpoint.startsWith('hls') ? reordering * parts : largestGap;
        expect(Math.abs(report.duration - seconds)).toBeLessThan(off);
        // Of segments of 5 s hls.js has a short source whole before it could switch, where it begins at once.
        if (endpoint !== 'hls' || !late) expect(report.renditions.sort()).toEqual(heights.sort());
        expect(report.seeks.filter(([from, to]) => Math.abs(to - from) > largestGap)).toEqual([]);
        for (const kind of ['video', 'audio']) {
          const ranges = report.buffered[kind]!;
          expect(gaps(ranges), `${kind} buffered ${JSON.stringify(ranges)}`).toEqual([]);
          const start = ranges[0]![0];
          expect(start, `${kind} starts at ${start}`).toBeLessThan(endpoint.startsWith('hls') ? reordering : 0.03);
          expect(Math.abs(ranges.at(-1)![1] - seconds)).toBeLessThan(off);
        }
      });
    },
  );

  describe('timed metadata', () => {
    let out: string;
    beforeAll(async () => {
      const source = path.join(folder, 'events');
      const { entry } = await makeSource(source, { shape: 'media playlist', seconds: 8 });
      await addEvents(entry);
      out = await mkdtemp(path.join(folder, 'out-'));
      const group = path.join(out, 'group.json');
      const asked = [
        { Id: 'cmaf', CmafPackage: { HlsManifests } },
        { Id: 'dash', DashPackage: { DashManifests: HlsManifests, PeriodTriggers: ['ADS'] } },
      ];
      await writeFile(group, JSON.stringify(asked));
      const run = await reelway(['package', entry, '--out', out, '--config', group]);
      expect(run, run.stderr).toMatchObject({ code: 0 });
    });

    it.each([
      ['hls', 'cmaf/index.m3u8'],
      ['dash', 'dash/index.mpd'],
      ['shaka', 'dash/index.mpd'],
    ] as const)('%s tells of that of %s', async (player, manifest) => {
      const report = await play({ browser, out, manifest, player, rate: calmly });
      expect(report.errors).toEqual([]);
      expect(report.ended).toBe(true);
      const told = (scheme: RegExp) => report.events.filter(([name]) => scheme.test(name)).map(([, time]) => time);
      const near = (times: readonly number[]) => times.map((time) => expect.closeTo(time, 1) as number);
      expect(told(/ID3/).sort((a, b) => a - b)).toEqual(near(eventTimes.id3));
      expect(told(/scte35/)).toEqual(near(player === 'hls' ? [] : [eventTimes.leave]));
      expect(gaps(report.buffered.video!), JSON.stringify(report.buffered)).toEqual([]);
    });
  });

  describe('subtitles and sound in two languages', () => {
    let out: string;
    const cues = [
      [1, 2.5, 'One'],
      [3, 9, 'Over segments'],
      [10.5, 11.5, 'Late'],
    ] as const;
    beforeAll(async () => {
      const source = path.join(folder, 'languages');
      const { entry } = await makeSource(source, { shape: 'MP4 in two languages', seconds: 12 });
      out = await mkdtemp(path.join(folder, 'out-'));
      const smil = path.join(path.dirname(entry), 'index.smil');
      for (const language of ['en', 'fr']) await writeFile(`${smil}.${language}.srt`, subRip(cues, language));
      await writeFile(
        smil,
        `<smil><body><video src="${path.basename(entry)}" systemLanguage="eng,fra"/>
        <textstream src="index.smil.en.srt" systemLanguage="eng"/><textstream src="index.smil.fr.srt" systemLanguage="fra"/></body></smil>`,
      );
      const group = path.join(out, 'group.json');
      const SegmentDurationSeconds = 2;
      const asked = [
        { Id: 'cmaf', CmafPackage: { HlsManifests, SegmentDurationSeconds } },
        { Id: 'cmaf_wvtt', CmafPackage: { HlsManifests, SegmentDurationSeconds, TextFormat: 'WVTT' } },
        { Id: 'cmaf_stpp', CmafPackage: { HlsManifests, SegmentDurationSeconds, TextFormat: 'STPP' } },
        { Id: 'dash', DashPackage: { DashManifests: HlsManifests, SegmentDurationSeconds } },
        { Id: 'dash_wvtt', DashPackage: { DashManifests: HlsManifests, SegmentDurationSeconds, TextFormat: 'WVTT' } },
        { Id: 'mss', MssPackage: { MssManifests: HlsManifests, SegmentDurationSeconds } },
        { Id: 'hls', HlsPackage: { HlsManifests, SegmentDurationSeconds, UseAudioRenditionGroup: true } },
      ];
      await writeFile(group, JSON.stringify(asked));
      const run = await reelway(['package', smil, '--out', out, '--config', group]);
      expect(run, run.stderr).toMatchObject({ code: 0 });
    });

    // Every player with one form of subtitles.
    const some = [
      ['hls', 'cmaf_stpp/index.m3u8'],
      ['dash', 'dash/index.mpd'],
      ['shaka', 'cmaf_wvtt/index.m3u8'],
    ] as const;
    const others = [
      ['hls', 'hls/index.m3u8'],
      ['hls', 'cmaf/index.m3u8'],
      ['dash', 'mss/index.ism/Manifest'],
      ['dash', 'dash_wvtt/index.mpd'],
      ['shaka', 'dash_wvtt/index.mpd'],
      ['shaka', 'hls/index.m3u8'],
      ['shaka', 'cmaf_stpp/index.m3u8'],
      ['shaka', 'dash/index.mpd'],
    ] as const;
    it.each(allCases ? [...some, ...others] : some)('%s shows and plays those of %s', busyMachine, showsText);

    async function showsText(player: keyof typeof scripts, manifest: string): Promise<void> {
      const report = await play({ browser, out, manifest, player, rate: calmly, language: 'fr' });
      expect(report.errors).toEqual([]);
      expect(report.ended).toBe(true);
      expect(report.languages.map((tag) => tag.slice(0, 2))).toEqual(['en', 'fr']);
      const shown = report.cues.sort(([a], [b]) => a - b).map(([start, end, text]) => [start, end, text] as const);
      expect(shown.map(([, , text]) => text)).toEqual(cues.map(([, , text]) => `${text} fr`));
      for (const [index, [start, end]] of shown.entries()) {
        expect(Math.abs(start - cues[index]![0]), JSON.stringify(shown)).toBeLessThan(largestGap);
        expect(Math.abs(end - cues[index]![1]), JSON.stringify(shown)).toBeLessThan(largestGap);
      }
    }
  });
});

function subRip(cues: readonly (readonly [number, number, string])[], language: string): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 23).replace('.', ',');
  return cues
    .map(([start, end, text], index) => `${index + 1}\n${time(start)} --> ${time(end)}\n${text} ${language}\n`)
    .join('\n');
}

interface Play {
  readonly browser: Browser;
  readonly out: string;
  readonly manifest: string;
  readonly player: keyof typeof scripts;
  /** times the speed of watching; default: `quickly` */
  readonly rate?: number;
  /** What is switched to in the middle, and shown. */
  readonly language?: string;
}

async function play({ browser, out, manifest, player, rate = quickly, language }: Play): Promise<PlayReport> {
  const modules = path.dirname(createRequire(import.meta.url).resolve('hls.js/package.json'));
  const server: StaticServer = await serveFiles({
    '/player.html': path.join(import.meta.dirname, 'player.html'),
    '/player.js': path.join(modules, '..', scripts[player]),
    // What dash.js needs for Smooth Streaming; the others pass it over.
    '/player-mss.js': path.join(modules, '..', player === 'dash' ? scripts.smooth : scripts[player]),
    '/media/': out,
  });
  const page = await browser.newPage();
  try {
    const query = new URLSearchParams({
      player,
      manifest: `/media/${manifest}`,
      rate: String(rate),
      ...(language && { language }),
    });
    await page.goto(`${server.url}/player.html?${query.toString()}`);
    const settled = 'window.report.ended || window.report.errors.length > 0';
    await page.waitForFunction(settled, undefined, { timeout: 45_000 }).catch(() => undefined);
    return await page.evaluate<PlayReport>('window.report');
  } finally {
    await page.close();
    await server.close();
  }
}

/** Holes between ranges that are longer than a player bridges unnoticed. */
function gaps(ranges: readonly (readonly [number, number])[]): number[] {
  return ranges.slice(1).flatMap(([start], index) => {
    const hole = start - ranges[index]![1];
    return hole > largestGap ? [hole] : [];
  });
}
