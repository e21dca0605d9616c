import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMediaPlaylist } from '../../src/manifest/hls/read-media-playlist.js';
import { decode, ffmpeg, packetTimes } from '../support/ffmpeg.js';
import { fragmentTimes } from '../support/fragment-times.js';
import { projectRoot, reelway } from '../support/reelway.js';
import { allCases } from '../support/extent.js';
import { requires } from '../support/requires.js';

const HlsManifests = [{ ManifestName: 'index', IncludeIframeOnlyStream: true }];
const DashManifests = [{ ManifestName: 'index' }];
const configurations = [
  { Id: 'hls', HlsPackage: { HlsManifests } },
  { Id: 'cmaf', CmafPackage: { HlsManifests, SegmentDurationSeconds: 8 } },
  { Id: 'dash', DashPackage: { DashManifests, IncludeIframeOnlyStream: true, SegmentDurationSeconds: 8 } },
  { Id: 'single', CmafPackage: { HlsManifests, SegmentDurationSeconds: 8, SegmentLayout: 'SINGLE_FILE' } },
  { Id: 'hls_single', HlsPackage: { HlsManifests, SegmentLayout: 'SINGLE_FILE' } },
  {
    Id: 'dash_single',
    DashPackage: { DashManifests, IncludeIframeOnlyStream: true, SegmentLayout: 'SINGLE_FILE' },
  },
  { Id: 'in_band', DashPackage: { DashManifests, IncludeEncoderConfigurationInSegments: true } },
];

describe.runIf(requires('ffmpeg'))('key pictures by themselves', () => {
  let out: string;
  const source = path.join(projectRoot, 'examples/sample/360p/index.m3u8');
  let keyFrames: string[];
  let keyTimes: number[];

  async function packageSample(): Promise<void> {
    const group = path.join(out, 'group.json');
    await writeFile(group, JSON.stringify(configurations));
    const run = await reelway([
      ...['package', path.join(projectRoot, 'examples/sample/index.m3u8'), '--out', out, '--config', group],
    ]);
    expect(run, run.stderr).toMatchObject({ code: 0 });
  }

  beforeAll(async () => {
    out = await mkdtemp(path.join(tmpdir(), 'reelway-i-frames-'));
    await packageSample();
    keyFrames = await framesOf(source, '-skip_frame', 'nokey');
    const [video] = await packetTimes(source);
    const first = video!.packets[0]!.presentation;
    keyTimes = video!.packets.filter(({ key }) => key).map(({ presentation }) => (presentation - first) / 90_000);
    expect(keyFrames.length).toBeGreaterThan(5);
    expect(keyTimes).toHaveLength(keyFrames.length);
  });
  afterAll(() => rm(out, { recursive: true, force: true }));

  it.each(allCases ? ['hls', 'cmaf', 'single', 'hls_single'] : ['cmaf', 'hls_single'])(
    'each range of the I-frame playlist of %s is one of the source',
    async (endpoint) => {
      const folder = path.join(out, endpoint);
      const master = await readFile(path.join(folder, 'index.m3u8'), 'utf8');
      expect(master).toMatch(
        /#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=\d+,.*CODECS="avc1\.64001e",RESOLUTION=640x360,URI="index_iframes\.m3u8"/,
      );
      const { segments, iFramesOnly } = readMediaPlaylist(
        await readFile(path.join(folder, 'index_iframes.m3u8'), 'utf8'),
      );
      expect(iFramesOnly).toBe(true);
      const frames: string[] = [];
      const times: number[] = [];
      let time = 0;
      for (const [index, { uri, byteRange, map, duration }] of segments.entries()) {
        const { offset, length } = byteRange!;
        const bytes = (await readFile(path.join(folder, uri))).subarray(offset, offset + length);
        const { offset: from, length: size } = map?.byteRange ?? { offset: 0, length: Infinity };
        const init = map ? (await readFile(path.join(folder, map.uri))).subarray(from, from + size) : Buffer.alloc(0);
        const file = path.join(out, `${endpoint}-${index}.${map ? 'mp4' : 'ts'}`);
        await writeFile(file, Buffer.concat([init, bytes]));
        frames.push(...(await framesOf(file)));
        times.push(time);
        time += duration;
      }
      expect(frames).toEqual(keyFrames);
      for (const [index, expected] of keyTimes.entries()) expect(times[index]).toBeCloseTo(expected, 4);
      expect(time).toBeCloseTo(24, 3);
    },
  );

  it.each(allCases ? ['hls', 'cmaf', 'single', 'hls_single'] : ['hls', 'single'])(
    'are known again when %s is repaired, without reading all of the source',
    async (endpoint) => {
      const playlist = path.join(out, endpoint, 'index_iframes.m3u8');
      const before = await readFile(playlist, 'utf8');
      await rm(playlist);
      await packageSample();
      expect(await readFile(playlist, 'utf8')).toBe(before);
    },
  );

  it('are a track for trick play in DASH, at their times', async () => {
    const folder = path.join(out, 'dash');
    const mpd = await readFile(path.join(folder, 'index.mpd'), 'utf8');
    expect(mpd).toMatch(
      /<EssentialProperty schemeIdUri="http:\/\/dashif.org\/guidelines\/trickmode" value="0"\/>[^]*<Representation id="video_1_iframes"[^>]*codingDependency="false"/,
    );
    const files = ['init.mp4', '1.m4s', '2.m4s', '3.m4s'].map((name) => path.join(folder, 'video_1_iframes', name));
    const joined = path.join(out, 'trick.mp4');
    await writeFile(joined, Buffer.concat(await Promise.all(files.map((file) => readFile(file)))));
    expect((await decode(joined))[0]?.frames).toEqual(keyFrames);
    const [track] = await fragmentTimes(joined);
    const first = track!.packets[0]!.presentation;
    const shown = track!.packets.map(({ presentation }) => (presentation - first) / track!.timescale);
    for (const [index, expected] of keyTimes.entries()) expect(shown[index]).toBeCloseTo(expected, 4);
    expect(track!.packets.every(({ key }) => key)).toBe(true);
  });

  it('are one file for trick play in DASH, which ffmpeg decodes as it is', async () => {
    const file = path.join(out, 'dash_single/video_1_iframes/media.mp4');
    expect((await decode(file))[0]?.frames).toEqual(keyFrames);
  });

  it('bring their parameter sets when those are to be in segments', async () => {
    const folder = path.join(out, 'in_band');
    expect(await readFile(path.join(folder, 'index.mpd'), 'utf8')).toContain('codecs="avc3.64001e"');
    const init = await readFile(path.join(folder, 'video_1/init.mp4'));
    expect(init.includes('avc3')).toBe(true);
    const segment = await readFile(path.join(folder, 'video_1/2.m4s'));
    const start = segment.indexOf('mdat') + 4;
    const types = [start, start + 4 + segment.readUInt32BE(start)].map((at) => segment[at + 4]! & 31);
    expect(types).toEqual([7, 8]);
    const whole = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => readFile(path.join(folder, `video_1/${n}.m4s`))));
    const joined = path.join(out, 'in-band.mp4');
    await writeFile(joined, Buffer.concat([init, ...whole]));
    expect((await decode(joined))[0]?.frames).toEqual(await framesOf(source));
  });
});

async function framesOf(input: string, ...options: string[]): Promise<string[]> {
  const report = await ffmpeg(
    ...options,
    '-i',
    input,
    ...['-map', '0:v', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
  );
  const lines = report.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(',').at(-1)!.trim());
}
