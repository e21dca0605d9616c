import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { bundled } from '../../test/support/bundled.js';
import type { Failure } from '../domain/failure.js';
import { effects, openEngine, stageWorkflows, type Stage } from './engine-fixture.case.js';
import type { JobStatus } from './job-view.js';
import type { AnyWorkflow } from './register.js';

/** A database of the kind under test, empty. */
export interface TestPlace {
  readonly dataFolder: string;
  readonly databaseUrl?: string;
  remove(): Promise<void>;
}

type Running = Awaited<ReturnType<typeof openEngine>>;
type Options = Omit<Parameters<typeof openEngine>[0], 'dataFolder' | 'databaseUrl'>;

export type EngineUnderTest = ReturnType<typeof engineUnderTest>;

/** An engine on a place of its own, for the tests of the `describe` in which it is called; and other processes on the same place. */
export function engineUnderTest(createPlace: () => Promise<TestPlace>) {
  let place: TestPlace;
  let stage: Stage;
  let workflows: ReturnType<typeof stageWorkflows>;
  let running: Running | undefined;
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    place = await createPlace();
    stage = { folder: await mkdtemp(path.join(tmpdir(), 'reelway-stage-')) };
    workflows = stageWorkflows(stage);
  });
  afterEach(() => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
  });
  afterAll(async () => {
    await stop();
    await place.remove();
    await rm(stage.folder, { recursive: true });
  });

  /** When the one before is stopped: the process can hold one at a time. */
  async function open(options: Options): Promise<Running> {
    running = await openEngine({ ...place, ...options });
    return running;
  }
  /** One serves most tests. */
  async function engine(extra: readonly AnyWorkflow[] = []) {
    return (running ?? (await open({ workflows: [...Object.values(workflows), ...extra] }))).engine;
  }
  async function stop() {
    await running?.close();
    running = undefined;
  }
  async function otherProcess(options: object = {}): Promise<ChildProcess> {
    const script = await bundled(fileURLToPath(new URL('engine-process.case.ts', import.meta.url)));
    const argument = JSON.stringify({ folder: stage.folder, ...place, ...options });
    const child = spawn(process.execPath, [script, argument], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    processes.push(child);
    await once(child.stdout, 'data');
    return child;
  }
  async function ended(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM') {
    child.kill(signal);
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  async function reaches(id: string, status: JobStatus) {
    const { jobs } = await engine();
    await expect.poll(async () => (await jobs.show(id)).status, { timeout: 30_000, interval: 30 }).toBe(status);
    return jobs.show(id);
  }
  return {
    get place() {
      return place;
    },
    get stage() {
      return stage;
    },
    get workflows() {
      return workflows;
    },
    get running() {
      return running;
    },
    ...{ open, engine, stop, otherProcess, ended, reaches },
    until: (effect: string) => expect.poll(() => effects(stage), { timeout: 30_000, interval: 20 }).toContain(effect),
    times: (effect: string) => effects(stage).filter((found) => found === effect).length,
    failureOf: (attempt: Promise<unknown>) =>
      attempt.then(
        () => expect.unreachable('it should have failed'),
        (error: unknown) => error as Failure,
      ),
  };
}
