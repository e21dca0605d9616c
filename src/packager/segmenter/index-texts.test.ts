import { describe, expect, it } from 'vitest';
import { memorySource } from '../../../test/support/memory-source.js';
import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { AssetIndex } from '../model/asset-index.js';
import { timestampModulus } from '../timing/unwrap.js';
import { withTexts } from './index-texts.js';
import { defaultLimits } from './limits.js';

const media = { default: false, autoselect: true, forced: false };
const second = 90_000;

interface Segment {
  readonly text: string;
  readonly discontinuity?: boolean;
}

/** Segments, of 4 s if nothing else is said, over media that begin at the origin. */
async function indexed(
  segments: readonly (Segment | string)[],
  {
    origins = [0],
    limits = {},
    duration = 4,
  }: { origins?: readonly number[]; limits?: Partial<typeof defaultLimits>; duration?: number } = {},
): Promise<AssetIndex> {
  const plain = syntheticIndex(
    rendition({ uri: 'v', tracks: [videoTrack(), audioTrack('a')], cuts: origins.map(() => regularCuts(3, duration)) }),
  );
  const renditions = plain.renditions.map((each) => ({
    ...each,
    periods: each.periods.map((period, index) => ({ ...period, origin: origins[index]! })),
  }));
  const each = segments.map((segment) => (typeof segment === 'string' ? { text: segment } : segment));
  const source = {
    id: 't1',
    uri: 'mem://s.m3u8',
    media,
    segments: each.map(({ discontinuity = false }, index) => ({
      range: { uri: `mem://${index}.vtt` },
      number: index + 1,
      duration,
      discontinuity,
    })),
  };
  const resources = Object.fromEntries(each.map(({ text }, index) => [`mem://${index}.vtt`, text]));
  return withTexts({ ...plain, renditions }, [source], {
    reader: memorySource(resources),
    limits: { ...defaultLimits, ...limits },
    signal: undefined,
  });
}

const vtt = (cues: string, mpegts?: number) =>
  `WEBVTT\n${mpegts === undefined ? '' : `X-TIMESTAMP-MAP=MPEGTS:${mpegts},LOCAL:00:00:00.000\n`}\n${cues}`;
const cuesOf = ({ texts }: AssetIndex) =>
  texts?.[0]?.periods.map(({ cues }) => cues.map(({ start, end, text }) => [start / second, end / second, text]));

describe('subtitles of a playlist', () => {
  it('are on the time line of the media, by the map of each segment', async () => {
    const index = await indexed(
      [vtt('00:01.000 --> 00:02.000\na', 900_000), vtt('00:00.000 --> 00:01.000\nb', 900_000 + 5 * second)],
      { origins: [900_000] },
    );
    expect(cuesOf(index)).toEqual([
      [
        [1, 2, 'a'],
        [5, 6, 'b'],
      ],
    ]);
    expect(index.notes).toEqual([]);
  });

  it('without a map are on that of the time stamps', async () => {
    expect(cuesOf(await indexed([vtt('00:11.000 --> 00:12.000\na')], { origins: [10 * second] }))).toEqual([
      [[1, 2, 'a']],
    ]);
  });

  it('go on where 33 bits wrap', async () => {
    const origin = timestampModulus - 2 * second;
    const index = await indexed(
      [vtt('00:01.000 --> 00:03.000\na', origin), vtt('00:00.000 --> 00:03.000\nb', 2 * second)],
      { origins: [origin] },
    );
    expect(cuesOf(index)).toEqual([
      [
        [1, 3, 'a'],
        [4, 7, 'b'],
      ],
    ]);
  });

  it('have each cue once, whether segments repeat it whole or a part of it', async () => {
    const index = await indexed([
      vtt('1\n00:01.000 --> 00:09.000\nwhole\n\n00:02.000 --> 00:04.000\npart\n\n00:02.000 --> 00:03.000\ntwice', 0),
      vtt('7\n00:01.000 --> 00:09.000\nwhole\n\n00:04.000 --> 00:06.000\npart\n\n00:05.000 --> 00:06.000\ntwice', 0),
      vtt('00:01.000 --> 00:09.000\nwhole', 0),
    ]);
    expect(cuesOf(index)).toEqual([
      [
        [1, 9, 'whole'],
        [2, 3, 'twice'],
        [2, 6, 'part'],
        [5, 6, 'twice'],
      ],
    ]);
  });

  it('end with the media, and say what is outside', async () => {
    const index = await indexed([vtt('00:11.000 --> 00:20.000\na\n\n00:13.000 --> 00:14.000\nb\n\nx --> y\nc', 0)]);
    const [[[, end]]] = cuesOf(index) as [[[number, number, string]]];
    expect(end).toBeCloseTo(12, 1);
    expect(index.notes).toEqual([
      '1 cues of mem://s.m3u8 are left out: they are broken.',
      '1 cues of mem://s.m3u8 are left out: their times are before the media begins or after its end.',
    ]);
  });

  it.each([
    [
      'their own discontinuities',
      [
        { text: vtt('00:01.000 --> 00:02.000\na') },
        ...silent(2),
        { text: vtt('00:01.000 --> 00:02.000\nb', 0), discontinuity: true },
      ],
    ],
    ['when they begin', [vtt('00:01.000 --> 00:02.000\na'), ...silent(2), vtt('00:01.000 --> 00:02.000\nb', 0)]],
  ])('are shared among the parts of the media by %s', async (_, segments) => {
    expect(cuesOf(await indexed(segments, { origins: [0, 0] }))).toEqual([[[1, 2, 'a']], [[1, 2, 'b']]]);
  });

  it('are where one map for all segments says, however far it is from the later ones', async () => {
    const at = (hour: number) => vtt(`${hour}:00:00.000 --> ${hour}:00:01.000\n${hour}`, 900_000);
    const duration = 12 * 3600;
    expect(cuesOf(await indexed([at(1), at(14), at(30)], { origins: [900_000], duration }))).toEqual([
      [1, 14, 30].map((hour) => [hour * 3600, hour * 3600 + 1, String(hour)]),
    ]);
    // One document for all of it, which begins with silence.
    expect(cuesOf(await indexed([at(14)], { origins: [900_000], duration }))).toEqual([[[50_400, 50_401, '14']]]);
  });

  it('are refused when they show much more than they hold', async () => {
    const spans = Array.from({ length: 50 }, (_, at) => `<span begin="${at}ms" end="${at + 1}ms">x</span>`).join('');
    const ttml = `<tt><body><div><p end="4s">${'word '.repeat(1000)}${spans}</p></div></body></tt>`;
    await expect(indexed([ttml], { limits: { maximumTextBytes: 100_000 } })).rejects.toThrow('maximumTextBytes');
  });

  it('are refused when they are no text, and when they are more than is allowed', async () => {
    await expect(indexed([vtt(''), 'Not found'])).rejects.toMatchObject({
      code: 'source_invalid',
      location: { uri: 'mem://1.vtt', rendition: 't1', segment: 2 },
    });
    await expect(indexed([vtt(''), vtt('')], { limits: { maximumTextBytes: 10 } })).rejects.toThrow('maximumTextBytes');
  });
});

function silent(count: number): Segment[] {
  return Array.from({ length: count }, () => ({ text: vtt('') }));
}
