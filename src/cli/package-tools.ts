import { packagingPorts, type PackagingPortsSettings } from '../packaging-ports.js';
import { inlineEngine } from '../publish/egress/embedded-packager/inline-engine.js';
import type { PackagingTools } from '../publish/egress/embedded-packager/produce-endpoints.js';
import type { PackagePlan } from './package-run.js';

/** Segments under way at once in the main thread: a local disk is kept busy by 3, a network by more. */
const localConcurrency = 3;
const remoteConcurrency = 8;

export interface OpenedTools extends PackagingTools {
  close(): Promise<void>;
}

interface ToolOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** 0: in the main thread */
  readonly threads?: number;
}

/** The engine for one run of the command: worker threads cost a tenth of a second each, so only who asks for them gets them. */
export async function openPackagingTools(plan: PackagePlan, { env, threads = 0 }: ToolOptions): Promise<OpenedTools> {
  const settings: PackagingPortsSettings = {
    storage: plan.storage,
    privateHosts: env.REELWAY_PRIVATE_HOSTS ?? '',
    trustSourceHost: true,
    dedicated: true,
  };
  const ports = packagingPorts(settings);
  if (threads === 0) {
    const local = plan.storage.kind === 'file' && !/^(https?|s3):/i.test(plan.source);
    const engine = inlineEngine({ ...ports, concurrency: local ? localConcurrency : remoteConcurrency });
    return { openStore: ports.openStore, engine, close: () => Promise.resolve() };
  }
  const [{ threadedEngine }, { spawnThread }] = await Promise.all([
    import('../publish/egress/embedded-packager/threaded-engine.js'),
    import('../publish/egress/embedded-packager/spawn-thread.js'),
  ]);
  const engine = threadedEngine({ threads, spawn: () => spawnThread('packaging-thread', { ...settings }) });
  return { openStore: ports.openStore, engine, close: () => engine.close() };
}
