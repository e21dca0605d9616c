import { changingWorkflow, openEngine, stageWorkflows, type OpenOptions } from './engine-fixture.case.js';

interface Argument extends Omit<OpenOptions, 'workflows'> {
  readonly folder: string;
  /** A chain to begin with. */
  readonly chain?: { key: string; steps: number; gate: number };
  /** Of the workflow `changing`; default 1. */
  readonly release?: 1 | 2;
  /** Jobs of `changing` to begin with. */
  readonly changing?: readonly string[];
}

/** A worker process for tests that kill one: says `ready`, works until it is stopped. Its argument is JSON. */
const { folder, chain, release = 1, changing = [], ...options } = JSON.parse(process.argv[2] ?? '') as Argument;
const workflows = stageWorkflows({ folder });
const changes = changingWorkflow({ folder }, release);
const { engine, close } = await openEngine({
  ...options,
  workflows: [...Object.values(workflows), changes],
});
if (chain) await engine.submit(workflows.chain, `chain:${chain.key}`, chain);
for (const key of changing) await engine.submit(changes, `changing:${key}`, { key });
process.once('SIGTERM', () => void close().then(() => process.exit(0)));
process.stdout.write('ready\n');
