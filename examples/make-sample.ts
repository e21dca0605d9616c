/**
 * Makes `examples/sample/`: the HLS/TS ladder that `reelway demo` packages. Run: `npx tsx examples/make-sample.ts`.
 *
 * The picture is ffmpeg's test source with a clock, a frame counter and a hand that goes round once a second; each second starts with a
 * beep and a flash, so that anyone can see and hear whether picture and sound belong together.
 * Needs ffmpeg with libx264 and libfreetype, and the font DejaVu Sans Mono (Debian: ffmpeg fonts-dejavu-core).
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const sampleFolder = path.join(import.meta.dirname, 'sample');
/** Bytes: what the repository is willing to carry. */
const largestSample = 4_000_000;

const frameRate = 30;
const durationSeconds = 24;
const segmentSeconds = 4;
/** Two closed GOPs in each segment: more than one sync sample per CMAF segment is worth having in the sample. */
const gopFrames = 2 * frameRate;

const ladder = [
  { name: '360p', width: 640, height: 360, videoBitsPerSecond: 700_000 },
  { name: '180p', width: 320, height: 180, videoBitsPerSecond: 200_000 },
] as const;

const audioBitsPerSecond = 96_000;

/** Same bytes from the same ffmpeg: no encoder names or dates in the files, one encoding thread. */
const reproducible = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact', '-threads', '1'];

async function ffmpeg(...parameters: string[]): Promise<void> {
  await run('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y', ...parameters]);
}

/** The picture, for a height of 360 lines; smaller renditions are scaled from it. */
function picture(): string {
  const text = (content: string, size: number, y: number) =>
    `drawtext=font='DejaVu Sans Mono':text='${content}':fontsize=${size}:fontcolor=white:x=(w-text_w)/2:y=${y}`;
  return [
    `testsrc2=size=640x360:rate=${frameRate}:duration=${durationSeconds}`,
    'drawbox=x=140:y=110:w=360:h=140:color=black@0.75:t=fill',
    // The hand: a bar that crosses the box once a second.
    text('|', 40, 210).replace('x=(w-text_w)/2', 'x=140+336*mod(t\\,1)'),
    text('%{pts\\:hms}', 44, 125),
    text('frame %{n}', 24, 180),
    // The flash that goes with the beep.
    "drawbox=x=0:y=320:w=640:h=40:color=white:t=fill:enable='lt(mod(t,1),0.1)'",
  ].join(',');
}

/** A soft tone with a beep of 0.1 s at the start of every second, stereo. */
const sound = [
  `aevalsrc=exprs='0.5*sin(2*PI*880*t)*lt(mod(t,1),0.1)+0.03*sin(2*PI*220*t)|0.5*sin(2*PI*880*t)*lt(mod(t,1),0.1)+0.03*sin(2*PI*330*t)'`,
  `s=48000:d=${durationSeconds}`,
].join(':');

async function encodeSound(file: string): Promise<void> {
  await ffmpeg('-f', 'lavfi', '-i', sound, ...reproducible, '-c:a', 'aac', '-b:a', String(audioBitsPerSecond), file);
}

async function encodePicture(rendition: (typeof ladder)[number], file: string): Promise<void> {
  const { width, height, videoBitsPerSecond } = rendition;
  await ffmpeg(
    ...['-f', 'lavfi', '-i', `${picture()},scale=${width}:${height}:flags=bicubic,format=yuv420p`],
    ...reproducible,
    ...['-c:v', 'libx264', '-profile:v', 'high', '-preset', 'slow', '-b:v', String(videoBitsPerSecond)],
    ...['-maxrate', String(videoBitsPerSecond * 1.2), '-bufsize', String(videoBitsPerSecond * 2)],
    // Closed GOPs of fixed length, so that the renditions can be switched at any of them; B-frames as real encoders write them.
    ...['-g', String(gopFrames), '-keyint_min', String(gopFrames), '-sc_threshold', '0', '-bf', '2', '-flags', '+cgop'],
    file,
  );
}

/**
 * Cuts an encoded rendition into HLS/TS. By stream copy, not in one go with the encoding: only then does ffmpeg put SPS and PPS into
 * every segment, which a player that starts in the middle needs.
 */
async function segment(name: string, video: string, audio: string): Promise<void> {
  const folder = path.join(sampleFolder, name);
  await mkdir(folder, { recursive: true });
  await ffmpeg(
    ...['-i', video, '-i', audio, '-map', '0:v', '-map', '1:a', '-c', 'copy', '-fflags', '+bitexact'],
    ...['-f', 'hls', '-hls_time', String(segmentSeconds), '-hls_playlist_type', 'vod', '-hls_list_size', '0'],
    ...['-hls_segment_filename', path.join(folder, 'segment_%03d.ts'), path.join(folder, 'index.m3u8')],
  );
}

/** `avc1.PPCCLL` of RFC 6381 from the SPS, as ffprobe sees it: profile 100 (High) and the level it chose. */
async function codecs(file: string): Promise<string> {
  const fields = ['-select_streams', 'v', '-show_entries', 'stream=level', '-of', 'csv=p=0'];
  const { stdout } = await run('ffprobe', ['-v', 'error', ...fields, file]);
  return `avc1.6400${Number(stdout).toString(16).padStart(2, '0')},mp4a.40.2`;
}

/** Bits per second of the largest segment: RFC 8216 §4.3.4.2 BANDWIDTH is the peak segment bit rate. */
async function peakBitsPerSecond(name: string): Promise<number> {
  const folder = path.join(sampleFolder, name);
  const segments = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
  const sizes = await Promise.all(segments.map(async (file) => (await stat(path.join(folder, file))).size));
  return Math.ceil((Math.max(...sizes) * 8) / segmentSeconds);
}

async function writeMultivariantPlaylist(encoded: ReadonlyMap<string, string>): Promise<void> {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-INDEPENDENT-SEGMENTS'];
  for (const { name, width, height } of ladder) {
    const bandwidth = await peakBitsPerSecond(name);
    const codec = await codecs(encoded.get(name)!);
    lines.push(
      `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${width}x${height},FRAME-RATE=${frameRate}.000,CODECS="${codec}"`,
      `${name}/index.m3u8`,
    );
  }
  await writeFile(path.join(sampleFolder, 'index.m3u8'), `${lines.join('\n')}\n`);
}

async function sampleSize(): Promise<number> {
  const entries = await readdir(sampleFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const temporary = await mkdtemp(path.join(tmpdir(), 'reelway-sample-'));
try {
  await rm(sampleFolder, { recursive: true, force: true });
  await mkdir(sampleFolder, { recursive: true });
  const audio = path.join(temporary, 'audio.m4a');
  await encodeSound(audio);
  const encoded = new Map<string, string>();
  for (const rendition of ladder) {
    const video = path.join(temporary, `${rendition.name}.mp4`);
    await encodePicture(rendition, video);
    await segment(rendition.name, video, audio);
    encoded.set(rendition.name, video);
  }
  await writeMultivariantPlaylist(encoded);
  const size = await sampleSize();
  if (size > largestSample) throw new Error(`the sample has ${size} bytes; at most ${largestSample} may be committed`);
  console.log(`examples/sample: ${size} bytes, ${durationSeconds} s, ${ladder.map((each) => each.name).join(' and ')}`);
} finally {
  await rm(temporary, { recursive: true, force: true });
}
