import { describe, expect, it } from 'vitest';
import { type DemuxedTrack, demuxPeriod, demuxSource } from '../../../test/support/demuxed.js';
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
import { audioPid, videoPid } from '../../../test/support/transport-stream.js';

const entry = 'mem://source/index.m3u8';
const video = pictures(90);
const audio = frames(160);

async function demux(segments: readonly (readonly Uint8Array[])[], uri = entry): Promise<DemuxedTrack[]> {
  const { renditions } = await demuxSource(memorySource(playlistOf(segments)), uri);
  return renditions[0]!;
}

/** Samples are the units, with their times on a time line whose 0 is the earliest. */
function expectUnits(track: DemuxedTrack, units: readonly Unit[], earliest: number): void {
  expect(track.samples.map(({ data }) => Buffer.from(data).toString('hex'))).toEqual(
    units.map(({ sample }) => Buffer.from(sample).toString('hex')),
  );
  const scale = track.track.timescale / 90_000;
  const shift = track.track.kind === 'video' ? units[0]!.pts - units[0]!.dts : 0;
  expect(track.samples.map(({ presentation }) => presentation)).toEqual(
    units.map(({ pts }) => (pts - earliest) * scale),
  );
  expect(track.samples.map(({ decode }) => decode)).toEqual(units.map(({ dts }) => (dts + shift - earliest) * scale));
}

async function expectStreams(
  segments: readonly (readonly Uint8Array[])[],
  units: { video?: readonly Unit[]; audio?: readonly Unit[] } = { video, audio },
) {
  const tracks = await demux(segments);
  const expected = [units.video, units.audio].filter((stream) => stream !== undefined);
  const earliest = Math.min(...expected.flat().map(({ pts }) => pts));
  expect(tracks).toHaveLength(expected.length);
  for (const [index, track] of tracks.entries()) expectUnits(track, expected[index]!, earliest);
  return tracks;
}

/** Packets in segments that begin at these packets. */
function cut(packets: readonly Uint8Array[], ...at: number[]): Uint8Array[][] {
  return [0, ...at].map((from, index) => packets.slice(from, at[index] ?? packets.length));
}

const sound = layOut(audioPid, audio, unitsEach(audio, 5));

describe('pictures in PES packets', () => {
  it.each([
    ['one each', pictures(90), 1],
    ['three each, of which the first has a time stamp', pictures(90), 3],
    ['fifteen each', pictures(90), 15],
    ['three each, without delimiters', pictures(90, { delimiters: false }), 3],
  ])('%s', async (_, units, count) => {
    await expectStreams([multiplex([layOut(videoPid, units, unitsEach(units, count)), sound])], {
      video: units,
      audio,
    });
  });

  it.each([100, 333, 2000])('that end every %d bytes, wherever that is', async (size) => {
    await expectStreams([multiplex([layOut(videoPid, video, (from) => from + size), sound])]);
  });

  it('with their length told', async () => {
    await expectStreams([multiplex([layOut(videoPid, video, unitsEach(video, 2), { unbounded: false }), sound])]);
  });

  it('with header stuffing that goes over packets', async () => {
    await expectStreams([multiplex([layOut(videoPid, video, unitsEach(video, 1), { stuffing: 200 }), sound])]);
  });
});

describe('sound in PES packets', () => {
  it.each([50, 777, 5000])('that end every %d bytes, wherever that is', async (size) => {
    await expectStreams([
      multiplex([layOut(videoPid, video, unitsEach(video, 1)), layOut(audioPid, audio, (from) => from + size)]),
    ]);
  });

  it('alone', async () => {
    await expectStreams([multiplex([sound])], { audio });
  });

  it('none', async () => {
    await expectStreams([multiplex([layOut(videoPid, video, unitsEach(video, 1))])], { video });
  });
});

