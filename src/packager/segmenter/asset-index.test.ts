import { describe, expect, it } from 'vitest';
import { demuxSource } from '../../../test/support/demuxed.js';
import {
  frames,
  frameTicks,
  layOut,
  multiplex,
  pictures,
  playlistOf,
  type Unit,
  unitsEach,
} from '../../../test/support/made-stream.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { audioPid, TransportStreamWriter, videoPid } from '../../../test/support/transport-stream.js';
import { PackagerError } from '../errors.js';
import { type IndexOptions, indexSource } from './asset-index.js';

const entry = 'mem://source/index.m3u8';
const master = 'mem://source/master.m3u8';
type Resources = Record<string, Uint8Array | string>;

const stream = (video: readonly Unit[], audio: readonly Unit[] = []) =>
  multiplex([
    layOut(videoPid, video, unitsEach(video, 1)),
    ...(audio.length > 0 ? [layOut(audioPid, audio, unitsEach(audio, 5))] : []),
  ]);

/** Three segments of 15 pictures (0.6 s) and their sound. */
function plain(): Resources {
  const [video, audio] = [pictures(45), frames(72)];
  return playlistOf(
    [0, 1, 2].map((part) => stream(video.slice(part * 15, part * 15 + 15), audio.slice(part * 24, part * 24 + 24))),
  );
}

/** A multivariant playlist over two of these, the second changed. */
function ladder(change: (resources: Resources) => Resources = (same) => same): Resources {
  const second = Object.entries(change(plain())).map(
    ([uri, bytes]) => [uri.replace('/source/', '/source/b/'), bytes] as const,
  );
  const playlist =
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000\nindex.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1000\nb/index.m3u8\n';
  return { ...plain(), ...Object.fromEntries(second), [master]: playlist };
}

const withPlaylist = (edit: (text: string) => string): Resources => ({
  ...plain(),
  [entry]: edit(plain()[entry] as string),
});
const withSegment = (bytes: Uint8Array | string): Resources => ({ ...plain(), 'mem://source/1.ts': bytes });
const media = (streamType: number) =>
  new TransportStreamWriter()
    .tables([{ pid: videoPid, streamType }])
    .pes(videoPid, new Uint8Array(900), { pts: 0 })
    .toBytes();

