import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ffmpeg, packetTimes } from '../support/ffmpeg.js';
import { encryptSegments } from './encrypt-segments.js';
import { packAudio } from '../support/packed-audio-writer.js';
import { beginsWithinSound, renumber, spreadSound } from './rearrange.js';

/** How a made source differs from the plain one: 25 fps, B-frames, 48 kHz stereo starting with the picture, two muxed renditions. */
export interface SourceOptions {
  /** Frames per second as ffmpeg writes it. */
  readonly rate?: string;
  readonly bFrames?: number;
  /** Groups of pictures whose first pictures in display need those before. */
  readonly openGroups?: boolean;
  /** One amid the second group of pictures. */
  readonly extraKeyFrame?: boolean;
  readonly videoCodec?: VideoCodec;
  /** Sample entry of an MP4, where ffmpeg would write another. */
  readonly sampleEntry?: 'hvc1' | 'hev1';
  /** Hz */
  readonly sampleRate?: number;
  readonly channels?: 1 | 2 | 6;
  readonly audioCodec?: 'aac' | 'ac3' | 'eac3' | 'libmp3lame' | 'libopus' | 'flac';
  /** Flag of ffmpeg's muxer of transport streams, for a single one: DVB's descriptors, or AAC in LATM. */
  readonly transport?: 'latm' | 'system_b';
  /** Seconds that the sound starts after the picture; negative: before it. */
  readonly audioDelay?: number;
  /** Seconds added to every time stamp; 95440 makes 33 bits of 90 kHz wrap in the middle. */
  readonly timeOffset?: number;
  readonly shape?: SourceShape;
  /** Of the segments of playlists: transport streams, or fragmented MP4 behind EXT-X-MAP. */
  readonly segments?: 'TS' | 'fMP4';
  /** Audio renditions are packed audio: frames behind ID3 tags. */
  readonly packed?: boolean;
  /** Segments and maps of playlists are encrypted with AES-128: with an IV that is written and a key for each two segments, or one of the sequence number. */
  readonly encrypted?: 'IV and rotation' | 'sequence numbers';
  /** Puts each audio frame into a PES packet of its own, so that each has its exact time stamp. */
  readonly oneFramePerPes?: boolean;
  readonly seconds?: number;
}

/** `HDR10` is HEVC of 10 bits with PQ and what it was mastered on; `HLG` is the same with HLG. */
export type VideoCodec = 'H.264' | 'HEVC' | 'HEVC HDR10' | 'HEVC HLG' | 'AV1' | 'AV1 HDR10' | 'VP9';

export type SourceShape =
  | 'muxed ladder'
  | 'media playlist'
  | 'transport stream'
  | 'transport stream in two languages'
  | 'separate audio'
  | 'byte ranges'
  | 'discontinuity'
  | 'parameter sets change'
  | 'sound across segments'
  | 'no audio'
  | 'no video'
  | Mp4Shape;

/** How an MP4 is laid out. */
export type Mp4Shape =
  | 'MP4'
  | 'MP4, movie box first'
  | 'fragmented MP4'
  | 'MP4 without audio'
  | 'MP4 without video'
  | 'MP4 in two languages'
  | 'SMIL of MP4s';

export interface MadeSource {
  /** What `reelway package` is given. */
  readonly entry: string;
  /** Per rendition and period: a file with all of its bytes, for the judge. */
  readonly renditions: readonly (readonly string[])[];
}

const sizes = ['160x90', '128x72'] as const;
const gopSeconds = 1;
const segmentSeconds = 2;

type Optional = 'sampleEntry' | 'transport' | 'encrypted';
type Plain = Required<Omit<SourceOptions, Optional>> & Pick<SourceOptions, Optional>;

const plain: Plain = {
  rate: '25',
  bFrames: 2,
  openGroups: false,
  extraKeyFrame: false,
  videoCodec: 'H.264',
  sampleRate: 48_000,
  channels: 2,
  audioCodec: 'aac',
  audioDelay: 0,
  timeOffset: 0,
  shape: 'muxed ladder',
  segments: 'TS',
  oneFramePerPes: false,
  packed: false,
  seconds: 5,
};

