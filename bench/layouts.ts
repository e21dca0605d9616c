import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, median, type Measurement } from './measure.js';
import { benchFolder, makeSource, recipes } from './media.js';

/**
 * Packages one source for HLS and DASH with an object for each segment, and with a file for each rendition, in turn, and prints medians and what the
 * joining costs. `npm run build && npx tsx bench/layouts.ts --sources 240MB,1.2GB --runs 3`
 */
const { values } = parseArgs({
  options: {
    sources: { type: 'string', default: '240MB,1.2GB' },
    runs: { type: 'string', default: '3' },
    keep: { type: 'boolean', default: false },
  },
});

const reelway = fileURLToPath(new URL('../bin/reelway.js', import.meta.url));
const layouts = { separate: [], single: ['--single-file'] } as const;

const chosen = values.sources.split(',').map((name) => {
  const recipe = Object.values(recipes).find((each) => each.name === name);
  if (!recipe) throw new Error(`--sources: of ${Object.keys(recipes).join(', ')}; given: ${name}`);
  return recipe;
});
const largest = Math.max(...chosen.map(({ renditions, seconds }) => (renditions.length * seconds * 6.6e6) / 8));
const folder = await benchFolder(largest * 4 + 1e9);
try {
  for (const recipe of chosen) {
    const { name } = recipe;
    const source = await makeSource(folder, recipe);
    const runs: Record<keyof typeof layouts, Measurement[]> = { separate: [], single: [] };
    for (let run = 0; run < Number(values.runs); run += 1)
      for (const layout of ['separate', 'single'] as const) {
        const out = join(folder, `out-${layout}`);
        const command = [process.execPath, reelway, 'package', source.playlist, '--out', out, '--format', 'both'];
        runs[layout].push(await measure([...command, ...layouts[layout]]));
        await rm(out, { recursive: true });
      }
    const seconds = (layout: keyof typeof layouts) => median(runs[layout].map((run) => run.seconds));
    for (const layout of ['separate', 'single'] as const)
      console.log(
        [
          `${name}, ${layout}:`,
          `${(source.bytes / 1e6 / seconds(layout)).toFixed(0)} MB/s,`,
          `${(median(runs[layout].map((run) => run.cpuSeconds)) / (source.bytes / 1e9)).toFixed(2)} CPU s/GB,`,
          `${Math.max(...runs[layout].map((run) => run.peakMiB)).toFixed(0)} MiB`,
        ].join(' '),
      );
    console.log(`${name}: single takes ${(seconds('single') / seconds('separate')).toFixed(2)} times as long`);
  }
} finally {
  if (!values.keep) await rm(folder, { recursive: true, force: true });
}
