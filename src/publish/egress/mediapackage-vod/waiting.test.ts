import { expect, it } from 'vitest';
import { lookPauses, nextPause, playablePatience } from './waiting.js';

it('looks at an endpoint after 5 seconds, then ever later up to once a minute, for 12 hours at most', () => {
  const pauses: number[] = [];
  let waited = 0;
  for (let pause = lookPauses.first; waited + pause <= playablePatience; pause = nextPause(pause, lookPauses)) {
    pauses.push(pause);
    waited += pause;
  }
  expect(pauses.slice(0, 8).map((pause) => pause / 1000)).toEqual([
    5, 7.5, 11.25, 16.875, 25.3125, 37.96875, 56.953125, 60,
  ]);
  expect(Math.max(...pauses)).toBe(60_000);
  // A day's recording is waited for, and nobody waits for ever: about a look a minute.
  expect(pauses.length).toBe(724);
  expect(waited).toBeGreaterThan(43_200_000 - 60_000);
});
