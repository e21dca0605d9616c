import { describe, expect, it } from 'vitest';
import { audioTrack, videoTrack } from '../../../test/support/synthetic-index.js';
import type { Samples } from '../model/samples.js';
import type { AvcConfiguration } from '../model/track.js';
import { timestampModulus } from '../timing/unwrap.js';
import { extractElementaryStreams } from './elementary-stream.js';
import { muxSegment, type MuxedTrack } from './muxer.js';
import { findProgram } from './program.js';

const clock = 900_000;
const frame = 3600;

/** Pictures whose samples are one NAL unit each, of the sizes given; every tenth is an IDR picture. */
function video(sizes: readonly number[], { start = 0, step = frame } = {}): Samples {
  return {
    data: sizes.map((size, index) => {
      const bytes = new Uint8Array(size).fill(index & 255);
      new DataView(bytes.buffer).setUint32(0, size - 4);
      bytes[4] = index % 10 === 0 ? 0x65 : 0x41;
      return bytes;
    }),
    sizes: [...sizes],
    decodeTimes: sizes.map((_, index) => start + index * step),
    compositionOffsets: sizes.map(() => 0),
    sync: sizes.map((_, index) => index % 10 === 0),
  };
}

function audio(sizes: readonly number[], start = 0): Samples {
  return {
    data: [Uint8Array.from({ length: sizes.reduce((sum, size) => sum + size, 0) }, (_, index) => index & 255)],
    sizes: [...sizes],
    decodeTimes: sizes.map((_, index) => start + index * 1024),
    compositionOffsets: sizes.map(() => 0),
    sync: sizes.map(() => true),
  };
}

interface SeenPacket {
  pid: number;
  counter: number;
  hasPayload: boolean;
  pcr?: number;
}

/** The packets as ISO/IEC 13818-1 §2.4.3.2 has them, read apart from the packager's own reader. */
function packets(bytes: Uint8Array): SeenPacket[] {
  expect(bytes.length % 188).toBe(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 188 }, (_, index) => {
    const at = index * 188;
    expect(bytes[at]).toBe(0x47);
    const control = bytes[at + 3]! >> 4;
    const hasPcr = (control & 2) !== 0 && bytes[at + 4]! > 0 && (bytes[at + 5]! & 0x10) !== 0;
    return {
      pid: view.getUint16(at + 1) & 0x1fff,
      counter: bytes[at + 3]! & 15,
      hasPayload: (control & 1) !== 0,
      ...(hasPcr && { pcr: view.getUint32(at + 6) * 2 + (bytes[at + 10]! >> 7) }),
    };
  });
}

const pictures = (samples: Samples): MuxedTrack => ({ track: videoTrack(), samples });
const sound = (samples: Samples): MuxedTrack => ({ track: audioTrack('a'), language: 'de', samples });
const both = [
  pictures(video(Array.from({ length: 50 }, (_, index) => 40 + ((index * 7919) % 3000)))),
  sound(audio(Array.from({ length: 94 }, (_, index) => 60 + ((index * 31) % 300)))),
];

