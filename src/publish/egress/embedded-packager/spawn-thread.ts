import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** What a packaging thread is started with; opaque here, read by its composition root. */
export type ThreadSettings = Readonly<Record<string, unknown>>;

/**
 * MiB of V8 heap. Media bytes lie outside it: what is left are the demuxer's columns of a few thousand samples. Without limits a thread's
 * young generation alone grows to 48 MiB before it is swept.
 */
const heapLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 256 };

/** Starts `src/packaging-thread.ts`: from `dist/` as JavaScript; from sources through the loader that this process was started with. */
export function spawnThread(settings: ThreadSettings): Worker {
  const root = new URL(`../../../packaging-thread${extname(import.meta.url)}`, import.meta.url);
  return new Worker(root, {
    name: 'packaging',
    workerData: settings,
    execArgv: process.execArgv,
    resourceLimits: heapLimits,
  });
}