/** Makes a source in the folder. Encodes to MP4 first and cuts by stream copy, so that every segment has its parameter sets. */
export async function makeSource(folder: string, options: SourceOptions = {}): Promise<MadeSource> {
  const source = await makeClearSource(folder, options);
  const { encrypted } = options;
  if (encrypted) {
    const playlists = (await readdir(folder, { recursive: true })).filter((name) => /[\\/]index\.m3u8$/.test(name));
    for (const playlist of playlists) await encryptSegments(path.join(folder, playlist), encrypted);
  }
  return source;
}

async function makeClearSource(folder: string, options: SourceOptions): Promise<MadeSource> {
  const given: Plain = { ...plain, ...options };
  await mkdir(folder, { recursive: true });
  switch (given.shape) {
    case 'muxed ladder':
      return makeLadder(folder, given, true);
    case 'separate audio':
      return makeLadder(folder, given, false);
    case 'discontinuity':
      return makeDiscontinuity(folder, given);
    case 'parameter sets change':
      return makeParameterSetChange(folder, given);
    case 'sound across segments': {
      const source = await makeSource(folder, { ...given, shape: 'media playlist' });
      await rewriteSegments([source.entry], spreadSound, (segments) => segments.slice(1).some(beginsWithinSound));
      return source;
    }
    case 'transport stream':
    case 'transport stream in two languages':
      return makeTransportStream(folder, given);
    case 'MP4':
    case 'MP4, movie box first':
    case 'fragmented MP4':
    case 'MP4 without audio':
    case 'MP4 without video':
    case 'MP4 in two languages':
      return makeMp4(folder, given, given.shape);
    case 'SMIL of MP4s':
      return makeSmil(folder, given);
    case 'media playlist':
    case 'byte ranges':
    case 'no audio':
    case 'no video': {
      const inputs = await encode(folder, given, sizes[0]);
      const playlist = await cut(inputs, path.join(folder, 'only'), given);
      return { entry: playlist, renditions: [[await whole(playlist)]] };
    }
  }
}

async function makeTransportStream(folder: string, given: Plain): Promise<MadeSource> {
  const file = path.join(folder, 'source.ts');
  const second = path.join(folder, 'second.mp4');
  const two = given.shape === 'transport stream in two languages';
  if (two) await encodeSound(second, { ...given, channels: 1 });
  const inputs = await encode(folder, given, sizes[0], two ? [second] : []);
  await ffmpeg(...inputs, ...(two ? languages : []), ...timing(given), '-f', 'mpegts', ...pes(given), file);
  return { entry: file, renditions: [[file]] };
}

const languages = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=fra'];