describe('segments', () => {
  it('may end anywhere: in PES packets, in pictures, in frames of sound', async () => {
    let seed = 11;
    const random = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    for (let round = 0; round < 40; round += 1) {
      const [size, soundSize] = [60 + random(3000), 60 + random(900)];
      const count = 1 + random(3);
      const whole = round % 2 === 0;
      const packets = multiplex(
        [
          layOut(videoPid, video, whole ? unitsEach(video, count) : (from) => from + size),
          layOut(audioPid, audio, (from) => from + soundSize),
        ],
        { interleaved: round % 3 > 0 },
      );
      const length = Math.floor(packets.length / (2 + random(4)));
      const edges = Array.from(
        { length: Math.floor(packets.length / length) - 1 },
        (_, index) => (index + 1) * length - random(9),
      );
      await expectStreams(cut(packets, ...edges)).catch((error: unknown) => {
        throw new Error(`round ${round}: ${String(error)}`, { cause: error });
      });
    }
  });

  it('say what they need of the next one, and where that one begins', async () => {
    const packets = multiplex([layOut(videoPid, video, unitsEach(video, 1)), sound], { interleaved: true });
    const { index } = await demuxSource(memorySource(playlistOf(cut(packets, 200))), entry);
    const [first, second] = index.renditions[0]!.periods[0]!.segments;
    expect(first!.tail).toMatchObject({ uri: 'mem://source/1.ts', offset: 0 });
    expect(first!.tail!.length! % 188).toBe(0);
    expect(first!.tracks.map(({ carry }) => carry)).toEqual(second!.tracks.map(({ skip }) => skip));
    expect(first!.tracks.map(({ end }) => end)).toEqual(second!.tracks.map(({ start }) => start));
    expect(second!.tail).toBeUndefined();
  });

  it('may lack a track: its sound began late, paused for two segments, and ended early', async () => {
    const gap = [audio.slice(40, 60), audio.slice(100, 120)].flat();
    const sounding = layOut(audioPid, gap, unitsEach(gap, 5));
    const packets = multiplex([layOut(videoPid, video, unitsEach(video, 1)), sounding]);
    const starts = packets.flatMap((packet, index) => ((packet[1]! & 0x5f) === 0x41 && packet[2] === 0 ? [index] : []));
    const tracks = await expectStreams(cut(packets, ...starts.filter((_, index) => index % 15 === 0 && index > 0)), {
      video,
      audio: gap,
    });
    const lastOfFirst = gap[19]!;
    const pause = (gap[20]!.pts - lastOfFirst.pts) / 1.875;
    const [before, after] = [tracks[1]!.samples[19]!, tracks[1]!.samples[20]!];
    expect(after.decode - before.decode).toBe(pause);
    expect(tracks[1]!.ends.at(-1)).toBe(tracks[1]!.samples.at(-1)!.decode + 1024);
  });

  it('begin with the first key frame: what comes before cannot be decoded', async () => {
    const late = video.slice(7);
    const packets = multiplex([layOut(videoPid, late, unitsEach(late, 1)), sound]);
    const { index, renditions } = await demuxSource(memorySource(playlistOf([packets])), entry);
    expectUnits(renditions[0]![0]!, video.slice(15), audio[0]!.pts);
    expect(index.notes).toEqual([
      '8 pictures before the first key frame of rendition r1 are left out: they cannot be decoded.',
    ]);
  });

  it('may wrap 33 bits between each other, in one track before the other', async () => {
    const start = 2 ** 33 - 45 * frameTicks;
    const [wrapping, ringing] = [pictures(90, { start }), frames(160, { start: start - 40_000 })];
    const packets = multiplex([
      layOut(videoPid, wrapping, unitsEach(wrapping, 1)),
      layOut(audioPid, ringing, unitsEach(ringing, 5)),
    ]);
    const half = Math.floor(packets.length / 2);
    const tracks = await demux(cut(packets, half - 60, half + 60));
    expectUnits(tracks[0]!, wrapping, ringing[0]!.pts);
    expectUnits(tracks[1]!, ringing, ringing[0]!.pts);
  });
});

