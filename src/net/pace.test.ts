import { describe, expect, it } from 'vitest';
import { pace, type Visit } from './pace.js';

/** Enters as many times as are possible at once, and says how many that were. */
async function crowd(enter: () => Promise<Visit>, count: number): Promise<Visit[]> {
  const inside: Visit[] = [];
  for (let i = 0; i < count; i++) void enter().then((visit) => inside.push(visit));
  await new Promise((resolve) => setTimeout(resolve, 30));
  return inside;
}

describe('the pace of requests', () => {
  it('lets in as many as are allowed, and the next when one leaves', async () => {
    const { enter } = pace({ concurrency: 3 });
    const inside = await crowd(() => enter('h'), 5);
    expect(inside).toHaveLength(3);
    inside[0]!.leave('served');
    inside[0]!.leave('served');
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(inside).toHaveLength(4);
    expect(await crowd(() => enter('other'), 2)).toHaveLength(2);
  });

  it('spreads starts over the second', async () => {
    const { enter } = pace({ concurrency: 100, requestsPerSecond: 50 });
    const start = performance.now();
    for (let i = 0; i < 11; i++) (await enter('h')).leave('served');
    expect(performance.now() - start).toBeGreaterThan(190); // ten gaps of 20 ms; timers may be a little early
  });

  it('takes its part of what other processes ask the same host, too', async () => {
    const visitors = { count: (host: string) => (host === 'shared' ? 2 : 1) };
    const shared = pace({ concurrency: 8, requestsPerSecond: 50, bytesPerSecond: 100_000, visitors });
    const start = performance.now();
    let visit = await shared.enter('shared');
    for (let i = 0; i < 5; i++) {
      visit.leave('served');
      visit = await shared.enter('shared');
    }
    expect(performance.now() - start).toBeGreaterThan(190); // five gaps of 40 ms
    const slow = performance.now();
    for (let i = 0; i < 4; i++) await visit.took(4000);
    expect(performance.now() - slow).toBeGreaterThan(290); // 16,000 bytes at 50,000 per second, the last 20 ms ahead
    const { enter } = pace({ concurrency: 8, visitors });
    expect(await crowd(() => enter('shared'), 9)).toHaveLength(4);
    expect(await crowd(() => enter('own'), 9)).toHaveLength(8);
  });

  it('waits as long as a host asks, then sends fewer at once', async () => {
    const { enter } = pace({ concurrency: 8 });
    const first = await crowd(() => enter('h'), 8);
    for (const visit of first) visit.leave({ throttled: true, after: 150 });
    const start = performance.now();
    const next = enter('h');
    await next;
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  it('halves once for answers to requests of the same moment, and recovers by success', async () => {
    const { enter } = pace({ concurrency: 16 });
    const first = await crowd(() => enter('h'), 16);
    for (const visit of first) visit.leave({ throttled: true, after: 0 });
    const second = await crowd(() => enter('h'), 16);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(second).toHaveLength(8);
    for (let i = 0; i < 8; i++) second[i]!.leave('served');
    await expect.poll(() => second.length, { timeout: 20_000 }).toBe(16);
    for (const visit of second) visit.leave('served');
    const third = await crowd(() => enter('h'), 32);
    await expect.poll(() => third.length, { timeout: 20_000 }).toBeGreaterThan(8);
    expect(third.length).toBeLessThanOrEqual(16);
  });

  it('lets bytes through at the rate that is given', async () => {
    const { enter } = pace({ concurrency: 2, bytesPerSecond: 100_000 });
    const visit = await enter('h');
    const start = performance.now();
    for (let i = 0; i < 5; i++) await visit.took(4000);
    expect(performance.now() - start).toBeGreaterThan(170);
  });

  it('gives up its place in the queue at an abort', async () => {
    const { enter } = pace({ concurrency: 1 });
    const first = await enter('h');
    const abort = new AbortController();
    const waiting = enter('h', abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    first.leave('served');
    await expect(enter('h')).resolves.toBeDefined();
  });
});
