import { openEngine, stageWorkflows, type OpenOptions } from './engine-fixture.case.js';

interface Argument extends Omit<OpenOptions, 'workflows'> {
  readonly folder: string;
  /** A chain to begin with. */
  readonly chain?: { key: string; steps: number; gate: number };
}

/** A worker process for tests that kill one: says `ready`, works until it is stopped. Its argument is JSON. */
const { folder, chain, ...options } = JSON.parse(process.argv[2] ?? '') as Argument;
const workflows = stageWorkflows({ folder });
const { engine, close } = await openEngine({ ...options, workflows: Object.values(workflows) });
if (chain) await engine.submit(workflows.chain, `chain:${chain.key}`, chain);
process.stdout.write('ready\n');
process.once('SIGTERM', () => void close().then(() => process.exit(0)));
