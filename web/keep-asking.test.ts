import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem, unreachable } from './api';
import { keepAsking } from './keep-asking';

interface Asked {
  readonly signal: AbortSignal;
  readonly answer: (answer: string) => void;
  readonly refuse: (error: unknown) => void;
}

/** Somebody who asks, and whose questions are answered by hand. */
function asker(everyMs?: number) {
  const asked: Asked[] = [];
  const told: string[] = [];
  let isSeen = true;
  const asking = keepAsking<string>({
    ask: (signal) =>
      new Promise((answer, refuse) => {
        asked.push({ signal, answer, refuse });
      }),
    everyMs,
    isSeen: () => isSeen,
    onAsked: () => {},
    onAnswer: (answer) => told.push(answer),
    onProblem: ({ code }) => told.push(code),
  });
  const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  const answer = async (text: string) => {
    asked.at(-1)!.answer(text);
    await pass(0);
  };
  const fail = async (problem = unreachable()) => {
    asked.at(-1)!.refuse(new ApiProblem(problem));
    await pass(0);
  };
  const see = (seen: boolean) => {
    isSeen = seen;
    if (seen) asking.seen();
  };
  return { asking, asked, told, pass, answer, fail, see };
}

describe('who keeps asking', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets an answer come that takes longer than the time between two questions', async () => {
    const { asked, told, pass, answer } = asker(5000);
    await pass(12_000);
    expect(asked).toHaveLength(1);
    expect(asked[0]!.signal.aborted).toBe(false);
    await answer('late');
    expect(told).toEqual(['late']);
    await pass(4999);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
  });

  it('asks once more, when told so, after the answer that is under way', async () => {
    const { asking, asked, told, answer } = asker();
    asking.again();
    asking.again();
    expect(asked).toHaveLength(1);
    await answer('before');
    expect(asked).toHaveLength(2);
    await answer('after');
    expect([asked.length, told]).toEqual([2, ['before', 'after']]);
    asking.again();
    expect(asked).toHaveLength(3);
  });

  it('tries again after a problem that may pass, less and less often, until there is an answer', async () => {
    const { asked, told, pass, answer, fail } = asker();
    const pauses = [1000, 2000, 4000, 8000, 15_000, 15_000];
    for (const [n, pause] of pauses.entries()) {
      await fail();
      await pass(pause - 1);
      expect(asked).toHaveLength(n + 1);
      await pass(1);
      expect(asked).toHaveLength(n + 2);
    }
    await answer('back');
    expect(told.at(-1)).toBe('back');
    await pass(60_000);
    expect(asked).toHaveLength(pauses.length + 1);
  });

  it('does not try again what no waiting cures, unless it asks anyway', async () => {
    const problem = { ...unreachable(), code: 'not_found', passing: false };
    const once = asker();
    await once.fail(problem);
    await once.pass(60_000);
    expect(once.asked).toHaveLength(1);
    const always = asker(2000);
    for (let n = 1; n < 5; n += 1) {
      await always.fail(problem);
      await always.pass(2000);
      expect(always.asked).toHaveLength(n + 1);
    }
  });

  it('waits while nobody looks, and asks what was due as soon as somebody does', async () => {
    const { asked, pass, answer, see } = asker(5000);
    await answer('first');
    see(false);
    await pass(60_000);
    expect(asked).toHaveLength(1);
    see(true);
    expect(asked).toHaveLength(2);
    see(true);
    expect(asked).toHaveLength(2);
  });

  it('tells nothing more once it is stopped', async () => {
    const { asking, asked, told, pass, answer } = asker(5000);
    asking.stop();
    expect(asked[0]!.signal.aborted).toBe(true);
    await answer('too late');
    await pass(60_000);
    expect([asked.length, told]).toEqual([1, []]);
  });
});
