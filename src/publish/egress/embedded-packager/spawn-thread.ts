import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What a packaging thread is started with; opaque here, read by its composition root. */
export type ThreadSettings = Readonly<Record<string, unknown>>;

/**
 * MiB of V8 heap. Media bytes lie outside it: what is left of a packaging thread are the demuxer's columns of a few thousand samples, and
 * of the coordinator plans and inventories. Without limits a thread's young generation alone grows to 48 MiB before it is swept.
 */
const heapLimits = {
  'packaging-thread': { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 },
  'packaging-coordinator': { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 1024 },
} as const;

/** Starts `src/<root>.ts` (an entry of `bundle.js`): from `dist/` as JavaScript; from sources through the loader that this process was started with. */
export function spawnThread(root: keyof typeof heapLimits, settings: ThreadSettings): Worker {
  const type = extname(import.meta.url);
  const file = new URL(`../../../${root}${type}`, import.meta.url);
  return new Worker(file, {
    name: root,
    workerData: settings,
    // Flags of V8 and of the whole process are not a thread's, and it would refuse them.
    execArgv: type === '.ts' ? process.execArgv : [],
    resourceLimits: heapLimits[root],
  });
}
