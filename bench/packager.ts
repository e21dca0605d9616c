import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, median, type Measurement } from './measure.js';
import { benchFolder, makeSource, recipes, type BenchSource } from './media.js';

/**
 * Packages the same sources by Reelway (CMAF segments, HLS playlists, DASH MPD, digests, inventory) and by ffmpeg (fMP4 segments, HLS
 * playlists) in turn, and prints medians and their ratio. Beside them, what bounds both: Node and `cp -r` that bring over the same bytes. `npm run bench:packager -- --sources 240MB,ladder,1.2GB,5GB,mp4 --runs 5`
 */
const { values } = parseArgs({
  options: {
    sources: { type: 'string', default: '240MB,ladder,1.2GB,5GB,mp4' },
    runs: { type: 'string', default: '5' },
    threads: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const reelway = fileURLToPath(new URL('../bin/reelway.js', import.meta.url));
const copy = fileURLToPath(new URL('copy.mjs', import.meta.url));

function ours({ playlist }: BenchSource, out: string): string[] {
  const threads = values.threads === undefined ? [] : ['--threads', values.threads];
  return [process.execPath, reelway, 'package', playlist, '--out', out, ...threads];
}

function ffmpegs({ playlist, recipe }: BenchSource, out: string): string[] {
  const variants = recipe.renditions.map((_, i) => `v:${i},a:${i}`).join(' ');
  const maps = recipe.renditions.flatMap((_, i) => ['-map', `0:v:${i}`, '-map', `0:a:${i}`]);
  const several = recipe.renditions.length > 1 ? ['-var_stream_map', variants, '-master_pl_name', 'index.m3u8'] : [];
  const hls = ['-f', 'hls', '-hls_time', '6', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'];
  const target = several.length > 0 ? join(out, 'v%v', 'index.m3u8') : join(out, 'index.m3u8');
  const segments = several.length > 0 ? ['-hls_segment_filename', join(out, 'v%v', '%d.m4s')] : [];
  return [
    'ffmpeg',
    '-v',
    'fatal',
    '-i',
    playlist,
    ...maps,
    '-c',
    'copy',
    ...(recipe.container === 'mp4' ? [] : ['-bsf:a', 'aac_adtstoasc']),
    ...hls,
    ...several,
    ...segments,
    target,
  ];
}

/** The source's own files. */
function copied({ playlist, recipe }: BenchSource): string {
  return recipe.container === 'mp4' ? playlist : dirname(playlist);
}

function peers(source: BenchSource, out: string): Record<string, readonly string[]> {
  return {
    reelway: ours(source, out),
    ffmpeg: ['bash', '-c', 'mkdir -p "$0" && "$@"', out, ...ffmpegs(source, out)],
    'node, bytes only': [process.execPath, copy, copied(source), out],
    'cp -r': ['cp', '-r', copied(source), out],
  };
}

interface Row {
  readonly source: string;
  readonly who: string;
  readonly 'MB/s': number;
  readonly 'CPU s/GB': number;
  readonly 'peak MiB': number;
  readonly seconds: number;
}

function row(source: BenchSource, who: string, runs: readonly Measurement[]): Row {
  const seconds = median(runs.map((run) => run.seconds));
  return {
    source: `${source.recipe.name} (${Math.round(source.bytes / 1e6)} MB)`,
    who,
    'MB/s': Math.round(source.bytes / 1e6 / seconds),
    'CPU s/GB': Number((median(runs.map((run) => run.cpuSeconds)) / (source.bytes / 1e9)).toFixed(2)),
    'peak MiB': Math.round(Math.max(...runs.map((run) => run.peakMiB))),
    seconds: Number(seconds.toFixed(2)),
  };
}

async function compare(folder: string, source: BenchSource, runs: number): Promise<Row[]> {
  const out = join(folder, 'out');
  const all = Object.entries(peers(source, out)).map(([who, command]) => ({
    who,
    command,
    measured: [] as Measurement[],
  }));
  for (let i = 0; i < runs; i++) {
    for (const { command, measured } of all) {
      await rm(out, { recursive: true, force: true });
      measured.push(await measure(command));
    }
  }
  await rm(out, { recursive: true, force: true });
  return all.map(({ who, measured }) => row(source, who, measured));
}

const names = values.sources.split(',');
const chosen = names.map((name) => {
  const recipe = Object.values(recipes).find((each) => each.name === name);
  if (!recipe) throw new Error(`--sources: of ${Object.keys(recipes).join(', ')}; given: ${name}`);
  return recipe;
});
const largest = Math.max(...chosen.map(({ renditions, seconds }) => (renditions.length * seconds * 6.6e6) / 8));
const folder = await benchFolder(largest * 3 + 2e9);
try {
  for (const recipe of chosen) {
    const source = await makeSource(folder, recipe);
    // A pair of five gigabytes takes a minute; memory is what it is there to show.
    const runs = Math.max(1, Math.min(Number(values.runs), Math.round(8e9 / source.bytes)));
    const rows = await compare(folder, source, runs);
    console.table(rows);
    const [reelwayRow, ffmpegRow] = rows;
    if (reelwayRow && ffmpegRow)
      console.log(`${recipe.name}: ${(reelwayRow['MB/s'] / ffmpegRow['MB/s']).toFixed(2)} x ffmpeg, ${runs} pairs\n`);
  }
} finally {
  if (!values.keep) await rm(folder, { recursive: true, force: true });
}
