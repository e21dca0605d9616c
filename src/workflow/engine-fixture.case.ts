import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { z } from 'zod';
import { Failure, type FailureCode } from '../domain/failure.js';
import { openDatabase, type Database } from '../status/database.js';
import { jobJournal } from '../status/job-journal.js';
import { jobTable } from '../status/job-table.js';
import { queueShares } from '../status/queue-shares.js';
import { workerTable } from '../status/worker-table.js';
import { defineWorkflow } from './definition.js';
import type { EngineMeter } from './engine-meter.js';
import type { GivenLimits } from './queues.js';
import type { AnyWorkflow } from './register.js';
import { startEngine, type Engine } from './start.js';

/** A folder through which tests see what steps did, also in other processes, and hold them at gates. */
export interface Stage {
  readonly folder: string;
}

export function did(stage: Stage, effect: string): void {
  appendFileSync(path.join(stage.folder, 'effects'), `${effect}\n`);
}

export function effects(stage: Stage): string[] {
  const file = path.join(stage.folder, 'effects');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

export function openGate(stage: Stage, name: string): void {
  writeFileSync(path.join(stage.folder, `gate ${name}`), '');
}

async function throughGate(stage: Stage, name: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(path.join(stage.folder, `gate ${name}`))) await sleep(10, undefined, { signal });
}

/** Workflows that do nothing but what the contract is about. */
export function stageWorkflows(stage: Stage) {
  /** Steps 1 to `steps`; the one called `gate` waits for its gate. */
  const chain = defineWorkflow({
    name: 'chain',
    queue: 'assets',
    input: z.object({ key: z.string(), steps: z.int(), gate: z.int().optional() }),
    title: ({ key }) => `chain ${key}`,
    async run({ key, steps, gate }, job) {
      const results: string[] = [];
      for (let n = 1; n <= steps; n++) {
        const result = await job.step(`step ${n}`, async ({ signal, fence }) => {
          did(stage, `${key} ${n} begins`);
          if (n === gate) await throughGate(stage, key, signal);
          if (n === gate) await fence();
          did(stage, `${key} ${n} done`);
          return `result ${n}`;
        });
        results.push(result);
      }
      return { results };
    },
  });

  /** Its second step fails until `failures` attempts were made or its gate is open. */
  const failing = defineWorkflow({
    name: 'failing',
    queue: 'endpoints',
    input: z.object({ key: z.string(), code: z.string(), failures: z.int(), attempts: z.int().optional() }),
    title: ({ key }) => `failing ${key}`,
    async run({ key, code, failures, attempts }, job) {
      const token = await job.step('prepare', () => {
        did(stage, `${key} prepared`);
        return Promise.resolve(`token of ${key}`);
      });
      return job.step(
        'work',
        () => {
          did(stage, `${key} tried`);
          const tried = effects(stage).filter((effect) => effect === `${key} tried`).length;
          if (tried > failures || existsSync(path.join(stage.folder, `gate ${key}`)))
            return Promise.resolve({ token, tried });
          return Promise.reject(failureLike(code, key));
        },
        { pauseMs: 10, ...(attempts !== undefined && { attempts }) },
      );
    },
  });

  const family = defineWorkflow({
    name: 'family',
    queue: 'assets',
    input: z.object({
      key: z.string(),
      children: z.array(z.object({ key: z.string(), code: z.string(), failures: z.int() })),
    }),
    title: ({ key }) => `family ${key}`,
    async run({ key, children }, job) {
      const started = [];
      for (const child of children) started.push(await job.startChild(failing, `${job.id}:${child.key}`, child));
      const outcomes = await job.settleChildren(started);
      const failed = outcomes.filter((outcome) => outcome.status !== 'done');
      if (failed[0]) throw failed[0].failure;
      return job.step('tell', () => {
        did(stage, `${key} told`);
        return Promise.resolve(outcomes.map(({ id }) => id));
      });
    },
  });

  /** Runs until its gate opens; says how many of its kind run at once, and how far it is. */
  const crowd = defineWorkflow({
    name: 'crowd',
    queue: 'endpoints',
    input: z.object({ key: z.string(), gate: z.string() }),
    title: ({ key }) => `crowd ${key}`,
    run: ({ key, gate }, job) =>
      job.step('stay', async ({ signal, report }) => {
        did(stage, `${key} in`);
        report({ done: 1, total: 2, unit: 'visits', bytesRead: 10 });
        await throughGate(stage, gate, signal).catch((error: unknown) => {
          did(stage, `${key} interrupted`);
          throw error;
        });
        report({ done: 2, total: 2, unit: 'visits', bytesRead: 20 });
        did(stage, `${key} out`);
      }),
  });

  const sleeper = defineWorkflow({
    name: 'sleeper',
    queue: 'assets',
    input: z.object({ milliseconds: z.number() }),
    title: () => 'sleeper',
    async run({ milliseconds }, job) {
      const before = await job.step('before', () => Promise.resolve(Date.now()));
      await job.sleep(milliseconds);
      return { slept: (await job.step('after', () => Promise.resolve(Date.now()))) - before };
    },
  });

  /** Takes turns by its group; what runs one at a time shows the order. */
  const turn = defineWorkflow({
    name: 'turn',
    queue: 'endpoints',
    input: z.object({ group: z.string(), n: z.int(), gate: z.string().optional() }),
    share: ({ group }) => group,
    title: ({ group, n }) => `turn ${group}${n}`,
    run: ({ group, n, gate }, job) =>
      job.step('turn', async ({ signal }) => {
        did(stage, `turn ${group}${n}`);
        if (gate) await throughGate(stage, gate, signal);
      }),
  });
  /** Its shares have places of their own. */
  const message = defineWorkflow({
    name: 'message',
    queue: 'notices',
    input: z.object({ to: z.string(), n: z.int() }),
    share: ({ to }) => to,
    title: ({ to, n }) => `message ${n} to ${to}`,
    run: ({ to, n }, job) =>
      job.step('tell', async ({ signal }) => {
        did(stage, `message ${n} to ${to} begins`);
        await throughGate(stage, to, signal);
        did(stage, `message ${n} to ${to} done`);
      }),
  });
  return { chain, failing, family, crowd, sleeper, turn, message };
}

