import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gathered } from './gathered.js';

/** Writes stand at a gate until it is opened. */
function gatedWrites(most: number) {
  const writes: string[][] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const ask = gathered(async (items: readonly string[]) => {
    writes.push([...items]);
    await gate;
    if (items.includes('bad')) throw new Error(`${items.length} with a bad one`);
    return items.map((item) => item.toUpperCase());
  }, most);
  return { ask, writes, open };
}

describe('what is asked for', () => {
  it('alone is written without waiting for others', async () => {
    const { ask, writes, open } = gatedWrites(10);
    const answer = ask('a');
    await setImmediate();
    expect(writes).toEqual([['a']]);
    open();
    expect(await answer).toBe('A');
  });

  it('during a write is written with the next, at most so many together, each with its own answer', async () => {
    const { ask, writes, open } = gatedWrites(2);
    const first = ask('a');
    await setImmediate();
    const rest = ['b', 'c', 'd'].map(ask);
    open();
    expect(await Promise.all([first, ...rest])).toEqual(['A', 'B', 'C', 'D']);
    expect(writes).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(await ask('e')).toBe('E');
  });

  it('together with what cannot be written is written all the same', async () => {
    const { ask, open } = gatedWrites(10);
    open();
    const answers = await Promise.allSettled(['a', 'bad', 'c'].map(ask));
    expect(answers).toEqual([
      { status: 'fulfilled', value: 'A' },
      { status: 'rejected', reason: new Error('1 with a bad one') },
      { status: 'fulfilled', value: 'C' },
    ]);
  });
});
