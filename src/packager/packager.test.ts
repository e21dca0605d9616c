import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requires } from '../../test/support/requires.js';
import { fileSource } from '../transfer/file-source.js';
import { findBox, readBoxes } from './isobmff/box-reader.js';
import { indexSource, packageSegment, planPresentation, type SourceReader, writeManifests } from './packager.js';

const sample = fileURLToPath(new URL('../../examples/sample/index.m3u8', import.meta.url));

/** Every object of an endpoint with segments of 8 s, of a source that is cut every 4 s. */
async function packageAll(reader: SourceReader): Promise<Map<string, Uint8Array>> {
  const index = await indexSource(reader, sample);
  const presentation = planPresentation(index, {
    Id: 'test',
    CmafPackage: { SegmentDurationSeconds: 8, HlsManifests: [{ ManifestName: 'index' }] },
  });
  const objects = new Map(presentation.initSegments.map(({ name, bytes }) => [name, bytes]));
  for (const task of presentation.tasks) {
    const bytes = await Promise.all(task.reads.map((range) => reader.read(range)));
    for (const { name, data } of packageSegment(task, bytes)) objects.set(name, Buffer.concat(data));
  }
  const facts = new Map([...objects].map(([name, { length }]) => [name, { size: length }]));
  for (const { name, text } of writeManifests(presentation, facts)) objects.set(name, Buffer.from(text));
  return objects;
}

describe('the packager, given the sample,', () => {
  let objects: Map<string, Uint8Array>;
  beforeAll(async () => {
    objects = await packageAll(fileSource(sample));
  });

  it('joins source segments, and flags the key pictures of both', () => {
    expect([...objects.keys()].filter((name) => /video_1\/\d/.test(name))).toHaveLength(3);
    const run = findBox(readBoxes(objects.get('video_1/1.m4s') ?? new Uint8Array()), 'moof/traf/trun')?.payload;
    if (!run) throw new Error('no trun');
    // version 1; data offset, size and flags for each sample, none for the first alone
    expect(run.getUint32(0) & 0xff00_0605).toBe(0x0100_0601);
    const count = run.getUint32(4);
    const columns = (run.byteLength - 12) / 4 / count;
    const flagsAt = (run.getUint32(0) & 0x100 ? 1 : 0) + 1;
    const flags = Array.from({ length: count }, (_, row) => run.getUint32(12 + (row * columns + flagsAt) * 4));
    expect(count).toBe(8 * 30);
    expect(flags.filter((flag) => flag === 0x0200_0000).length).toBeGreaterThanOrEqual(2);
    expect([flags[0], flags[120]]).toEqual([0x0200_0000, 0x0200_0000]);
  });

  describe.runIf(requires('ffmpeg'))('by the frames that ffmpeg decodes of it,', () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'reelway-packager-'));
      for (const [name, bytes] of objects) {
        await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
        await writeFile(path.join(folder, name), bytes);
      }
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    it.each([
      ['video of the first rendition', '360p', 'index_video_1.m3u8', 'v'],
      ['video of the second', '180p', 'index_video_2.m3u8', 'v'],
      ['audio', '360p', 'index_audio_1.m3u8', 'a'],
    ])('equals the source: %s', async (_, source, playlist, stream) => {
      const original = await frames(path.join(path.dirname(sample), source, 'index.m3u8'), stream);
      expect(original.length).toBeGreaterThan(500);
      expect(await frames(path.join(folder, playlist), stream)).toEqual(original);
    });
  });

  it('makes the same bytes of the same source', async () => {
    const again = await packageAll(fileSource(sample));
    for (const [name, bytes] of objects) expect(Buffer.compare(again.get(name) ?? Buffer.alloc(0), bytes)).toBe(0);
  });

  it('says which rendition and segment is damaged', async () => {
    const reader = fileSource(sample);
    const index = await indexSource(reader, sample);
    const { tasks } = planPresentation(index, { Id: 'a', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } });
    const task = tasks.find(({ rendition, segmentNumber }) => rendition === 'r2' && segmentNumber === 3);
    if (!task) throw new Error('no such task');
    const bytes = new Uint8Array(await readFile(fileURLToPath(task.reads[0]?.uri ?? '')));
    bytes.fill(0, 188 * 200);
    expect(() => packageSegment(task, [bytes])).toThrow(
      expect.objectContaining({
        code: 'source_invalid',
        location: expect.objectContaining({ rendition: 'r2', segment: 3 }),
      }),
    );
  });
});

/** A digest of every decoded frame. */
async function frames(input: string, stream: string): Promise<string[]> {
  const args = ['-v', 'error', '-i', input, '-map', `0:${stream}:0`, '-f', 'framemd5', '-'];
  const { stdout } = await promisify(execFile)('ffmpeg', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
}
