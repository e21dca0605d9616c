import { ascii, box, concat, fullBox, u16, u32, u64, u8, zeros } from '../../src/packager/isobmff/box.js';
import { avcSampleEntry } from '../../src/packager/isobmff/boxes/avc1.js';
import { mp4a } from '../../src/packager/isobmff/boxes/mp4a.js';
import { hdlr, type HandlerKind } from '../../src/packager/isobmff/boxes/hdlr.js';
import { mdhd } from '../../src/packager/isobmff/boxes/mdhd.js';
import { mvhd } from '../../src/packager/isobmff/boxes/mvhd.js';
import { tkhd } from '../../src/packager/isobmff/boxes/tkhd.js';
import type { AacConfiguration, AvcConfiguration } from '../../src/packager/model/track.js';

/** One sample of a made track. */
export interface MadeSample {
  readonly data: Uint8Array;
  readonly duration: number;
  readonly offset?: number;
  readonly sync?: boolean;
}

/** A track of a made MP4; tables are written as plainly as the standard allows, unless `tables` has others. */
export interface MadeTrack {
  readonly id: number;
  readonly kind: HandlerKind;
  readonly timescale: number;
  readonly samples: readonly MadeSample[];
  readonly language?: string;
  /** Boxes in place of those that are written otherwise, by type; an empty one leaves the box out. */
  readonly tables?: Readonly<Record<string, Uint8Array>>;
  readonly edits?: Uint8Array;
  readonly entry?: Uint8Array;
  readonly dref?: Uint8Array;
  /** Beside what every track has: `udta`, `tref`. */
  readonly boxes?: readonly Uint8Array[];
  /** Pixels. */
  readonly size?: readonly [width: number, height: number];
  /** Samples in a chunk; default 1. */
  readonly perChunk?: number;
}

export const avc: AvcConfiguration = {
  codec: 'avc',
  codecString: 'avc1.42c00a',
  parameterSetsInBand: false,
  sps: [Uint8Array.of(0x67, 0x42, 0xc0, 0x0a, 0xda, 0x0f, 0x0a, 0x69, 0xa8, 0x10, 0x10, 0x10, 0x3c, 0x48, 0x9a, 0x80)],
  pps: [Uint8Array.of(0x68, 0xce, 0x0f, 0x2c, 0x80)],
  width: 160,
  height: 90,
  sampleAspectRatio: [1, 1],
  chromaFormat: 1,
  bitDepthLuma: 8,
  bitDepthChroma: 8,
};

export const aac: AacConfiguration = {
  codec: 'aac',
  codecString: 'mp4a.40.2',
  audioSpecificConfig: Uint8Array.of(0x11, 0x90),
  sampleRate: 48_000,
  channels: 2,
  frameLength: 1024,
};

/** An MP4 with its media before its movie box, track after track. */
export function writeMp4(tracks: readonly MadeTrack[], movieTimescale = 1000): Uint8Array {
  const start = box('ftyp', ascii('isom'), u32(0), ascii('isom'));
  const media = concat(...tracks.flatMap(({ samples }) => samples.map(({ data }) => data)));
  let position = start.length + 8;
  const traks = tracks.map((track) => {
    const trak = writeTrak(track, position);
    position += track.samples.reduce((sum, { data }) => sum + data.length, 0);
    return trak;
  });
  return concat(start, box('mdat', media), box('moov', mvhd(movieTimescale), ...traks));
}

function writeTrak(track: MadeTrack, position: number): Uint8Array {
  const { id, kind, timescale, language, edits, dref, boxes = [], size: [width, height] = [0, 0] } = track;
  return box(
    'trak',
    tkhd({ trackId: id, volume: kind === 'audio' ? 1 : 0, width, height }),
    ...boxes,
    ...(edits ? [box('edts', edits)] : []),
    box(
      'mdia',
      mdhd(timescale, language),
      hdlr(kind),
      box('minf', ...(dref ? [box('dinf', dref)] : []), writeStbl(track, position)),
    ),
  );
}

export function writeStbl(track: MadeTrack, position: number): Uint8Array {
  const { samples, tables = {}, entry, kind, perChunk = 1 } = track;
  const offsets: number[] = [];
  samples.reduce((at, { data }, index) => {
    if (index % perChunk === 0) offsets.push(at);
    return at + data.length;
  }, position);
  const count = u32(samples.length);
  const plain: Record<string, Uint8Array> = {
    stsd: fullBox('stsd', 0, 0, u32(1), entry ?? (kind === 'video' ? avcSampleEntry(avc) : mp4a(aac))),
    stts: fullBox('stts', 0, 0, count, ...samples.map(({ duration }) => u32(1, duration))),
    ctts: fullBox('ctts', 1, 0, count, ...samples.map(({ offset = 0 }) => u32(1, offset))),
    stss: stss(...samples.flatMap(({ sync = true }, index) => (sync ? [index + 1] : []))),
    stsc: fullBox('stsc', 0, 0, u32(samples.length > 0 ? 1 : 0), ...(samples.length > 0 ? [u32(1, perChunk, 1)] : [])),
    stsz: fullBox('stsz', 0, 0, u32(0), count, ...samples.map(({ data }) => u32(data.length))),
    stco: fullBox('stco', 0, 0, u32(offsets.length), u32(...offsets)),
  };
  return box('stbl', ...Object.values({ ...plain, ...tables }));
}

export function stss(...samples: number[]): Uint8Array {
  return fullBox('stss', 0, 0, u32(samples.length), u32(...samples));
}

/** Sizes of 4, 8 or 16 bits. */
export function stz2(bits: 4 | 8 | 16, sizes: readonly number[]): Uint8Array {
  const packed =
    bits === 16
      ? u16(...sizes)
      : bits === 8
        ? u8(...sizes)
        : u8(
            ...Array.from(
              { length: Math.ceil(sizes.length / 2) },
              (_, at) => ((sizes[at * 2] ?? 0) << 4) | (sizes[at * 2 + 1] ?? 0),
            ),
          );
  return fullBox('stz2', 0, 0, zeros(3), u8(bits), u32(sizes.length), packed);
}

/** Entries of duration and media time, in version 0 or 1. */
export function elst(
  version: 0 | 1,
  ...entries: readonly (readonly [duration: number, mediaTime: number, rate?: number])[]
): Uint8Array {
  const signed64 = (value: number) => (value < 0 ? u32(0xffff_ffff, value + 2 ** 32) : u64(value));
  return fullBox(
    'elst',
    version,
    0,
    u32(entries.length),
    ...entries.flatMap(([duration, mediaTime, rate = 1]) => [
      ...(version === 1 ? [u64(duration), signed64(mediaTime)] : [u32(duration, mediaTime)]),
      u16(rate, 0),
    ]),
  );
}
