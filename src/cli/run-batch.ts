import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, toFailure } from '../domain/failure.js';
import type { SubmitChoice } from '../workflow/submit-asset.js';
import type { AssetDoor } from './asset-door.js';
import type { LineFailure } from './batch-failures.js';
import { readBatch } from './batch-list.js';

/** requests that are handed in at the same time: they are stored together */
const atOnce = 128;
/** jobs that one look covers */
const looked = 128;
/** milliseconds between two looks that found little */
const lookInterval = 500;
/** milliseconds before a request is handed in again that met a passing failure; after the last it counts as failed */
const pauses = [500, 1000, 2000, 4000, 8000];

interface BatchOptions {
  readonly list: string;
  readonly packagingGroup: unknown;
  readonly choice: SubmitChoice;
  /** Most requests that have no end yet at one time. */
  readonly underWay: number;
  /** What a request of the list becomes before it is handed in. */
  readonly prepare: (request: object) => object;
  readonly signal: AbortSignal;
  readonly progress: (counts: BatchCounts) => void;
  /** A line came to nothing. */
  readonly failed: (line: number, failure: LineFailure) => void;
}

interface BatchCounts {
  /** lines that ask for something */
  requests: number;
  /** made by this run or an earlier one */
  done: number;
  failed: number;
  /** handed in and without an end yet */
  underWay: number;
}

interface BatchOutcome extends BatchCounts {
  readonly failures: ReadonlyMap<number, LineFailure>;
}

interface Handed {
  readonly line: number;
  readonly job: string;
}

/**
 * Hands in every request of a list, then follows the jobs to their ends. A line that is wrong, a request that is refused and a job that fails
 * stop nothing. Of each request a number and a job's id are kept, so the length of the list costs little.
 */
export async function runBatch(door: AssetDoor, options: BatchOptions): Promise<BatchOutcome> {
  const { signal } = options;
  const counts: BatchCounts = { requests: 0, done: 0, failed: 0, underWay: 0 };
  const failures = new Map<number, LineFailure>();
  let open: Handed[] = [];

  function fail(line: number, { code, message }: LineFailure): void {
    counts.failed++;
    // A whole Failure would keep its stack and what caused it, for each of a hundred thousand lines.
    failures.set(line, { code, message });
    options.failed(line, { code, message });
  }

  async function handIn(line: number, request: object): Promise<void> {
    try {
      const job = await patiently(
        () => door.submit(options.prepare(request), options.packagingGroup, options.choice),
        signal,
      );
      counts.underWay++;
      open.push({ line, job });
    } catch (error) {
      // Who stops the command is told once, below.
      if (!signal.aborted) fail(line, toFailure(error));
    }
  }

  /** @returns how many had ended */
  async function look(): Promise<number> {
    const some = open.slice(0, looked);
    const states = await Promise.all(some.map((handed) => stateOf(door, handed, signal)));
    const running = some.filter((_, index) => states[index] === 'open');
    for (const [index, state] of states.entries()) {
      if (state === 'open') continue;
      counts.underWay--;
      if (state === 'done') counts.done++;
      else fail(some[index]!.line, state);
    }
    // To the end of the line, so that a few slow ones hide nothing.
    open = [...open.slice(some.length), ...running];
    options.progress(counts);
    return some.length - running.length;
  }

  async function follow(most: number): Promise<void> {
    while (counts.underWay > most) {
      signal.throwIfAborted();
      const ended = await look();
      if (ended < looked / 2 && counts.underWay > most) await sleep(lookInterval, undefined, { signal });
    }
  }

  const handing = new Set<Promise<void>>();
  for await (const line of readBatch(options.list, signal)) {
    counts.requests++;
    if ('failure' in line) {
      fail(line.number, line.failure);
      continue;
    }
    const task = handIn(line.number, line.request).finally(() => handing.delete(task));
    handing.add(task);
    if (handing.size >= atOnce) await Promise.race(handing);
    if (counts.underWay + handing.size >= options.underWay) {
      await Promise.all(handing);
      await follow(options.underWay - 1);
    }
    options.progress(counts);
  }
  await Promise.all(handing);
  signal.throwIfAborted();
  await follow(0);
  return { ...counts, failures };
}

type State = 'open' | 'done' | LineFailure;

async function stateOf(door: AssetDoor, { job }: Handed, signal: AbortSignal): Promise<State> {
  const { status, failure } = await patiently(() => door.look(job, signal), signal);
  if (status === 'done') return 'done';
  if (status === 'failed' || status === 'cancelled')
    return failure ?? new Failure('cancelled', `The job ${job} was cancelled.`);
  return 'open';
}

/** Tries again what a server or database that is away for a moment made fail. */
async function patiently<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pause of pauses) {
    try {
      return await action();
    } catch (error) {
      signal.throwIfAborted();
      const { kind, code } = toFailure(error);
      if (kind !== 'passing' || code === 'internal') throw error;
      await sleep(pause, undefined, { signal });
    }
  }
  return action();
}
