import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { forEachConcurrently } from './for-each-concurrently.js';

const items = [1, 2, 3, 4, 5, 6];

describe('work on many items at once', () => {
  it('keeps to the bound and does everything', async () => {
    let now = 0;
    let most = 0;
    const done: number[] = [];
    await forEachConcurrently(items, { concurrency: 2, signal: undefined }, async (item) => {
      most = Math.max(most, ++now);
      await setImmediate();
      now--;
      done.push(item);
    });
    expect({ most, done: done.sort() }).toEqual({ most: 2, done: items });
  });

  it('begins nothing more after a failure, tells what is under way, waits for it, and throws the first error', async () => {
    const begun: number[] = [];
    let told = false;
    const work = forEachConcurrently(items, { concurrency: 2, signal: undefined }, async (item, signal) => {
      begun.push(item);
      if (item === 2) throw new Error('first');
      await setImmediate();
      await setImmediate();
      told = signal.aborted;
      throw new Error('second');
    });
    await expect(work).rejects.toThrow('first');
    expect({ begun, told }).toEqual({ begun: [1, 2], told: true });
  });

  it('stops when the signal aborts, with its reason', async () => {
    const controller = new AbortController();
    const begun: number[] = [];
    const work = forEachConcurrently(items, { concurrency: 1, signal: controller.signal }, async (item) => {
      begun.push(item);
      await setImmediate();
      if (item === 3) controller.abort(new Error('enough'));
    });
    await expect(work).rejects.toThrow('enough');
    expect(begun).toEqual([1, 2, 3]);
  });
});
