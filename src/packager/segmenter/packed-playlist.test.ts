import { describe, expect, it } from 'vitest';
import { frames } from '../../../test/support/made-stream.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { id3Tag, packAudio, privateFrame, timestampTag } from '../../../test/support/packed-audio-writer.js';
import { PackagerError } from '../errors.js';
import { packageSegment } from '../presentation/package-segment.js';
import { planPresentation } from '../presentation/plan-presentation.js';
import { indexSource } from './asset-index.js';

const entry = 'mem://source/index.m3u8';
const ticks = 1920;
const units = frames(96);
const sound = (part: number) => Buffer.concat(units.slice(part * 48, part * 48 + 48).map(({ bytes }) => bytes));
const owner = 'com.apple.streaming.transportStreamTimestamp';

/** Two segments of 48 frames (1.024 s). */
function source(first: Uint8Array, second: Uint8Array = packAudio(126_000 + 48 * ticks, sound(1))) {
  return memorySource({
    [entry]: '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.024,\n0.aac\n#EXTINF:1.024,\n1.aac\n#EXT-X-ENDLIST\n',
    'mem://source/0.aac': first,
    'mem://source/1.aac': second,
  });
}

describe('packed audio', () => {
  it.each([
    { name: 'ID3 of version 2.4', bytes: packAudio(126_000, sound(0)) },
    { name: 'ID3 of version 2.3', bytes: packAudio(126_000, sound(0), { version: 3 }) },
    {
      name: 'another tag before it',
      bytes: Buffer.concat([id3Tag([privateFrame('example', Buffer.of(1))]), packAudio(126_000, sound(0))]),
    },
    {
      name: 'another frame before it',
      bytes: Buffer.concat([
        id3Tag([privateFrame('example', Buffer.of(1)), timestampTag(126_000).subarray(10)]),
        sound(0),
      ]),
    },
  ])('is on time by $name, and its frames are as they were', async ({ bytes }) => {
    const reader = source(bytes);
    const index = await indexSource(reader, entry);
    const [period] = index.renditions[0]!.periods;
    expect(period).toMatchObject({ origin: 126_000, packed: true });
    expect(period!.segments.map(({ tracks }) => tracks[0])).toMatchObject([
      { start: 0, end: 48 * 1024 },
      { start: 48 * 1024, end: 96 * 1024 },
    ]);
    const { tasks } = planPresentation(index, { Id: 'x', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } });
    const made = await Promise.all(
      tasks.map(async (task) => packageSegment(task, await Promise.all(task.reads.map((range) => reader.read(range))))),
    );
    const payload = Buffer.concat(made.flat().flatMap(({ data }) => data.slice(1)));
    expect(payload.equals(Buffer.concat(units.map(({ sample }) => sample)))).toBe(true);
  });

  const stamp = Buffer.alloc(8);
  const broken = (tag: Uint8Array) => Buffer.concat([tag, sound(0)]);
  it.each([
    { name: 'no tag', first: sound(0), message: 'packed audio without a time stamp' },
    { name: 'a tag without a time stamp', first: broken(id3Tag([])), message: 'packed audio without a time stamp' },
    {
      name: 'a time stamp of 4 bytes',
      first: broken(id3Tag([privateFrame(owner, Buffer.alloc(4))])),
      message: 'of 4 bytes; 8 are needed',
    },
    {
      name: 'a time stamp of 64 bits',
      first: broken(id3Tag([privateFrame(owner, Buffer.alloc(8, 0xff))])),
      message: 'more than 33 bits',
    },
    {
      name: 'a frame that is longer than its tag',
      first: broken(id3Tag([Buffer.concat([Buffer.from('PRIV'), Buffer.of(0, 0, 1, 0, 0, 0)])])),
      message: 'ID3 frame "PRIV" of 128 bytes, 0 left',
    },
    {
      name: 'a tag that is cut off',
      first: id3Tag([privateFrame(owner, stamp)]).subarray(0, 30),
      message: 'ID3 tag is broken or cut off',
    },
    {
      name: 'nothing behind the tag',
      first: timestampTag(126_000),
      message: 'packed audio that begins with nothing',
    },
    {
      name: 'other sound behind the tag',
      first: broken(timestampTag(0)).fill('fLaC', 73),
      message: 'begins with 66 4c',
    },
    {
      name: 'a frame that is cut off',
      first: packAudio(126_000, sound(0).subarray(0, sound(0).length - 20)),
      second: packAudio(126_000 + 48 * ticks, sound(1).subarray(0, sound(1).length - 20)),
      message: 'AAC frame is cut off',
    },
    {
      name: 'a second segment of another kind',
      first: packAudio(126_000, sound(0)),
      second: Buffer.from('<html>not found</html>'),
      message:
        'packed audio is expected, as in the segments before; web page or XML was found (rendition r1, segment 2',
    },
    {
      name: 'time that stands still',
      first: packAudio(126_000, sound(0)),
      second: packAudio(126_000, sound(1)),
      message: 'time stamps do not go on from segment to segment',
    },
  ])('is refused with $name', async ({ first, second, message }) => {
    const failure = await indexSource(source(first, second), entry).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PackagerError);
    expect((failure as Error).message).toContain(message);
    expect((failure as Error).message).toMatch(/segment [12]/);
  });
});
