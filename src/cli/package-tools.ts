import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { packagingPorts, type PackagingPortsSettings } from '../packaging-ports.js';
import { growingEngine } from '../publish/egress/embedded-packager/growing-engine.js';
import { inlineEngine } from '../publish/egress/embedded-packager/inline-engine.js';
import type { PackagingTools } from '../publish/egress/embedded-packager/packaging-job.js';
import type { ThreadedEngine } from '../publish/egress/embedded-packager/threaded-engine.js';
import type { PackagePlan } from './package-run.js';

/** Segments under way at once in the main thread: a local disk is kept busy by 3, a network by more. */
const localConcurrency = 3;
const remoteConcurrency = 8;

/**
 * What packaging allocates dies with its segment, however often it is looked for: a young generation that grows as V8 likes takes 27 MiB more over 10 GB and saves
 * no processor time (bench/README.md). What bounds it (`--max-semi-space-size`) cannot be said once Node runs; how it grows can. Each thread that
 * starts sets this back to 2, for all.
 */
function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

export interface OpenedTools extends PackagingTools {
  close(): Promise<void>;
}

interface ToolOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 0: in the main thread; absent: in the main thread, and on all other cores once the source is known to be large */
  readonly threads?: number;
}

/** The engine for one run of the command. */
export async function openPackagingTools(plan: PackagePlan, { env, threads }: ToolOptions): Promise<OpenedTools> {
  keepYoungGenerationSmall();
  const settings: PackagingPortsSettings = {
    storage: plan.storage,
    privateHosts: env.REELWAY_PRIVATE_HOSTS ?? '',
    trustSourceHost: true,
    dedicated: true,
  };
  const { openStore, openSource } = packagingPorts(settings);
  if (threads !== undefined && threads > 0) {
    const engine = await startThreads(threads, settings);
    return { openStore, engine, close: () => engine.close() };
  }
  const local = plan.storage.kind === 'file' && !/^(https?|s3):/i.test(plan.source);
  const inline = inlineEngine({ openStore, openSource, concurrency: local ? localConcurrency : remoteConcurrency });
  const others = availableParallelism() - 1;
  if (threads === 0 || others === 0) return { openStore, engine: inline, close: () => Promise.resolve() };
  const engine = growingEngine({ inline, openSource, startThreads: () => startThreads(others, settings) });
  return { openStore, engine, close: () => engine.close() };
}

/** Loaded only where threads are wanted. */
async function startThreads(threads: number, settings: PackagingPortsSettings): Promise<ThreadedEngine> {
  const [{ threadedEngine }, { spawnThread }] = await Promise.all([
    import('../publish/egress/embedded-packager/threaded-engine.js'),
    import('../publish/egress/embedded-packager/spawn-thread.js'),
  ]);
  const spawn = () => spawnThread('packaging-thread', { ...settings }).once('online', keepYoungGenerationSmall);
  return threadedEngine({ threads, spawn });
}