const refusals: {
  name: string;
  resources: Resources;
  uri?: string;
  options?: IndexOptions;
  code: string;
  message: string;
}[] = [
  {
    name: 'a live playlist',
    resources: withPlaylist((text) => text.replace('#EXT-X-ENDLIST', '')),
    code: 'source_unsupported',
    message: 'no EXT-X-ENDLIST',
  },
  {
    name: 'encryption',
    resources: withPlaylist((text) => text.replace('#EXTINF', '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="k"\n#EXTINF')),
    code: 'source_encrypted',
    message: 'METHOD SAMPLE-AES',
  },
  {
    name: 'a gap',
    resources: withPlaylist((text) => text.replace(/#EXTINF(?![^]*#EXTINF)/, '#EXT-X-GAP\n#EXTINF')),
    code: 'source_invalid',
    message: 'EXT-X-GAP',
  },
  {
    name: 'nothing but gaps',
    resources: withPlaylist((text) => text.replaceAll('#EXTINF', '#EXT-X-GAP\n#EXTINF')),
    code: 'source_invalid',
    message: 'nothing but gaps (EXT-X-GAP)',
  },
  {
    name: 'I-frames only',
    resources: withPlaylist((text) => text.replace('#EXTINF', '#EXT-X-I-FRAMES-ONLY\n#EXTINF')),
    code: 'source_unsupported',
    message: 'I-frames only',
  },
  {
    name: 'a playlist without segments',
    resources: { [entry]: '#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-ENDLIST\n' },
    code: 'source_invalid',
    message: 'lists no segments',
  },
  {
    name: 'more segments than allowed',
    resources: plain(),
    options: { limits: { maximumSegments: 2 } },
    code: 'source_too_large',
    message: '3 segments; maximumSegments is 2',
  },
  {
    name: 'more renditions than allowed',
    resources: ladder(),
    uri: master,
    options: { limits: { maximumRenditions: 1 } },
    code: 'source_too_large',
    message: '2 renditions; maximumRenditions is 1',
  },
  {
    name: 'a web page for a segment',
    resources: withSegment('<html>not here</html>'),
    code: 'source_invalid',
    message: 'a web page or XML was found (rendition r1, segment 2, mem://source/1.ts)',
  },
  {
    name: 'an empty segment',
    resources: withSegment(''),
    code: 'source_invalid',
    message: 'it is empty (zero bytes) (rendition r1, segment 2',
  },
  {
    name: 'garbage for a segment',
    resources: withSegment(new Uint8Array(5000).fill(9)),
    code: 'source_invalid',
    message: 'something else was found (rendition r1, segment 2',
  },
  {
    name: 'a truncated segment',
    resources: withSegment((plain()['mem://source/1.ts'] as Uint8Array).slice(0, -50)),
    code: 'source_invalid',
    message: 'truncated: it ends inside a packet, with 138 of 188 bytes (rendition r1, segment 2',
  },
  {
    name: 'garbage for a source',
    resources: { [entry]: new Uint8Array(5000).fill(9) },
    code: 'source_invalid',
    message: 'not a transport stream',
  },
  {
    name: 'packets of 192 bytes',
    resources: { [entry]: Uint8Array.from({ length: 1920 }, (_, at) => (at % 192 === 4 ? 0x47 : 1)) },
    code: 'source_unsupported',
    message: '192-byte packets (M2TS)',
  },
  { name: 'VVC', resources: { [entry]: media(0x33) }, code: 'source_unsupported', message: 'PID 256 is VVC' },
  {
    name: 'neither video nor audio',
    resources: { [entry]: media(0x86) },
    code: 'source_invalid',
    message: 'neither video nor audio; it has: SCTE-35',
  },
  {
    name: 'no tables',
    resources: { [entry]: new TransportStreamWriter().pes(videoPid, new Uint8Array(900), { pts: 0 }).toBytes() },
    code: 'source_invalid',
    message: 'no PAT and PMT',
  },
  {
    name: 'no key frame',
    resources: playlistOf([stream(pictures(45).slice(1, 14))]),
    code: 'source_invalid',
    message: 'no key frame with a time stamp in the first segment',
  },
  {
    name: 'a rendition with another number of segments',
    resources: ladder((of) => ({ ...of, [entry]: (of[entry] as string).replace('#EXTINF:1,\n2.ts\n', '') })),
    uri: master,
    code: 'source_misaligned',
    message: '2 segments where r1 has 3 (rendition r2',
  },
  {
    name: 'a program that changes from segment to segment',
    resources: ladder((of) => ({
      ...of,
      'mem://source/1.ts': new Uint8Array(Buffer.concat(stream(pictures(15, { start: 126_000 + 17 * frameTicks })))),
    })),
    uri: master,
    code: 'source_invalid',
    message: 'the program changes without EXT-X-DISCONTINUITY',
  },
];

describe('a playlist', () => {
  it('gives each segment the advertisement markers that stand before it', async () => {
    const resources = withPlaylist((text) => text.replace('1.ts', '1.ts\n#EXT-X-CUE-OUT:4'));
    const { renditions } = await indexSource(memorySource(resources), entry);
    expect(renditions[0]?.periods[0]?.segments.map(({ markers }) => markers)).toEqual([
      undefined,
      undefined,
      ['EXT-X-CUE-OUT:4'],
    ]);
  });
});

describe('indexSource refuses', () => {
  it.each(refusals)('$name', async ({ resources, uri = entry, options, code, message }) => {
    const failure = await indexSource(memorySource(resources), uri, options).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PackagerError);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as string });
  });

  it('PES packets without pictures in time that grows with their number', async () => {
    const writer = new TransportStreamWriter().tables([{ pid: videoPid, streamType: 0x1b }]);
    for (let packet = 0; packet < 20_000; packet += 1)
      writer.pes(videoPid, new Uint8Array(160).fill(2), { pts: packet * 100 });
    const lone = Uint8Array.of(0, 0, 1, 0x41, 0x9a, 1, 2, 3);
    const segment = writer.pes(videoPid, lone, { pts: 2_000_000 }).toBytes();
    const only = playlistOf([[segment]]);
    const began = performance.now();
    await expect(indexSource(memorySource(only), entry)).rejects.toThrow('no key frame');
    expect(performance.now() - began).toBeLessThan(10_000); // searching from each of them on takes longer
  });

  it('renditions whose segments start at other times, naming both', async () => {
    const [video, late] = [pictures(45), pictures(15, { start: 126_000 + 17 * frameTicks })];
    const parts = (second: readonly Unit[]) =>
      playlistOf([video.slice(0, 15), second, video.slice(30)].map((units) => stream(units)));
    const other = Object.fromEntries(
      Object.entries(parts(late)).map(([uri, bytes]) => [uri.replace('/source/', '/source/b/'), bytes]),
    );
    const resources = { ...parts(video.slice(15, 30)), ...other, [master]: ladder()[master] as string };
    await expect(indexSource(memorySource(resources), master)).rejects.toMatchObject({
      code: 'source_misaligned',
      location: { rendition: 'r2', segment: 2 },
      message: expect.stringContaining('starts at 0.680 s, and at 0.600 s in r1') as string,
    });
  });

  it("nothing of what its reader says: a missing segment is the reader's error", async () => {
    const rest = Object.fromEntries(Object.entries(plain()).filter(([uri]) => uri !== 'mem://source/1.ts'));
    await expect(indexSource(memorySource(rest), entry)).rejects.toThrow('not found: mem://source/1.ts');
  });
});

