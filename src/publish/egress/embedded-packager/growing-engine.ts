import type { AssetIndex } from '../../../packager/model/asset-index.js';
import type { SourceRange, SourceReader } from '../../../packager/model/source-reader.js';
import type { PackagingEngine } from './packaging-engine.js';
import type { ThreadedEngine } from './threaded-engine.js';

/**
 * bytes of source from which threads may pay: each costs 0.1 s of processor time to start and to get warm, and 20 MiB. With 2 cores, threads
 * make a job of 240 MB slower; how much they gain at 1.2 GB depends on the second core being free (bench/README.md).
 */
const defaultThreshold = 400_000_000;

/** Segments whose size is asked for, to know about how much there is to do. */
const sampledSegments = 5;

export interface GrowingEngineOptions {
  /** Packages in this thread; indexes. */
  readonly inline: PackagingEngine;
  readonly openSource: (uri: string) => Promise<SourceReader>;
  /** Called once at most, unless it fails. */
  readonly startThreads: () => Promise<ThreadedEngine>;
  /** bytes of source; default: 400 MB */
  readonly threshold?: number;
}

/** Packages in this thread, and in worker threads beside it once a source is large. */
export function growingEngine(options: GrowingEngineOptions): ThreadedEngine {
  const { inline, openSource, startThreads, threshold = defaultThreshold } = options;
  let threads: ThreadedEngine | undefined;
  let starting: Promise<ThreadedEngine> | undefined;
  let underWay = 0;

  /** Jobs that are indexed at the same time start the same ones. */
  async function start(): Promise<void> {
    starting ??= startThreads();
    try {
      threads = await starting;
    } catch (error) {
      starting = undefined;
      throw error;
    }
  }

  async function makeInline(...[work, signal]: Parameters<PackagingEngine['make']>) {
    underWay += 1;
    try {
      return await inline.make(work, signal);
    } finally {
      underWay -= 1;
    }
  }

  return {
    get concurrency() {
      return inline.concurrency + (threads?.concurrency ?? 0);
    },
    async index(source, signal) {
      const result = await inline.index(source, signal);
      const bytes = threads ? 0 : await sourceBytes(await openSource(source), result.index, signal);
      if (bytes >= threshold) await start();
      return result;
    },
    make: (work, signal) =>
      threads && underWay >= inline.concurrency ? threads.make(work, signal) : makeInline(work, signal),
    close: async () => (await starting)?.close(),
  };
}

/** About how large the media of a source are, by a few of each rendition's segments; what cannot be told counts nothing. */
async function sourceBytes(reader: SourceReader, { renditions }: AssetIndex, signal?: AbortSignal): Promise<number> {
  let bytes = 0;
  for (const { periods } of renditions) {
    const ranges = periods.flatMap(({ segments }) => segments.map(({ source }) => source));
    const step = Math.max(1, Math.ceil(ranges.length / sampledSegments));
    const sampled = ranges.filter((_, index) => index % step === 0);
    const sizes = await Promise.all(sampled.map((range) => sizeOf(reader, range, signal)));
    bytes += (sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length)) * ranges.length;
  }
  return bytes;
}

/** It only decides who works: a segment that cannot be looked at now fails where it is read. */
async function sizeOf(reader: SourceReader, range: SourceRange, signal?: AbortSignal): Promise<number> {
  return range.length ?? reader.size(range, signal).catch(() => 0);
}
