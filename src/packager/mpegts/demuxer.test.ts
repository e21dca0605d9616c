import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemuxedTrack, demuxFile } from '../../../test/support/demuxed.js';
import { ffmpeg, type PacketTimes, packetTimes } from '../../../test/support/ffmpeg.js';
import { allCases } from '../../../test/support/extent.js';
import { requires } from '../../../test/support/requires.js';
import { startCodeFinder, withoutTrailingZeros } from '../codec/annexb.js';

const run = promisify(execFile);

interface Case {
  readonly name: string;
  readonly rate?: string;
  readonly audio?: { readonly sampleRate?: number; readonly channels?: number; readonly delay?: number };
  readonly encoder?: readonly string[];
  readonly muxer?: readonly string[];
}

const cases: Case[] = [
  { name: '25 fps with B-frames' },
  { name: '23.976 fps', rate: '24000/1001' },
  { name: '29.97 fps', rate: '30000/1001' },
  { name: '50 fps without B-frames, 44.1 kHz', rate: '50', encoder: ['-bf', '0'], audio: { sampleRate: 44_100 } },
  {
    name: '59.94 fps with a pyramid of B-frames',
    rate: '60000/1001',
    encoder: ['-bf', '3', '-x264-params', 'b-pyramid=normal'],
  },
  { name: 'time stamps that wrap at 33 bits in the middle', muxer: ['-output_ts_offset', '95440'] },
  { name: 'audio that is early', audio: { delay: -0.5 } },
  { name: 'audio that is late', audio: { delay: 0.5 } },
  { name: 'mono, one frame in each PES packet', audio: { channels: 1 }, muxer: ['-pes_payload_size', '0'] },
  { name: '5.1', audio: { channels: 6 } },
  { name: 'four slices in a picture', encoder: ['-x264-params', 'slices=4'] },
  { name: 'open GOPs', encoder: ['-x264-params', 'open-gop=1:bframes=3'] },
  { name: 'gradual intra refresh', encoder: ['-bf', '0', '-x264-params', 'intra-refresh=1'] },
  { name: 'interlaced', encoder: ['-flags', '+ilme+ildct', '-x264-params', 'tff=1'] },
  { name: '4:2:2 at ten bits', encoder: ['-pix_fmt', 'yuv422p10le'] },
];
/** Every third in `npm test`; `npm run conformance` has all. */
const chosen = cases.filter((_, index) => allCases || index % 3 === 0);

describe.runIf(requires('ffmpeg'))('demuxSegment gives the bytes, times and access points that ffmpeg gives', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(path.join(tmpdir(), 'reelway-mpegts-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(chosen.map((each, index) => ({ ...each, index })))('$name', async (each) => {
    const stream = path.join(folder, `${each.index}.ts`);
    const playlist = path.join(folder, `${each.index}.m3u8`);
    await encode(each, { mp4: path.join(folder, `${each.index}.mp4`), stream, playlist });
    const probed = await packetTimes(stream);
    for (const entry of [stream, playlist]) {
      const { renditions } = await demuxFile(entry, { segmentDuration: 2 });
      const tracks = renditions[0]!;
      expect(tracks.map(({ track }) => track.kind)).toEqual(['video', 'audio']);
      for (const [index, track] of tracks.entries()) {
        expect(digest(track.samples.map(({ data }) => data))).toBe(digest(await reference(stream, track.track.kind)));
        expectTimes(track, probed[index]!);
      }
      expectSameOffset(tracks, probed);
    }
  });
});

