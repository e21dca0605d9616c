import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const largestOutput = 64 * 1024 * 1024;

/** Runs ffmpeg; rejects with what it said when it fails. */
export async function ffmpeg(...parameters: string[]): Promise<string> {
  const { stdout } = await run('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...parameters], {
    maxBuffer: largestOutput,
  });
  return stdout;
}

/** The decoded frames of one stream: their MD5 digests, in the order of presentation. */
export interface DecodedStream {
  readonly kind: 'video' | 'audio';
  readonly frames: readonly string[];
}

/**
 * Decodes every stream of the input, or those that `map` selects, without resampling, dropping or doubling frames. What an edit list hides is
 * decoded too: a fragment has nothing that would hide the priming of audio.
 */
export async function decode(input: string, map?: string): Promise<DecodedStream[]> {
  const maps = map === undefined ? ['-map', '0:v?', '-map', '0:a?'] : ['-map', map];
  const edits = /\.(mp4|m4a)$/.test(input) ? ['-ignore_editlist', '1'] : [];
  const report = await ffmpeg(
    ...[...edits, '-i', input, ...maps, '-fps_mode', 'passthrough', '-copyts', '-f', 'framemd5', '-'],
  );
  const kinds: ('video' | 'audio')[] = [];
  const frames: string[][] = [];
  for (const line of report.split('\n')) {
    const media = /^#media_type (\d+): (video|audio)$/.exec(line);
    if (media) {
      kinds[Number(media[1])] = media[2] as 'video' | 'audio';
      frames[Number(media[1])] = [];
    } else if (line !== '' && !line.startsWith('#')) {
      const fields = line.split(',').map((field) => field.trim());
      frames[Number(fields[0])]!.push(fields.at(-1)!);
    }
  }
  return kinds.map((kind, index) => ({ kind, frames: frames[index]! }));
}

/** The indexes of the video and audio streams that ffmpeg finds in the input. */
export async function mediaStreams(input: string): Promise<number[]> {
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    'stream=index,codec_type',
    '-of',
    'json',
    input,
  ]);
  const { streams } = JSON.parse(stdout) as Pick<ProbeReport, 'streams'>;
  return streams.filter(({ codec_type }) => codec_type === 'video' || codec_type === 'audio').map(({ index }) => index);
}

/** What the demuxer says of one stream's packets, in decode order. Times in ticks of the timescale. */
export interface PacketTimes {
  readonly kind: 'video' | 'audio';
  /** ticks per second */
  readonly timescale: number;
  readonly packets: readonly Packet[];
}

export interface Packet {
  readonly presentation: number;
  readonly decode: number;
  readonly duration: number;
  /** A stream access point. */
  readonly key: boolean;
}

interface ProbeReport {
  streams: { index: number; codec_type: string; time_base: string }[];
  packets: { stream_index: number; pts: number; dts: number; duration?: number; flags: string }[];
}

/** Reads the time stamps of every packet without decoding. */
export async function packetTimes(input: string): Promise<PacketTimes[]> {
  const entries = 'stream=index,codec_type,time_base:packet=stream_index,pts,dts,duration,flags';
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', input], {
    maxBuffer: largestOutput,
  });
  const report = JSON.parse(stdout) as ProbeReport;
  const media = report.streams.filter(({ codec_type }) => codec_type === 'video' || codec_type === 'audio');
  return media.map(({ index, codec_type, time_base }) => ({
    kind: codec_type as 'video' | 'audio',
    timescale: Number(time_base.split('/')[1]),
    packets: report.packets
      .filter((packet) => packet.stream_index === index)
      .map(({ pts, dts, duration, flags }) => ({
        presentation: pts,
        decode: dts,
        duration: duration ?? 0,
        key: flags.startsWith('K'),
      })),
  }));
}
