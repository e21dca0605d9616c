import { avcConfiguration } from '../../src/packager/codec/h264/avc-configuration.js';
import { concat } from '../../src/packager/isobmff/box.js';
import { initSegment } from '../../src/packager/isobmff/init-segment.js';
import { mediaSegment } from '../../src/packager/isobmff/media-segment.js';
import type { VideoTrack } from '../../src/packager/model/track.js';
import { writePps, writeSps } from './h264-writer.js';
import { frameTicks, pictures } from './made-stream.js';

/** Fragmented MP4 of six segments of 2 s at 25 fps, with event messages in them. Its clock begins at 10 s; the first picture is presented a frame later. */
export const timescale = 12_800;
export const start = 10;
/** Seconds on the movie's time line of what is so many seconds after the first picture. */
export const onMovie = (seconds: number) => start + 1 / 25 + seconds;

const segmentCount = 6;
const gop = 50;
const ticks = (at90: number) => Math.round((at90 * timescale) / 90_000);
const track: VideoTrack = {
  ...{ kind: 'video', pid: 1, timescale, decodeShift: 0 },
  configuration: avcConfiguration([writeSps()], [writePps()], false),
};
export const init = initSegment(track);

export type Messages = Readonly<Record<number, readonly Uint8Array[]>>;

const units = pictures(segmentCount * gop, { gop, start: start * 90_000, delimiters: false });

/** @param messages by the index of their segment, from 0 */
export function eventfulSegments(messages: Messages): Uint8Array[] {
  return Array.from({ length: segmentCount }, (_, index) => {
    const own = units.slice(index * gop, (index + 1) * gop);
    const samples = {
      data: own.map(({ sample }) => sample),
      sizes: own.map(({ sample }) => sample.length),
      decodeTimes: own.map(({ dts }) => ticks(dts)),
      compositionOffsets: own.map(({ pts, dts }) => ticks(pts - dts)),
      sync: own.map((_, at) => at === 0),
    };
    const end = ticks((own.at(-1)?.dts ?? 0) + frameTicks);
    const events = concat(...(messages[index] ?? []));
    return concat(...mediaSegment({ sequenceNumber: index + 1, samples, end, events }));
  });
}

/** What `styp` takes at the head of a segment. */
const typeBytes = 24;

/** One file of them; with `typed`, each segment begins with `styp`. */
export function eventfulFile(messages: Messages, { typed = true } = {}): Uint8Array {
  return concat(init, ...eventfulSegments(messages).map((bytes) => (typed ? bytes : bytes.subarray(typeBytes))));
}

/** A media playlist and its resources, under a name of their own. */
export function eventfulPlaylist(messages: Messages, name = 'index'): Record<string, Uint8Array | string> {
  const segments = eventfulSegments(messages);
  const lines = segments.flatMap((_, index) => ['#EXTINF:2.0,', `${name}/${index}.m4s`]);
  const head = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:2', `#EXT-X-MAP:URI="${name}/init.mp4"`];
  return {
    [`file:///${name}.m3u8`]: [...head, ...lines, '#EXT-X-ENDLIST'].join('\n'),
    [`file:///${name}/init.mp4`]: init,
    ...Object.fromEntries(segments.map((bytes, index) => [`file:///${name}/${index}.m4s`, bytes])),
  };
}
