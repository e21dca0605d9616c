import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpeg } from '../support/ffmpeg.js';
import { reelway } from '../support/reelway.js';
import { allCases } from '../support/extent.js';
import { requires } from '../support/requires.js';
import { makeSource } from './source.js';

/** Seconds, and what is shown. */
type Line = readonly [start: number, end: number, text: string];

const lines: readonly Line[] = [
  [1.5, 2.75, 'begins late'],
  [3, 9.1, '<i>slanted</i>, over segments'],
  [9.1, 10, 'right after it\nin two lines'],
];
const HlsManifests = [{ ManifestName: 'index' }];
const SegmentDurationSeconds = 4;
const configurations = [
  { Id: 'webvtt', CmafPackage: { HlsManifests, SegmentDurationSeconds } },
  { Id: 'wvtt', CmafPackage: { HlsManifests, SegmentDurationSeconds, TextFormat: 'WVTT' } },
  { Id: 'stpp', CmafPackage: { HlsManifests, SegmentDurationSeconds, TextFormat: 'STPP' } },
];
/** Sound is primed before the pictures, which are where they were beside it. */
const priming = 1024 / 48_000;

const sources = [
  { name: 'an MP4', shape: 'MP4 without audio', flags: [], begin: 0, pause: true },
  { name: 'an MP4 with sound', shape: 'MP4', flags: [], begin: priming, pause: true },
  {
    name: 'a fragmented MP4',
    shape: 'MP4 without audio',
    begin: 0,
    // ffmpeg writes no sample for it there: the text before lasts until the next.
    pause: false,
    flags: ['-movflags', 'frag_keyframe+empty_moov+default_base_moof'],
  },
] as const;

describe.runIf(requires('ffmpeg')).each(allCases ? sources : sources.slice(1))(
  'timed text that ffmpeg puts into $name',
  ({ shape, flags, begin, pause }) => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'reelway-texts-'));
      const { entry } = await makeSource(path.join(folder, 'source'), { shape, seconds: 12 });
      for (const language of ['en', 'fr']) await writeFile(path.join(folder, `${language}.srt`), subRip(language));
      const source = path.join(folder, 'source.mp4');
      await ffmpeg(
        ...['-i', entry, '-i', path.join(folder, 'en.srt'), '-i', path.join(folder, 'fr.srt')],
        ...['-map', '0', '-map', '1', '-map', '2', '-c', 'copy', '-c:s', 'mov_text'],
        ...['-metadata:s:s:0', 'language=eng', '-metadata:s:s:0', 'title=Spoken', '-metadata:s:s:1', 'language=fra'],
        ...[...flags, source],
      );
      await packageInto('first', source);
      for (const id of ['wvtt', 'stpp']) await packageInto(`again-${id}`, path.join(folder, `first/${id}/index.m3u8`));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const packageInto = async (name: string, source: string) => {
      const [out, group] = [path.join(folder, name), path.join(folder, 'group.json')];
      await writeFile(group, JSON.stringify(configurations));
      const run = await reelway(['package', source, '--out', out, '--config', group]);
      expect(run, run.stderr).toMatchObject({ code: 0 });
      expect(run.stderr).not.toContain('left out');
    };

    it('is announced with its languages and its name', async () => {
      const manifest = await readFile(path.join(folder, 'first/webvtt/index.m3u8'), 'utf8');
      expect(manifest).toMatch(/TYPE=SUBTITLES,.*NAME="Spoken",LANGUAGE="en"/);
      expect(manifest).toMatch(/TYPE=SUBTITLES,.*NAME="French",LANGUAGE="fr"/);
    });

    it.each(['first', 'again-wvtt', 'again-stpp'])('is shown when it was, as ffmpeg reads WebVTT: %s', async (run) => {
      for (const [nth, language] of ['en', 'fr'].entries()) {
        const read = await webVttLines(path.join(folder, run, 'webvtt', `text_${nth + 1}`));
        const expected = lines.map(([start, end, text]) => [
          expect.closeTo(start + begin, 2) as number,
          expect.closeTo((end === 2.75 && !pause ? 3 : end) + begin, 2) as number,
          `${text} ${language}`,
        ]);
        expect(read).toEqual(expected);
      }
    });

    it.each([
      ['wvtt', [0, 1.5, ...(pause ? [2.75] : []), 3, 4, 8, 9.1, 10]],
      ['stpp', [0, 4, 8]],
    ])('is in fragments of %s: a sample from each change to the next, and from each cut', async (format, starts) => {
      const found = await packetStarts(path.join(folder, 'first', format, 'text_1'), folder);
      expect(found).toEqual(starts.map((start) => expect.closeTo(start + begin, 2) as number));
    });
  },
);

function subRip(language: string): string {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 23).replace('.', ',');
  return lines
    .map(([start, end, text], index) => `${index + 1}\n${time(start)} --> ${time(end)}\n${text} ${language}\n`)
    .join('\n');
}

const byNumber = (a: string, b: string) => Number.parseInt(a, 10) - Number.parseInt(b, 10);

/** What ffmpeg finds in segments of WebVTT, each cue once: one that lasts over segments stands whole in each. */
async function webVttLines(folder: string): Promise<Line[]> {
  const found = new Map<string, Line>();
  for (const name of (await readdir(folder)).sort(byNumber)) {
    const read = await ffmpeg('-f', 'webvtt', '-i', path.join(folder, name), '-f', 'srt', '-');
    for (const block of read.replaceAll('\r', '').split('\n\n')) {
      const [, times = '', ...text] = block.trim().split('\n');
      if (text.length > 0) found.set(block.replace(/^\s*\d+\n/, ''), [...seconds(times), text.join('\n')]);
    }
  }
  return [...found.values()].sort(([a], [b]) => a - b);
}

function seconds(times: string): [number, number] {
  const [start = NaN, end = NaN] = times.split(' --> ').map((time) => {
    const [hours, minutes, rest] = time.replace(',', '.').split(':').map(Number) as [number, number, number];
    return (hours * 60 + minutes) * 60 + rest;
  });
  return [start, end];
}

/** When the packets begin that ffprobe finds in the header and all segments of a track, one after the other. */
async function packetStarts(folder: string, into: string): Promise<number[]> {
  const segments = (await readdir(folder)).filter((name) => name.endsWith('.m4s')).sort(byNumber);
  const parts = ['init.mp4', ...segments].map((name) => readFile(path.join(folder, name)));
  const file = path.join(into, 'track.mp4');
  await writeFile(file, Buffer.concat(await Promise.all(parts)));
  const { stdout } = await promisify(execFile)('ffprobe', [
    ...['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'json', file],
  ]);
  const { packets } = JSON.parse(stdout) as { packets: { pts_time: string }[] };
  return packets.map(({ pts_time }) => Number(pts_time));
}
