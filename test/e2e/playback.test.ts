import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSource } from '../conformance/source.js';
import { findEndpoints } from '../conformance/result.js';
import { launchChromium } from '../support/chromium.js';
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
}

/** Seconds: what a player bridges without a person noticing. */
const largestGap = 0.1;
const quickly = 3;

const players = [
  { player: 'hls', library: 'hls.js', extension: '.m3u8', script: 'hls.js/dist/hls.min.js' },
  { player: 'dash', library: 'dash.js', extension: '.mpd', script: 'dashjs/dist/modern/umd/dash.all.min.js' },
] as const;

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
      audioStart: 0,
      heights: ['180', '360'],
    },
    {
      source: '59.94 fps with B-frames and late audio',
      make: async () => {
        const options = { rate: '60000/1001', audioDelay: 0.3, seconds: 8 };
        return (await makeSource(path.join(folder, 'source'), options)).entry;
      },
      seconds: 8,
      audioStart: 0.3,
      heights: ['72', '90'],
    },
    {
      source: 'a discontinuity, after which time begins anew',
      make: async () =>
        (await makeSource(path.join(folder, 'discontinuity'), { shape: 'discontinuity', seconds: 6 })).entry,
      seconds: 12,
      audioStart: 0,
      heights: ['90'],
    },
  ];

  describe.each(sources)('$source', ({ make, seconds, audioStart, heights }) => {
    let out: string;
    beforeAll(async () => {
      out = await mkdtemp(path.join(folder, 'out-'));
      const run = await reelway(['package', await make(), '--out', out]);
      expect(run, run.stderr).toMatchObject({ code: 0 });
    });

    it.each(players)('with $library', async ({ player, extension, script }) => {
      const manifest = await findManifest(out, extension);
      const report = await play({ browser, out, manifest, player, script });
      expect(report.errors).toEqual([]);
      expect(report.ended).toBe(true);
      expect(Math.abs(report.duration - seconds)).toBeLessThan(largestGap);
      expect(report.renditions.sort()).toEqual(heights.sort());
      expect(report.seeks.filter(([from, to]) => Math.abs(to - from) > audioStart + largestGap)).toEqual([]);
      for (const [kind, start] of [
        ['video', 0],
        ['audio', audioStart],
      ] as const) {
        const ranges = report.buffered[kind]!;
        expect(gaps(ranges), `${kind} buffered ${JSON.stringify(ranges)}`).toEqual([]);
        expect(Math.abs(ranges[0]![0] - start), `${kind} starts at ${ranges[0]![0]}`).toBeLessThan(0.03);
        expect(Math.abs(ranges.at(-1)![1] - seconds)).toBeLessThan(largestGap);
      }
    });
  });
});

async function findManifest(out: string, extension: string): Promise<string> {
  const endpoints = await findEndpoints(out);
  const manifests = endpoints.flatMap(({ folder, entries }) => entries.map((entry) => path.join(folder, entry)));
  const found = manifests.find((manifest) => manifest.endsWith(extension));
  if (!found) throw new Error(`no ${extension} among ${manifests.join(', ')}`);
  return path.relative(out, found);
}

interface Play {
  readonly browser: Browser;
  readonly out: string;
  readonly manifest: string;
  readonly player: string;
  readonly script: string;
}

async function play({ browser, out, manifest, player, script }: Play): Promise<PlayReport> {
  const modules = path.dirname(createRequire(import.meta.url).resolve('hls.js/package.json'));
  const server: StaticServer = await serveFiles({
    '/player.html': path.join(import.meta.dirname, 'player.html'),
    '/player.js': path.join(modules, '..', script),
    '/media/': out,
  });
  const page = await browser.newPage();
  try {
    const query = new URLSearchParams({ player, manifest: `/media/${manifest}`, rate: String(quickly) });
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
