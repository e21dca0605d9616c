import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMediaPlaylist } from '../../src/manifest/hls/read-media-playlist.js';
import { decode, ffmpeg } from '../support/ffmpeg.js';
import { reelway } from '../support/reelway.js';
import { requires } from '../support/requires.js';
import { makeSource } from './source.js';

const HlsManifests = [{ ManifestName: 'index', IncludeIframeOnlyStream: true }];
const DashManifests = [{ ManifestName: 'index' }];
const configurations = [
  { Id: 'cmaf', CmafPackage: { HlsManifests } },
  { Id: 'hls', HlsPackage: { HlsManifests, SegmentDurationSeconds: 4 } },
  { Id: 'dash', DashPackage: { DashManifests, IncludeIframeOnlyStream: true } },
  { Id: 'in_band', DashPackage: { DashManifests, IncludeEncoderConfigurationInSegments: true } },
];

describe.runIf(requires('ffmpeg'))('HEVC of high dynamic range', () => {
  let scratch: string;
  let out: string;
  let source: string;

  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'reelway-hevc-'));
    out = path.join(scratch, 'out');
    const made = await makeSource(path.join(scratch, 'source'), { shape: 'media playlist', videoCodec: 'HEVC HDR10' });
    source = made.renditions[0]![0]!;
    await writeFile(path.join(scratch, 'group.json'), JSON.stringify(configurations));
    const group = path.join(scratch, 'group.json');
    const run = await reelway(['package', made.entry, '--out', out, '--config', group]);
    expect(run, run.stderr).toMatchObject({ code: 0 });
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  it('is said to be so in playlists and MPDs', async () => {
    const master = await readFile(path.join(out, 'cmaf/index.m3u8'), 'utf8');
    expect(master).toMatch(
      /#EXT-X-STREAM-INF:.*CODECS="hvc1\.2\.4\.L60\.90,mp4a\.40\.2",RESOLUTION=160x90,VIDEO-RANGE=PQ,FRAME-RATE=25\.000/,
    );
    expect(master).toMatch(/#EXT-X-I-FRAME-STREAM-INF:.*CODECS="hvc1\.2\.4\.L60\.90",RESOLUTION=160x90,VIDEO-RANGE=PQ/);
    const mpd = await readFile(path.join(out, 'dash/index.mpd'), 'utf8');
    for (const [name, value] of [
      ['ColourPrimaries', 9],
      ['TransferCharacteristics', 16],
      ['MatrixCoefficients', 9],
    ] as const)
      expect(mpd).toContain(`<EssentialProperty schemeIdUri="urn:mpeg:mpegB:cicp:${name}" value="${value}"/>`);
  });

  it('has its colour and what it was mastered on in the init segment', async () => {
    const init = await readFile(path.join(out, 'cmaf/video_1/init.mp4'));
    expect(init.includes('hvc1')).toBe(true);
    const box = (type: string, length: number) => {
      const start = init.indexOf(type) + 4;
      return init.subarray(start, start + length).toString('hex');
    };
    expect(box('colr', 11)).toBe('6e636c7800090010000900');
    // Green, blue, red, white point; 1000 and 0.005 candela per square metre, in units of 0.0001.
    expect(box('mdcv', 24)).toBe('33c286c41d4c0bb884d03e803d1340420098968000000032'.slice(0, 48));
    expect(box('clli', 4)).toBe('03e80190');
  });

  it.each(['cmaf', 'hls'])('has key pictures that can be shown alone: %s', async (endpoint) => {
    const folder = path.join(out, endpoint);
    const { segments } = readMediaPlaylist(await readFile(path.join(folder, 'index_iframes.m3u8'), 'utf8'));
    const frames: string[] = [];
    for (const [index, { uri, byteRange, map }] of segments.entries()) {
      const { offset, length } = byteRange!;
      const init = map ? await readFile(path.join(folder, map.uri)) : Buffer.alloc(0);
      const file = path.join(scratch, `${endpoint}-${index}.${map ? 'mp4' : 'ts'}`);
      const bytes = await readFile(path.join(folder, uri));
      await writeFile(file, Buffer.concat([init, bytes.subarray(offset, offset + length)]));
      frames.push(...(await pictures(file)));
    }
    expect(frames).toEqual(await pictures(source, '-skip_frame', 'nokey'));
    expect(frames.length).toBeGreaterThan(3);
  });

  it('brings its parameter sets when those are to be in segments', async () => {
    const folder = path.join(out, 'in_band');
    expect(await readFile(path.join(folder, 'index.mpd'), 'utf8')).toContain('codecs="hev1.2.4.L60.90"');
    const parts = ['init.mp4', '1.m4s', '2.m4s', '3.m4s'].map((name) => readFile(path.join(folder, 'video_1', name)));
    const [init, ...segments] = await Promise.all(parts);
    expect(init!.includes('hev1')).toBe(true);
    const start = segments[1]!.indexOf('mdat') + 4;
    expect((segments[1]![start + 4]! >> 1) & 63).toBe(32);
    const joined = path.join(scratch, 'in-band.mp4');
    await writeFile(joined, Buffer.concat([init!, ...segments]));
    expect((await decode(joined))[0]?.frames).toEqual(await pictures(source));
  });
});

async function pictures(input: string, ...options: string[]): Promise<string[]> {
  const report = await ffmpeg(
    ...options,
    ...['-i', input, '-map', '0:v', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
  );
  const lines = report.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(',').at(-1)!.trim());
}
