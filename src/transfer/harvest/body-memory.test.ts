import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { bodyMemory } from './body-memory.js';

/** Work that ends when it is told to. */
function work(memory: ReturnType<typeof bodyMemory>, signal?: AbortSignal) {
  const state = { memory: undefined as Uint8Array | undefined, end: (_error?: Error): void => undefined };
  const done = memory.lend(
    (lent) =>
      new Promise<void>((resolve, reject) => {
        state.memory = lent;
        state.end = (error) => (error ? reject(error) : resolve());
      }),
    signal,
  );
  return Object.assign(state, { done });
}

it('is lent to so many at once, and used again unless the work with it failed', async () => {
  const memory = bodyMemory(2);
  const [a, b, c] = [work(memory), work(memory), work(memory)];
  await setImmediate();
  expect([a.memory, b.memory, c.memory].map((lent) => lent !== undefined)).toEqual([true, true, false]);
  a.end();
  await a.done;
  await setImmediate();
  expect(c.memory).toBe(a.memory);
  b.end(new Error('broken'));
  await expect(b.done).rejects.toThrow('broken');
  const d = work(memory);
  await setImmediate();
  expect(d.memory).toBeDefined();
  expect([a.memory, b.memory]).not.toContain(d.memory);
  for (const each of [c, d]) each.end();
  await Promise.all([c.done, d.done]);
});

it('is waited for no longer than the work is wanted', async () => {
  const memory = bodyMemory(1);
  const abort = new AbortController();
  const [first, second] = [work(memory), work(memory, abort.signal)];
  await setImmediate();
  abort.abort(new Error('enough'));
  await expect(second.done).rejects.toThrow('enough');
  first.end();
  await first.done;
});