async function makeLadder(folder: string, given: Plain, muxed: boolean): Promise<MadeSource> {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:4', '#EXT-X-INDEPENDENT-SEGMENTS'];
  const renditions: string[][] = [];
  if (!muxed) {
    const inputs = await encode(folder, { ...given, shape: 'no video' }, sizes[0]);
    const audio = await cut(inputs, path.join(folder, 'audio'), given);
    renditions.push([await whole(audio)]);
    if (given.packed) await packSegments(audio, given);
    lines.push(
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,URI="audio/index.m3u8"',
    );
  }
  for (const size of sizes) {
    const inputs = await encode(folder, muxed ? given : { ...given, shape: 'no audio' }, size);
    renditions.push([await whole(await cut(inputs, path.join(folder, size), given))]);
    const group = muxed ? '' : ',AUDIO="sound"';
    const bandwidth = size === sizes[0] ? 600_000 : 400_000;
    lines.push(
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${size},CODECS="avc1.64000b,mp4a.40.2"${group}`,
      `${size}/index.m3u8`,
    );
  }
  const entry = path.join(folder, 'index.m3u8');
  await writeFile(entry, `${lines.join('\n')}\n`);
  return { entry, renditions };
}

/** Two encodings with unrelated time stamps in one playlist, the second behind EXT-X-DISCONTINUITY and earlier on its own clock. */
async function makeDiscontinuity(folder: string, given: Plain): Promise<MadeSource> {
  const parts: string[] = [];
  const lines: string[] = [];
  for (const [index, timeOffset] of [100, 10].entries()) {
    const name = `part${index + 1}`;
    const inputs = await encode(folder, { ...given, bFrames: index === 0 ? given.bFrames : 0 }, sizes[0]);
    const playlist = await cut(inputs, path.join(folder, name), { ...given, timeOffset });
    parts.push(await whole(playlist));
    if (index > 0) lines.push('#EXT-X-DISCONTINUITY');
    lines.push(...within(path.dirname(playlist), await segmentLines(playlist)));
  }
  const entry = path.join(folder, 'index.m3u8');
  await writeFile(entry, mediaPlaylist(lines));
  return { entry, renditions: [parts] };
}

/** Two renditions with the same sound; the first has a key frame more, where the other cannot be entered. */
async function makeSmil(folder: string, given: Plain): Promise<MadeSource> {
  const files: string[] = [];
  for (const [index, size] of sizes.entries()) {
    const file = path.join(folder, `${size}.mp4`);
    await ffmpeg(...(await encode(folder, { ...given, extraKeyFrame: index === 0 }, size)), '-c', 'copy', file);
    files.push(file);
  }
  const entry = path.join(folder, 'index.smil');
  const videos = files.map((file) => `<video src="${path.basename(file)}" systemLanguage="eng" audioName="Lecture"/>`);
  await writeFile(entry, `<smil><head/><body><switch>${videos.join('')}</switch></body></smil>`);
  return { entry, renditions: files.map((file) => [file]) };
}

async function makeMp4(folder: string, given: Plain, shape: Mp4Shape): Promise<MadeSource> {
  const file = path.join(folder, shape === 'MP4 without video' ? 'source.m4a' : 'source.mp4');
  const flags = { 'MP4, movie box first': '+faststart', 'fragmented MP4': '+frag_keyframe+delay_moov' }[
    shape as string
  ];
  const second = path.join(folder, 'second.mp4');
  const two = shape === 'MP4 in two languages';
  if (two) await encodeSound(second, { ...given, channels: 1 });
  const inputs = await encode(folder, given, sizes[0], two ? [second] : []);
  await ffmpeg(
    ...[...inputs, ...timing(given), ...(two ? languages : [])],
    ...[...(flags === undefined ? [] : ['-movflags', flags]), '-strict', '-2', '-f', 'mp4', file],
  );
  return { entry: file, renditions: [[file]] };
}

/** Encodes picture and sound to MP4; gives the parameters with which ffmpeg reads and copies them with the asked offset between them. */
async function encode(folder: string, given: Plain, size: string, more: readonly string[] = []): Promise<string[]> {
  const video = path.join(folder, `${size}-${given.bFrames}.mp4`);
  const audio = path.join(folder, 'sound.mp4');
  const hasVideo = !['no video', 'MP4 without video'].includes(given.shape);
  const hasAudio = !['no audio', 'MP4 without audio'].includes(given.shape);
  if (hasVideo) await encodePicture(video, given, size);
  if (hasAudio) await encodeSound(audio, given);
  const videoInput = ['-itsoffset', String(Math.max(0, -given.audioDelay)), '-i', video];
  const audioInput = ['-itsoffset', String(Math.max(0, given.audioDelay)), '-i', audio];
  return [
    ...(hasVideo ? videoInput : []),
    ...(hasAudio ? audioInput : []),
    ...more.flatMap((file) => ['-i', file]),
    ...(hasVideo && hasAudio ? ['-map', '0', '-map', '1'] : []),
    ...more.flatMap((_, index) => ['-map', String(index + 2)]),
  ];
}

/** Two encodings of unlike profiles, one right after the other on one clock, with nothing in the playlist that says so. */
async function makeParameterSetChange(folder: string, given: Plain): Promise<MadeSource> {
  const playlists: string[] = [];
  for (const [index, profile] of (['high', 'main'] as const).entries()) {
    const video = path.join(folder, `${profile}.mp4`);
    await encodePicture(video, given, sizes[0], profile);
    // Far enough from 0 that ffmpeg has no reason to move time stamps of the first part only.
    const part = { ...given, timeOffset: given.timeOffset + 10 + index * given.seconds };
    playlists.push(await cut(['-i', video], path.join(folder, profile), part));
  }
  await rewriteSegments(playlists, renumber);
  const names = await Promise.all(playlists.map(segmentLines));
  const entry = path.join(folder, 'index.m3u8');
  await writeFile(
    entry,
    mediaPlaylist(names.flatMap((lines, index) => within(path.dirname(playlists[index]!), lines))),
  );
  const parts = await Promise.all(playlists.map(async (playlist) => readFile(await whole(playlist))));
  const file = path.join(folder, 'whole.ts');
  await writeFile(file, Buffer.concat(parts));
  return { entry, renditions: [[file]] };
}

/** Turns transport streams of sound into packed audio with the same time stamps. */
async function packSegments(playlist: string, { audioCodec }: Plain): Promise<void> {
  const folder = path.dirname(playlist);
  const [format, suffix] = { ac3: ['ac3', 'ac3'], eac3: ['eac3', 'ec3'] }[audioCodec as string] ?? ['adts', 'aac'];
  for (const line of (await segmentLines(playlist)).filter((each) => !each.startsWith('#'))) {
    const file = path.join(folder, line);
    const [times] = await packetTimes(file);
    const frames = `${file}.frames`;
    await ffmpeg('-i', file, '-c', 'copy', '-f', format!, frames);
    // ffprobe tells times close to a wrap as negative ones.
    const first = (times!.packets[0]!.presentation + 2 ** 33) % 2 ** 33;
    await writeFile(file.replace(/ts$/, suffix!), packAudio(first, await readFile(frames)));
  }
  await writeFile(playlist, (await readFile(playlist, 'utf8')).replace(/\.ts$/gm, `.${suffix}`));
}

/** Replaces the bytes of all segments of the playlists, seen as one row of segments. */
async function rewriteSegments(
  playlists: readonly string[],
  rewrite: (segments: readonly Uint8Array[]) => Uint8Array[],
  worked: (segments: readonly Uint8Array[]) => boolean = () => true,
): Promise<void> {
  const files = (
    await Promise.all(
      playlists.map(async (playlist) =>
        (await segmentLines(playlist))
          .filter((line) => !line.startsWith('#'))
          .map((line) => path.join(path.dirname(playlist), line)),
      ),
    )
  ).flat();
  const rewritten = rewrite(await Promise.all(files.map((file) => readFile(file))));
  if (!worked(rewritten)) throw new Error('the source was not rearranged as it should be');
  await Promise.all(files.map((file, index) => writeFile(file, rewritten[index]!)));
}

/** The lines of a media playlist of ours that name its segments and say their duration. */
async function segmentLines(playlist: string): Promise<string[]> {
  return (await readFile(playlist, 'utf8')).split('\n').filter((line) => /^#EXTINF|^#EXT-X-MAP|^[^#]/.test(line));
}

const within = (folder: string, lines: readonly string[]) =>
  lines.map((line) =>
    line.startsWith('#') ? line.replace('URI="', `URI="${path.basename(folder)}/`) : `${path.basename(folder)}/${line}`,
  );

function mediaPlaylist(lines: readonly string[]): string {
  const target = `#EXT-X-TARGETDURATION:${segmentSeconds + 1}`;
  return ['#EXTM3U', '#EXT-X-VERSION:7', target, '#EXT-X-PLAYLIST-TYPE:VOD', ...lines, '#EXT-X-ENDLIST', ''].join('\n');
}

async function encodePicture(
  file: string,
  given: Plain,
  size: string,
  profile: 'main' | 'high' = given.bFrames > 0 ? 'high' : 'main',
): Promise<void> {
  const [numerator = 25, denominator = 1] = given.rate.split('/').map(Number);
  const gop = Math.round((gopSeconds * numerator) / denominator);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${given.rate}:duration=${given.seconds}`],
    ...['-b:v', '200k', '-bf', String(given.bFrames)],
    ...(given.extraKeyFrame ? ['-force_key_frames', '1.4'] : []),
    ...videoEncoder(given, { gop, profile }),
    file,
  );
}

function videoEncoder(given: Plain, options: { gop: number; profile: string }): string[] {
  switch (given.videoCodec) {
    case 'H.264':
      return h264(given, options);
    case 'VP9':
      return ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', ...keyEvery(options.gop)];
    case 'AV1':
    case 'AV1 HDR10': {
      const colour = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'];
      const bright =
        given.videoCodec === 'AV1 HDR10' ? [...colour, '-pix_fmt', 'yuv420p10le'] : ['-pix_fmt', 'yuv420p'];
      return [
        '-c:v',
        'libaom-av1',
        '-usage',
        'realtime',
        '-cpu-used',
        '8',
        '-threads',
        '1',
        ...keyEvery(options.gop),
        ...bright,
      ];
    }
    default:
      return hevc(given, options.gop);
  }
}

const keyEvery = (gop: number) => ['-g', String(gop), '-keyint_min', String(gop)];

function h264(given: Plain, { gop, profile }: { gop: number; profile: string }): string[] {
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', profile, '-threads', '1', '-pix_fmt', 'yuv420p'],
    ...['-g', String(gop), '-keyint_min', String(gop), '-sc_threshold', '0'],
    ...(given.openGroups ? ['-x264-params', 'open-gop=1'] : ['-flags', '+cgop']),
  ];
}

const masteringDisplay = 'G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)';

function hevc(given: Plain, gop: number): string[] {
  const highRange = given.videoCodec === 'HEVC HDR10' ? 'smpte2084' : 'arib-std-b67';
  const parameters = [
    `keyint=${gop}:min-keyint=${gop}:scenecut=0:open-gop=${given.openGroups ? 1 : 0}`,
    `bframes=${given.bFrames}:b-adapt=0:log-level=error:pools=none:frame-threads=1`,
    ...(given.videoCodec === 'HEVC' ? [] : [`colorprim=bt2020:colormatrix=bt2020nc:transfer=${highRange}`]),
    ...(given.videoCodec === 'HEVC HDR10' ? [`hdr10=1:master-display=${masteringDisplay}:max-cll=1000,400`] : []),
  ];
  return [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', parameters.join(':')],
    ...['-pix_fmt', given.videoCodec === 'HEVC' ? 'yuv420p' : 'yuv420p10le'],
    ...(given.sampleEntry ? ['-tag:v', given.sampleEntry] : []),
  ];
}

async function encodeSound(file: string, given: Plain): Promise<void> {
  const tones = ['440', '550', '660', '110', '770', '880'].slice(0, given.channels);
  const expressions = tones.map((tone) => `0.2*sin(2*PI*${tone}*t)*(1+0.5*sin(2*PI*t))`).join('|');
  const layout = { 1: 'mono', 2: 'stereo', 6: '5.1' }[given.channels];
  const length = given.seconds - Math.max(0, given.audioDelay);
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `aevalsrc=exprs='${expressions}':s=${given.sampleRate}:d=${length}:c=${layout}`],
    ...['-c:a', given.audioCodec, '-b:a', `${(given.audioCodec === 'aac' ? 32 : 64) * given.channels}k`],
    ...['-strict', '-2', file],
  );
}

const timing = (given: Plain) => ['-c', 'copy', '-output_ts_offset', String(given.timeOffset)];
const pes = ({ oneFramePerPes, transport }: Plain) => [
  ...(oneFramePerPes ? ['-pes_payload_size', '0'] : []),
  ...(transport ? ['-mpegts_flags', `+${transport}`] : []),
];

async function cut(inputs: readonly string[], folder: string, given: Plain): Promise<string> {
  await mkdir(folder, { recursive: true });
  const playlist = path.join(folder, 'index.m3u8');
  const name = given.shape === 'byte ranges' ? 'all' : '%03d';
  await ffmpeg(
    ...[...inputs, ...timing(given), '-f', 'hls', '-hls_time', String(segmentSeconds), '-hls_list_size', '0'],
    ...['-hls_playlist_type', 'vod', ...(given.shape === 'byte ranges' ? ['-hls_flags', 'single_file'] : [])],
    ...(given.oneFramePerPes ? ['-hls_ts_options', 'pes_payload_size=0'] : []),
    ...(given.segments === 'fMP4' ? ['-hls_segment_type', 'fmp4', '-strict', '-2'] : []),
    ...['-hls_segment_filename', path.join(folder, `${name}.${given.segments === 'fMP4' ? 'm4s' : 'ts'}`), playlist],
  );
  return playlist;
}

/** All segments of a media playlist of ours in one file. */
async function whole(playlist: string): Promise<string> {
  const folder = path.dirname(playlist);
  const text = await readFile(playlist, 'utf8');
  const map = /^#EXT-X-MAP:URI="([^"]+)"/m.exec(text)?.[1];
  const segments = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const names = [...(map === undefined ? [] : [map]), ...segments];
  const file = `${folder}.whole.${map === undefined ? 'ts' : 'mp4'}`;
  const contents = await Promise.all([...new Set(names)].map((name) => readFile(path.join(folder, name))));
  await writeFile(file, Buffer.concat(contents));
  return file;
}