describe('what changes within a source', () => {
  it('parameter sets that differ between segments stay in band', async () => {
    const [before, after] = [pictures(30), pictures(30, { start: 126_000 + 30 * frameTicks, level: 40 })];
    const packetsOf = (units: readonly Unit[]) => multiplex([layOut(videoPid, units, unitsEach(units, 1))]);
    const { index, renditions } = await demuxSource(
      memorySource(playlistOf([packetsOf(before), packetsOf(after)])),
      entry,
    );
    const { configuration } = index.renditions[0]!.periods[0]!.tracks[0]!;
    expect(configuration).toMatchObject({ codecString: 'avc3.42001f', parameterSetsInBand: true });
    expect(renditions[0]![0]!.samples[30]!.data.subarray(4, 8)).toEqual(Buffer.of(0x67, 66, 0, 40));
  });

  it('parameter sets that change inside a segment are refused', async () => {
    const units = [...pictures(30), ...pictures(30, { start: 126_000 + 30 * frameTicks, level: 40 })];
    const packets = multiplex([layOut(videoPid, units, unitsEach(units, 1))]);
    await expect(demux([packets])).rejects.toMatchObject({
      code: 'source_unsupported',
      location: { segment: 1, rendition: 'r1', time: 1.2 },
    });
  });

  it('a discontinuity begins a period with a time line and parameter sets of its own', async () => {
    const other = pictures(30, { start: 9_000_000, level: 40 });
    const rest = frames(50, { start: 9_001_920, channels: 1 });
    const first = multiplex([layOut(videoPid, video, unitsEach(video, 1)), sound]);
    const second = multiplex([
      layOut(videoPid, other, unitsEach(other, 1)),
      layOut(audioPid, rest, unitsEach(rest, 5)),
    ]);
    const reader = memorySource(playlistOf([first, second], [1]));
    const { index } = await demuxSource(reader, entry);
    const { periods } = index.renditions[0]!;
    expect(periods).toHaveLength(2);
    const tracks = await demuxPeriod(reader, periods[1]!);
    expectUnits(tracks[0]!, other, 9_001_920);
    expectUnits(tracks[1]!, rest, 9_001_920);
    expect(tracks.map(({ track }) => track.configuration.codecString)).toEqual(['avc1.420028', 'mp4a.40.2']);
  });

  it('a jump in time without a discontinuity is refused', async () => {
    const other = pictures(30, { start: 90_000_000 });
    const segments = [video, other].map((units) => multiplex([layOut(videoPid, units, unitsEach(units, 1))]));
    await expect(demux(segments)).rejects.toMatchObject({
      code: 'source_invalid',
      location: { segment: 2, uri: 'mem://source/1.ts' },
      message: expect.stringContaining(
        '998.600 s later than the one before, where EXTINF says 1.000 s; a break needs EXT-X-DISCONTINUITY',
      ) as string,
    });
  });

  it('audio that pauses by more than rounding goes on where its time stamps say', async () => {
    const paused = [...audio.slice(0, 50), ...frames(50, { start: audio[50]!.pts + 4000 })];
    const packets = multiplex([
      layOut(videoPid, video, unitsEach(video, 1)),
      layOut(audioPid, paused, unitsEach(paused, 5)),
    ]);
    const tracks = await demux([packets]);
    const times = tracks[1]!.samples.map(({ decode }) => decode);
    expect([times[49], times[50], times[51]]).toEqual([
      49 * 1024,
      50 * 1024 + Math.round((4000 * 48) / 90),
      51 * 1024 + Math.round((4000 * 48) / 90),
    ]);
  });

  it('audio whose stamps were rounded to milliseconds stays on its grid', async () => {
    const rounded = frames(300).map((unit) => ({
      ...unit,
      pts: Math.round(unit.pts / 90) * 90,
      dts: Math.round(unit.pts / 90) * 90,
    }));
    const packets = multiplex([layOut(audioPid, rounded, unitsEach(rounded, 7))]);
    const starts = packets.flatMap((packet, index) => ((packet[1]! & 0x5f) === 0x41 && packet[2] === 1 ? [index] : []));
    const tracks = await demux(cut(packets, ...starts.filter((_, index) => index % 7 === 6)));
    expect(tracks[0]!.samples.map(({ decode }) => decode)).toEqual(rounded.map((_, index) => index * 1024));
    expect(tracks[0]!.track).toMatchObject({ jitter: 93 });
  });
});
