import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ffmpeg, packetTimes } from '../support/ffmpeg.js';
import { encodePicture, encodeSound } from './encode-media.js';
import { encryptSegments } from './encrypt-segments.js';
import { packAudio } from '../support/packed-audio-writer.js';
import { beginsWithinSound, renumber, spreadSound } from './rearrange.js';
import { plain, type Mp4Shape, type Plain, type SourceOptions } from './source-options.js';

export interface MadeSource {
  /** What `reelway package` is given. */
  readonly entry: string;
  /** Per rendition and period: a file with all of its bytes, for the judge. */
  readonly renditions: readonly (readonly string[])[];
}

const sizes = ['160x90', '128x72'] as const;
const segmentSeconds = 2;

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
