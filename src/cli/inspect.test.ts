import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpeg } from '../../test/support/ffmpeg.js';
import { projectRoot, reelway } from '../../test/support/reelway.js';
import { requires } from '../../test/support/requires.js';
import type { Inspection } from '../packager/packager.js';

const sample = join(projectRoot, 'examples/sample/index.m3u8');
let out: string;
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'reelway-inspect-'));
  const run = await reelway(['package', sample, '--out', out, '--format', 'hls,cmaf,dash,mss']);
  expect(run, run.stderr).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(out, { recursive: true }));

async function inspect(file: string): Promise<{ code: number | null; inspection: Inspection }> {
  const { code, stdout } = await reelway(['inspect', file, '--json']);
  return { code, inspection: JSON.parse(stdout) as Inspection };
}

describe('reelway inspect', () => {
  it('shows the tracks of a source with their timing, cut and groups of pictures', async () => {
    const { code, stdout } = await reelway(['inspect', sample]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/r1 +video +avc1\.64001e +640x360 30 fps .* 6 of 4\.000 s +\d\.\d{3} s/);
    expect(stdout).toMatch(/r1 +audio +mp4a\.40\.2 +48000 Hz 2 channels/);
    expect(stdout).toContain('No problems.');
  });

  it.each([
    ['hls/index.m3u8', 'HLS', 4],
    ['dash/index.mpd', 'DASH', 3],
    ['mss/index.ism/Manifest', 'Smooth Streaming', 3],
  ])('finds nothing wrong with %s, and lists its tracks', async (file, kind, tracks) => {
    const { code, inspection } = await inspect(join(out, file));
    expect(inspection).toMatchObject({ kind, problems: [] });
    expect(inspection.tracks).toHaveLength(tracks);
    expect(code).toBe(0);
  });

  it('judges the fragments of CMAF', async () => {
    expect((await inspect(join(out, 'cmaf/index.m3u8'))).inspection.problems).toEqual([]);
    const init = join(out, 'cmaf/video_1/init.mp4');
    const bytes = readFileSync(init).toString('latin1');
    writeFileSync(init, bytes.replace('cmfccmf2', 'mp41mp42'), 'latin1');
    const { code, inspection } = await inspect(join(out, 'cmaf/index.m3u8'));
    expect(inspection.problems.map(({ rule }) => rule)).toContain('cmaf.brands');
    expect(code).toBe(1);
  });

  it('reads the index of single files, and follows it', async () => {
    const single = join(out, 'single');
    const run = await reelway(['package', sample, '--out', single, '--format', 'both', '--single-file']);
    expect(run, run.stderr).toMatchObject({ code: 0 });
    for (const manifest of ['index.mpd', 'index.m3u8'])
      expect((await inspect(join(single, 'both', manifest))).inspection.problems, manifest).toEqual([]);
    const file = join(single, 'both/video_1/media.mp4');
    const bytes = readFileSync(file);
    const rulesAfter = async (change: (copy: Buffer) => Buffer) => {
      writeFileSync(file, change(Buffer.from(bytes)));
      const { code, inspection } = await inspect(join(single, 'both/index.mpd'));
      expect(code).toBe(1);
      return inspection.problems.map(({ rule }) => rule);
    };
    const first = bytes.indexOf('sidx') - 4 + 40; // its first reference
    expect(await rulesAfter((copy) => copy.subarray(0, -1))).toEqual(['sidx.sizes']);
    expect(await rulesAfter((copy) => (copy.writeUInt8(0, first + 8), copy))).toEqual(['sidx.access-points']);
    expect(await rulesAfter((copy) => (copy.write('free', first - 36), copy))).toEqual(['cmaf.boxes']);
    expect(await rulesAfter((copy) => (copy.write('free', copy.indexOf('tfdt')), copy))).toEqual(['cmaf.tfdt']);
  });

  it('says which rule is broken where, and ends with 1', async () => {
    const mpd = join(out, 'dash/broken.mpd');
    writeFileSync(mpd, readFileSync(join(out, 'dash/index.mpd'), 'utf8').replace(/minBufferTime="[^"]*"/, ''));
    const { code, stdout } = await reelway(['inspect', mpd]);
    expect(stdout).toContain('dash.schema: broken.mpd: line 2: MPD@minBufferTime is missing');
    expect(code).toBe(1);
  });

  it('calls what cannot be read a problem, not a crash', async () => {
    for (const [name, text] of [
      ['a.mpd', '<MPD><Period>'],
      ['a.m3u8', '#EXTM3U\n#EXTINF:x,\na.ts\n'],
      ['a.ts', 'not media at all'],
    ] as const) {
      writeFileSync(join(out, name), text);
      const { code, inspection } = await inspect(join(out, name));
      expect(inspection.problems.length, name).toBeGreaterThan(0);
      expect(code).toBe(1);
    }
  });
});

describe.runIf(requires('ffmpeg'))('sound of its own', () => {
  it.each([
    ['after the picture', 11, 3],
    ['before it, which has silence then', 3.6, 2],
  ])('may end a segment %s, and is a source again', async (where, seconds, segments) => {
    const movie = join(out, `sound ${seconds}.mp4`);
    await ffmpeg(
      ...['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25:d=8', '-f', 'lavfi', '-i', `sine=d=${seconds}`],
      ...['-c:v', 'libx264', '-g', '100', '-keyint_min', '100', '-sc_threshold', '0', '-c:a', 'aac', movie],
    );
    for (const [source, into] of [
      [movie, 'once'],
      [join(out, where, 'once/cmaf/index.m3u8'), 'twice'],
    ] as const) {
      const options = ['--format', 'cmaf', '--segment-duration', '4'];
      const run = await reelway(['package', source, '--out', join(out, where, into), ...options]);
      expect(run, run.stderr).toMatchObject({ code: 0 });
      const { inspection } = await inspect(join(out, where, into, 'cmaf/index.m3u8'));
      expect(inspection.problems).toEqual([]);
      const audio = readFileSync(join(out, where, into, 'cmaf/index_audio_1.m3u8'), 'utf8');
      expect(audio.match(/#EXTINF/g)).toHaveLength(segments);
    }
  });
});