/** A workflow as two releases of Reelway have it: the second does something in between. Its first and last step wait for their gates. */
export function changingWorkflow(stage: Stage, release: 1 | 2) {
  return defineWorkflow({
    name: 'changing',
    queue: 'assets',
    input: z.object({ key: z.string() }),
    title: ({ key }) => `changing ${key}`,
    async run({ key }, job) {
      const effect = (name: string, gate?: string) =>
        job.step(name, async ({ signal }) => {
          did(stage, `${key} ${name} by ${release}`);
          if (gate) await throughGate(stage, gate, signal);
          return name;
        });
      const names = [await effect('first', `${key} first`)];
      if (release === 2 && (await job.patched('between'))) names.push(await effect('between'));
      names.push(await effect('middle'), await effect('last', `${key} last`));
      return names;
    },
  });
}

function failureLike(code: string, key: string): Error {
  if (code === 'defect') return new TypeError(`a defect in ${key}`);
  const secret = new Error('Authorization: Bearer hunter2');
  return new Failure(code as FailureCode, `${key} failed at https://user:hunter2@example.org/a?X-Signature=hunter2.`, {
    details: { url: 'https://example.org/a?token=hunter2', segment: 7 },
    cause: secret,
  });
}

export interface OpenOptions {
  readonly dataFolder: string;
  readonly databaseUrl?: string | undefined;
  readonly workflows: readonly AnyWorkflow[];
  readonly limits?: GivenLimits;
  readonly drainMs?: number;
  readonly lostAfterMs?: number;
  readonly answerWithinMs?: number;
  readonly meter?: EngineMeter;
  /** In place of a worker's signs of life, and of what is done once it was launched. */
  readonly beat?: () => Promise<void>;
  readonly makeIndexes?: () => Promise<void>;
}

/** A database and an engine on it, as the wiring makes them. */
export async function openEngine(
  options: OpenOptions,
): Promise<{ database: Database; engine: Engine; close: () => Promise<void> }> {
  const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });
  const database = await openDatabase({ ...options, log });
  const { tables } = database;
  const table = jobTable(tables);
  const workers = workerTable(tables, database.lifeline);
  const engine = await startEngine({
    ...options,
    database,
    journal: jobJournal(tables),
    table: { ...table, makeIndexes: () => options.makeIndexes?.() ?? table.makeIndexes() },
    workers: { ...workers, beat: (id) => options.beat?.() ?? workers.beat(id) },
    shares: queueShares(tables),
    log,
    beatMs: 100,
  }).catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  return {
    database,
    engine,
    async close() {
      await engine.stop();
      await database.close();
    },
  };
}
