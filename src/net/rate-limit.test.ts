import { expect, it } from 'vitest';
import { rateLimit } from './rate-limit.js';

it('lets one after the other begin, in order, spaced out', async () => {
  const limit = rateLimit({ perSecond: 100 });
  const order: number[] = [];
  const start = performance.now();
  await Promise.all([0, 1, 2, 3, 4, 5].map(async (n) => (await limit.turn(), order.push(n))));
  expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  expect(performance.now() - start).toBeGreaterThan(45); // five spaces of 10 ms; timers may be a little early
});

it('lets go of who does not want to wait any more', async () => {
  const limit = rateLimit({ perSecond: 0.1 });
  await limit.turn();
  await expect(limit.turn(AbortSignal.timeout(5))).rejects.toThrow(/timeout/);
});