async function encode(
  { rate = '25', audio = {}, encoder = [], muxer = [] }: Case,
  out: { mp4: string; stream: string; playlist: string },
) {
  const { sampleRate = 48_000, channels = 2, delay = 0 } = audio;
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `testsrc2=size=160x96:rate=${rate}`],
    ...['-itsoffset', String(delay), '-f', 'lavfi', '-i', `sine=frequency=700:sample_rate=${sampleRate}`, '-t', '5'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-bf', '2', '-threads', '1', ...encoder],
    ...['-c:a', 'aac', '-b:a', '48k', '-ac', String(channels), out.mp4],
  );
  await ffmpeg('-copyts', '-i', out.mp4, '-c', 'copy', ...muxer, '-f', 'mpegts', out.stream);
  const options = muxer.includes('-pes_payload_size') ? ['-hls_segment_options', 'pes_payload_size=0'] : muxer;
  await ffmpeg(
    ...['-copyts', '-i', out.mp4, '-c', 'copy', ...options],
    ...['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', out.playlist],
  );
}

/** The elementary stream as ffmpeg copies it: AAC frames, or NAL units without what samples do not hold. */
async function reference(stream: string, kind: 'video' | 'audio'): Promise<Uint8Array[]> {
  const format = kind === 'video' ? ['-map', '0:v', '-f', 'h264'] : ['-map', '0:a', '-f', 'adts'];
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', stream, '-c', 'copy', ...format, '-'], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
  });
  return kind === 'video' ? keptUnits(stdout) : adtsPayloads(stdout);
}

function keptUnits(bytes: Uint8Array): Uint8Array[] {
  const find = startCodeFinder(bytes);
  const units: Uint8Array[] = [];
  for (let at = find(0); at >= 0;) {
    const next = find(at + 3);
    const unit = bytes.subarray(at + 3, withoutTrailingZeros(bytes, at + 3, next < 0 ? bytes.length : next));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(unit.length);
    if (![7, 8, 9, 12].includes(unit[0]! & 31)) units.push(length, unit);
    at = next;
  }
  return units;
}

function adtsPayloads(bytes: Buffer): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = (bytes.readUIntBE(at + 3, 3) >> 5) & 0x1fff;
    frames.push(bytes.subarray(at + 7, at + length));
    at += length;
  }
  return frames;
}

function digest(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Video: to the tick. Audio: on its grid of frames, whose time stamps were rounded to 90 kHz by the multiplexer. */
function expectTimes({ track, samples, ends }: DemuxedTrack, { packets }: PacketTimes): void {
  expect(samples).toHaveLength(packets.length);
  expect(samples.map(({ sync }) => sync)).toEqual(packets.map(({ key }) => key));
  const first = { ours: samples[0]!, theirs: packets[0]! };
  const scale = 90_000 / track.timescale;
  const tolerance = track.kind === 'video' ? 0 : 3;
  for (const [index, sample] of samples.entries()) {
    const packet = packets[index]!;
    const presentation =
      (sample.presentation - first.ours.presentation) * scale - (packet.presentation - first.theirs.presentation);
    const decode = (sample.decode - first.ours.decode) * scale - (packet.decode - first.theirs.decode);
    expect(Math.max(Math.abs(presentation), Math.abs(decode)), `sample ${index}`).toBeLessThanOrEqual(tolerance);
  }
  expect(samples.map(({ decode }) => decode)).toEqual(samples.map(({ decode }) => decode).toSorted((a, b) => a - b));
  const last = samples.at(-1)!.decode - samples.at(-2)!.decode;
  expect(ends.at(-1)).toBe(samples.at(-1)!.decode + last);
}

/** Earliest presentation is 0, and audio and video are as far apart as they were. */
function expectSameOffset(tracks: readonly DemuxedTrack[], probed: readonly PacketTimes[]): void {
  const ours = tracks.map(
    ({ track, samples }) => (Math.min(...samples.map(({ presentation }) => presentation)) * 90_000) / track.timescale,
  );
  const theirs = probed.map(({ packets }) => Math.min(...packets.map(({ presentation }) => presentation)));
  expect(Math.min(...ours)).toBe(0);
  expect(Math.abs(ours[1]! - ours[0]! - (theirs[1]! - theirs[0]!))).toBeLessThanOrEqual(2);
}
