import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { byteBudget } from './byte-budget.js';

/** What happens as it happens. */
function watched(total: number) {
  const budget = byteBudget(total);
  const entered: string[] = [];
  const take = (name: string, bytes: number, signal?: AbortSignal) =>
    budget.take(bytes, signal).then(
      () => void entered.push(name),
      () => void entered.push(`${name} gave up`),
    );
  return { budget, entered, take };
}

describe('a budget of bytes', () => {
  it('is given in the order of asking, also to who wants little behind who wants much', async () => {
    const { budget, entered, take } = watched(10);
    void take('a', 6);
    void take('b', 6);
    void take('c', 1);
    await setImmediate();
    expect(entered).toEqual(['a']);
    expect(budget.wanted).toBe(true);
    expect(budget.tryTake(1)).toBe(false);
    budget.giveBack(6);
    await setImmediate();
    expect(entered).toEqual(['a', 'b', 'c']);
    expect([budget.wanted, budget.tryTake(4), budget.tryTake(3)]).toEqual([false, false, true]);
  });

  it('is all for who wants more than there is', async () => {
    const { budget, entered, take } = watched(10);
    void take('small', 1);
    void take('huge', 25);
    await setImmediate();
    expect(entered).toEqual(['small']);
    budget.giveBack(1);
    await setImmediate();
    expect(entered).toEqual(['small', 'huge']);
    expect(budget.tryTake(1)).toBe(false);
    budget.giveBack(25);
    expect(budget.tryTake(10)).toBe(true);
  });

  it('goes on to the next when somebody gives up', async () => {
    const { entered, take } = watched(10);
    const abort = new AbortController();
    void take('a', 6);
    void take('b', 6, abort.signal);
    void take('c', 4);
    abort.abort(new Error('enough'));
    await setImmediate();
    expect(entered.sort()).toEqual(['a', 'b gave up', 'c']);
    void take('d', 1, AbortSignal.abort());
    await setImmediate();
    expect(entered).toContain('d gave up');
  });
});