describe('indexSource', () => {
  it('recognises sound that is the same in several renditions, and such that is not', async () => {
    const same = await indexSource(memorySource(ladder()), master);
    const prints = (index: typeof same) =>
      index.renditions.map(({ periods }) => {
        const track = periods[0]!.tracks[1]!;
        return track.kind === 'audio' ? track.fingerprint : '';
      });
    expect(new Set(prints(same)).size).toBe(1);
    const changed = await indexSource(
      memorySource(ladder((of) => ({ ...of, 'mem://source/2.ts': flip(of['mem://source/2.ts'] as Uint8Array) }))),
      master,
    );
    expect(new Set(prints(changed)).size).toBe(2);
  });

  it("gives muxed sound the language and name of its group's EXT-X-MEDIA without URI", async () => {
    const playlist =
      '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Director",LANGUAGE="fr"\n' +
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="b",NAME="Other",LANGUAGE="de"\n' +
      '#EXT-X-STREAM-INF:BANDWIDTH=2000,AUDIO="a"\nindex.m3u8\n';
    const { renditions } = await indexSource(memorySource({ ...plain(), [master]: playlist }), master);
    const [video, audio] = renditions[0]!.periods[0]!.tracks;
    expect(audio).toMatchObject({ kind: 'audio', language: 'fr', name: 'Director' });
    expect(video).not.toHaveProperty('language');
  });

  it('does not depend on how many reads are at work', async () => {
    const indexes = await Promise.all(
      [1, 3, 20].map((concurrency) => indexSource(memorySource(ladder()), master, { concurrency })),
    );
    expect(indexes[1]).toEqual(indexes[0]);
    expect(indexes[2]).toEqual(indexes[0]);
  });
});

/** Another byte in the last frame of the sound. */
function flip(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const last = Array.from({ length: copy.length / 188 }, (_, index) => index * 188).findLast(
    (at) => copy[at + 2] === 1 && (copy[at + 1]! & 31) === 1,
  )!;
  copy[last + 187]! ^= 0x10;
  return copy;
}

describe('seeded corruption', () => {
  it('ends in samples or in a PackagerError, never in anything else', async () => {
    let seed = 4711;
    const random = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const clean = new Uint8Array(Buffer.concat(stream(pictures(60), frames(96))));
    const outcomes = { samples: 0, refused: 0 };
    for (let round = 0; round < 300; round += 1) {
      let bytes = clean.slice();
      for (let damage = random(12); damage >= 0; damage -= 1) {
        const at = random(bytes.length);
        const kind = random(5);
        if (kind === 0) bytes[at] = random(256);
        else if (kind === 1) bytes[at - (at % 188) + random(16)] = random(256);
        else if (kind === 2) bytes.copyWithin(at, random(bytes.length), random(bytes.length));
        else if (kind === 3) bytes.fill(random(2) * 255, at, at + random(300));
        else bytes = bytes.slice(0, Math.max(188, bytes.length - random(2) * 188 * random(20)));
      }
      try {
        await demuxSource(memorySource({ 'mem://one': bytes }), 'mem://one', { segmentDuration: 1 });
        outcomes.samples += 1;
      } catch (error) {
        if (!(error instanceof PackagerError)) throw new Error(`round ${round}: ${String(error)}`, { cause: error });
        outcomes.refused += 1;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(50);
    expect(outcomes.samples).toBeGreaterThan(5);
  });
});