describe('a segment of a transport stream', () => {
  it('begins with PAT and PMT, which name the streams', () => {
    const { bytes } = muxSegment(both, clock);
    expect(
      packets(bytes)
        .slice(0, 2)
        .map(({ pid }) => pid),
    ).toEqual([0, 0x1000]);
    expect(findProgram(bytes)).toMatchObject({
      pcrPid: 0x100,
      streams: [
        { pid: 0x100, streamType: 0x1b },
        { pid: 0x101, streamType: 0x0f, language: 'deu' },
      ],
    });
  });

  it.each([1, 2, 3, 10, 47])('joins to the next one: every PID counts on, with %d pictures', (count) => {
    const tracks = [pictures(video(Array.from({ length: count }, (_, index) => 5 + ((index * 97) % 999)))), both[1]!];
    const { bytes } = muxSegment(tracks, clock);
    const due = new Map<number, number>();
    for (const { pid, counter, hasPayload } of [...packets(bytes), ...packets(bytes)]) {
      const expected = due.get(pid) ?? 0;
      expect(counter).toBe(hasPayload ? expected : (expected + 15) & 15);
      if (hasPayload) due.set(pid, (expected + 1) & 15);
    }
    expect([...due.values()]).toEqual([0, 0, 0, 0]);
  });

  it('holds all pictures after a delimiter, with parameter sets where decoding can begin', () => {
    const { bytes } = muxSegment(both, clock);
    const [stream] = extractElementaryStreams(Uint8Array.from(bytes), [0x100], { base: 0 });
    const { sps, pps } = videoTrack().configuration as AvcConfiguration;
    const startCode = [0, 0, 0, 1];
    const expected = both[0]!.samples.data.flatMap((sample, index) => [
      ...[...startCode, 9, 0xf0],
      ...(index % 10 === 0 ? [...startCode, ...sps[0]!, ...startCode, ...pps[0]!] : []),
      ...[...startCode, ...sample.subarray(4)],
    ]);
    expect(Buffer.compare(Buffer.from(stream!.data), Buffer.from(expected))).toBe(0);
    expect(stream!.marks.map(({ pts }) => pts)).toEqual(both[0]!.samples.decodeTimes.map((time) => time + clock));
  });

  it('holds audio frames with ADTS headers, and a time stamp wherever the grid of frames is left', () => {
    const one = audio([10, 20, 30]);
    const samples = { ...one, decodeTimes: [0, 1024, 4096] };
    const [stream] = extractElementaryStreams(muxSegment([sound(samples)], clock).bytes, [0x100], { base: 0 });
    expect([...stream!.data.subarray(0, 7)]).toEqual([0xff, 0xf1, 0x4c, 0x80, 0x02, 0x3f, 0xfc]); // 17 bytes
    expect(stream!.data.length).toBe(60 + 3 * 7);
    expect(stream!.marks).toMatchObject([
      { offset: 0, pts: clock },
      { offset: 44, pts: clock + 7680 },
    ]);
  });

  it('says presentation and decoding apart where they are, and never presents before it decodes', () => {
    const samples = { ...video([9, 9, 9]), compositionOffsets: [0, frame, -frame] };
    const track = { ...videoTrack(), decodeShift: 2 * frame };
    const { bytes } = muxSegment([{ track, samples }], clock);
    const [stream] = extractElementaryStreams(bytes, [0x100], { base: 0 });
    expect(stream!.marks.map(({ pts, dts }) => [pts! - clock, dts! - clock])).toEqual([
      [0, -2 * frame],
      [2 * frame, -frame],
      [frame, 0],
    ]);
  });

  it('decodes pictures of a finer clock one after the other, and refuses those that are faster than its own', () => {
    const close = (count: number) => [
      pictures({ ...video(Array<number>(count).fill(40)), decodeTimes: [...Array<number>(count).fill(0)] }),
    ];
    const { bytes } = muxSegment(close(3), clock);
    const [stream] = extractElementaryStreams(bytes, [0x100], { base: 0 });
    expect(stream?.marks.map(({ pts, dts = pts }) => [pts, dts])).toEqual(
      [0, 1, 2].map((late) => [clock + late, clock + late]),
    );
    expect(() => muxSegment(close(100), clock)).toThrow('faster than a transport stream counts');
  });

  it('refuses pictures that are shown more than a minute after they are decoded', () => {
    const late = { ...video([40, 40]), compositionOffsets: [0, 61 * 90_000] };
    expect(() => muxSegment([pictures(late)], clock)).toThrow('more than a minute after');
  });

  it('refuses samples without bytes', () => {
    const { sizes, ...rest } = video([40, 40, 40]);
    expect(() => muxSegment([pictures({ ...rest, sizes: [sizes[0]!, 0, 80] })], clock)).toThrow(
      'a sample without bytes',
    );
  });

  it('refers to the clock at least every 0.1 s, ahead of decoding, also with slow pictures and across the wrap', () => {
    const late = timestampModulus - 45_000;
    const slow = pictures(video([500, 500, 500, 500], { step: 45_000 }));
    const clocks = packets(muxSegment([slow, both[1]!], late).bytes).flatMap(({ pcr }) =>
      pcr === undefined ? [] : [pcr],
    );
    expect(clocks.length).toBeGreaterThan(15);
    for (const [index, pcr] of clocks.slice(1).entries()) {
      const apart = (pcr - clocks[index]! + timestampModulus) % timestampModulus;
      expect(apart).toBeGreaterThanOrEqual(0);
      expect(apart).toBeLessThanOrEqual(9000);
    }
    expect(clocks[0]).toBe(late - 63_000);
  });

  it.each<[string, MuxedTrack, number]>([
    ['slow pictures', pictures(video([90, 90, 90], { step: 90_000 })), 3 * 90_000],
    ['few bytes of sound', sound(audio(Array.from({ length: 45 }, () => 30))), (45 * 1024 * 90_000) / 48_000],
  ])('refers to the clock until the next segment does: %s', (_, track, lasts) => {
    const seen = packets(muxSegment([track], clock).bytes).filter(({ pid }) => pid === 0x100);
    const times = seen.flatMap(({ pcr }) => pcr ?? []);
    const next = times[0]! + lasts;
    for (const [index, time] of times.entries()) expect((times[index + 1] ?? next) - time).toBeLessThanOrEqual(9000);
    expect(seen.filter(({ hasPayload }) => hasPayload).length % 16).toBe(0);
    expect(seen.at(-1)!.counter).toBe(15);
  });

  it.each([
    ['50 s', 50, 499],
    ['a day', 86_000, 0],
  ])(
    'refers to the clock in a hole of up to a minute, before the tables that follow it: %s',
    (_, seconds, references) => {
      const hole = [500, 500].map((size) => video([size]));
      const samples = {
        ...hole[0]!,
        data: hole.flatMap(({ data }) => data),
        sizes: hole.flatMap(({ sizes }) => sizes),
      };
      const apart = { ...samples, decodeTimes: [0, seconds * 90_000], compositionOffsets: [0, 0], sync: [true, true] };
      const seen = packets(muxSegment([pictures(apart)], clock).bytes);
      const second = seen.findLastIndex(({ pid, hasPayload, pcr }) => pid === 0x100 && hasPayload && pcr !== undefined);
      const clocks = seen
        .map(({ pid, hasPayload }, at) => (pid === 0x100 && !hasPayload ? at : -1))
        .filter((at) => at >= 0);
      expect(clocks.filter((at) => at < second)).toHaveLength(references);
      expect(seen.slice(second - 2, second).map(({ pid }) => pid)).toEqual([0, 0x1000]);
    },
  );

  it('says where its key pictures are: their bytes alone, PAT and PMT before, can be decoded', () => {
    const { bytes, iFrames } = muxSegment(both, clock);
    expect(iFrames.map(({ time }) => time)).toEqual([0, 10, 20, 30, 40].map((index) => index * frame));
    for (const { offset, length } of iFrames) {
      const part = bytes.slice(offset, offset + length);
      expect(findProgram(part)).toBeDefined();
      expect(extractElementaryStreams(part, [0x100], { base: 0 })[0]?.marks).toHaveLength(1);
    }
  });

  it('refuses sound that ADTS cannot express', () => {
    const configuration = { ...audioTrack('a').configuration, audioSpecificConfig: Uint8Array.of(0xf9, 0x46, 0x40) };
    const track = { ...audioTrack('a'), configuration } as MuxedTrack['track'];
    expect(() => muxSegment([{ track, samples: audio([9]) }], clock)).toThrow('object type 42');
  });
});
