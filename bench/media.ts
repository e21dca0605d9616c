import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A 60 s HLS/TS rendition is encoded once (1080p H.264 with B-frames at 6.2 Mbit/s, AAC 128 kbit/s, 6 s segments); larger ones repeat it. */
const passSeconds = 60;

export interface BenchSource {
  /** `240MB`, ... : what the table calls it. */
  readonly name: string;
  readonly playlist: string;
  /** bytes of media segments */
  readonly bytes: number;
  readonly seconds: number;
}

/** Where bench media and output go: memory if it has room for source and output, else the temporary folder. */
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

/** Makes the source of `seconds` (a multiple of 60) unless it is there already. */
export async function makeSource(folder: string, name: string, seconds: number): Promise<BenchSource> {
  const home = join(folder, name);
  const playlist = join(home, 'index.m3u8');
  if (!existsSync(playlist)) {
    const work = `${home}.part`;
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    const pass = await encodeOnePass(folder);
    const loop = ['-stream_loop', String(Math.round(seconds / passSeconds) - 1), '-i', pass];
    const hls = ['-c', 'copy', '-f', 'hls', '-hls_time', '6', '-hls_playlist_type', 'vod'];
    const names = ['-hls_segment_filename', join(work, 'segment_%05d.ts'), join(work, 'index.m3u8')];
    await run('ffmpeg', ['-v', 'error', '-y', ...loop, ...hls, ...names]);
    await rename(work, home);
  }
  return { name, playlist, bytes: await playlistBytes(home, playlist), seconds };
}

/** Two minutes of CPU, once: noise over the test picture makes the encoder fill its bit rate as a camera would. */
async function encodeOnePass(folder: string): Promise<string> {
  const file = join(folder, 'pass.mp4');
  if (existsSync(file)) return file;
  const picture = `testsrc2=size=1920x1080:rate=30:duration=${passSeconds},noise=alls=24:allf=t,format=yuv420p`;
  const sound = `sine=frequency=440:beep_factor=4:sample_rate=48000:duration=${passSeconds}`;
  const video = ['-c:v', 'libx264', '-preset', 'veryfast', '-b:v', '6200k', '-maxrate', '6200k', '-bufsize', '6200k'];
  const cut = ['-g', '60', '-keyint_min', '60', '-sc_threshold', '0', '-bf', '3'];
  const audio = ['-c:a', 'aac', '-b:a', '128k', '-ac', '2'];
  const inputs = ['-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound];
  await mkdir(folder, { recursive: true });
  await run('ffmpeg', ['-v', 'error', '-y', ...inputs, ...video, ...cut, ...audio, '-f', 'mp4', `${file}.part`]);
  await rename(`${file}.part`, file);
  return file;
}

async function playlistBytes(home: string, playlist: string): Promise<number> {
  const sizes = join(home, 'bytes');
  if (existsSync(sizes)) return Number(await readFile(sizes, 'utf8'));
  const { stat } = await import('node:fs/promises');
  const names = (await readFile(playlist, 'utf8')).split('\n').filter((line) => line.endsWith('.ts'));
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(home, name))).size;
  await writeFile(sizes, String(bytes));
  return bytes;
}
