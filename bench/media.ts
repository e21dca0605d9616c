import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A minute of each rendition is encoded once; sources repeat it, so that five gigabytes cost no more encoding than one minute. */
const passSeconds = 60;

interface Rendition {
  readonly name: string;
  readonly size: string;
  /** kbit/s of video; audio adds 128 */
  readonly kbits: number;
}

const fullHd: Rendition = { name: '1080p', size: '1920x1080', kbits: 6200 };
const hd: Rendition = { name: '720p', size: '1280x720', kbits: 3000 };
const small: Rendition = { name: '360p', size: '640x360', kbits: 900 };

interface SourceRecipe {
  readonly name: string;
  readonly renditions: readonly Rendition[];
  /** a multiple of `passSeconds` */
  readonly seconds: number;
  /** One file in place of segments; only of one rendition. */
  readonly container?: 'mp4';
}

/** H.264 at 30 fps with B-frames, a key frame every 2 s, AAC in stereo, muxed into TS segments of 6 s. */
export const recipes = {
  '240MB': { name: '240MB', renditions: [fullHd], seconds: 300 },
  ladder: { name: 'ladder', renditions: [fullHd, hd, small], seconds: 300 },
  '1.2GB': { name: '1.2GB', renditions: [fullHd], seconds: 1500 },
  '5GB': { name: '5GB', renditions: [fullHd], seconds: 6180 },
  '10GB': { name: '10GB', renditions: [fullHd], seconds: 12_360 },
  mp4: { name: 'mp4', renditions: [fullHd], seconds: 300, container: 'mp4' },
} as const satisfies Record<string, SourceRecipe>;

export interface BenchSource {
  readonly recipe: SourceRecipe;
  readonly playlist: string;
  /** bytes of all media segments */
  readonly bytes: number;
}

/** Where bench media and output go: memory if it has room, else the temporary folder. */
export async function benchFolder(bytesNeeded: number): Promise<string> {
  for (const parent of ['/dev/shm', tmpdir()]) {
    const room = await statfs(parent).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => 0,
    );
    if (room > bytesNeeded) return join(parent, 'reelway-bench');
  }
  throw new Error(`Neither /dev/shm nor ${tmpdir()} has ${Math.ceil(bytesNeeded / 1e9)} GB of room.`);
}

/** Makes the source unless it is there already. */
export async function makeSource(folder: string, recipe: SourceRecipe): Promise<BenchSource> {
  const home = join(folder, recipe.name);
  if (!existsSync(home)) {
    const work = `${home}.part`;
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    for (const rendition of recipe.renditions) {
      if (recipe.container === 'mp4') await joinPasses(folder, work, recipe, rendition);
      else await cutRendition(folder, work, recipe, rendition);
    }
    await writeFile(join(work, 'master.m3u8'), multivariantPlaylist(recipe));
    await rename(work, home);
  }
  const [only, ...more] = recipe.renditions;
  if (only && recipe.container === 'mp4') {
    const playlist = join(home, `${only.name}.mp4`);
    return { recipe, playlist, bytes: (await stat(playlist)).size };
  }
  const playlist = only && more.length === 0 ? `${only.name}.m3u8` : 'master.m3u8';
  return { recipe, playlist: join(home, playlist), bytes: await mediaBytes(home) };
}

async function cutRendition(folder: string, into: string, { seconds }: SourceRecipe, of: Rendition): Promise<void> {
  const pass = await encodePass(folder, of);
  const loop = ['-stream_loop', String(seconds / passSeconds - 1), '-i', pass];
  const hls = ['-c', 'copy', '-f', 'hls', '-hls_time', '6', '-hls_playlist_type', 'vod'];
  const segments = ['-hls_segment_filename', join(into, `${of.name}_%05d.ts`)];
  await run('ffmpeg', ['-v', 'error', '-y', ...loop, ...hls, ...segments, join(into, `${of.name}.m3u8`)]);
}

async function joinPasses(folder: string, into: string, { seconds }: SourceRecipe, of: Rendition): Promise<void> {
  const loop = ['-stream_loop', String(seconds / passSeconds - 1), '-i', await encodePass(folder, of)];
  await run('ffmpeg', ['-v', 'error', '-y', ...loop, '-c', 'copy', join(into, `${of.name}.mp4`)]);
}

/** A minute or two of CPU, once: noise over the test picture makes the encoder fill its bit rate as a camera would. */
async function encodePass(folder: string, { name, size, kbits }: Rendition): Promise<string> {
  const file = join(folder, `${name}.mp4`);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const picture = `testsrc2=size=${size}:rate=30:duration=${passSeconds},noise=alls=24:allf=t,format=yuv420p`;
  const sound = `sine=frequency=440:beep_factor=4:sample_rate=48000:duration=${passSeconds}`;
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound];
  const rate = ['-b:v', `${kbits}k`, '-maxrate', `${kbits}k`, '-bufsize', `${kbits}k`];
  const video = ['-c:v', 'libx264', '-preset', 'veryfast', ...rate, '-g', '60', '-sc_threshold', '0', '-bf', '3'];
  const audio = ['-c:a', 'aac', '-b:a', '128k', '-ac', '2'];
  await run('ffmpeg', ['-v', 'error', '-y', ...inputs, ...video, ...audio, '-f', 'mp4', `${file}.part`]);
  await rename(`${file}.part`, file);
  return file;
}

function multivariantPlaylist({ renditions }: SourceRecipe): string {
  const variants = renditions.map(({ name, size, kbits }) => {
    const bandwidth = Math.round((kbits + 128) * 1100);
    return `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${size},FRAME-RATE=30.000\n${name}.m3u8\n`;
  });
  return `#EXTM3U\n#EXT-X-VERSION:3\n${variants.join('')}`;
}

async function mediaBytes(home: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(home)) if (name.endsWith('.ts')) bytes += (await stat(join(home, name))).size;
  return bytes;
}
