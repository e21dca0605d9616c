import { expect, it } from 'vitest';
import { whyWaiting, workersOf } from './why-waiting.js';

const queue = { perProcess: 2, everywhere: null };

it.each([
  [queue, 2, 1, 'All 2 places are taken; the next begins when one of them ends.'],
  [{ ...queue, perProcess: 1 }, 1, 1, 'The only place is taken; the next begins when one of them ends.'],
  [queue, 0, 0, 'Nobody works on it now: no server and no worker runs.'],
  [queue, 1, 1, '1 of 2 places are taken: the next begins in a moment.'],
  [queue, 4, 2, 'All 4 places (2 on each of 2 workers) are taken; the next begins when one of them ends.'],
  [
    { ...queue, everywhere: 1 },
    1,
    2,
    'The only place of all machines together is taken; the next begins when one of them ends.',
  ],
])('the places of a queue say why the next one waits: %o, %i held, %i workers', (of, held, workers, words) => {
  expect(whyWaiting(of, held, workers)).toBe(words);
});

it.each([
  ['embedded', [], true, 1],
  ['embedded', [], false, 0],
  ['server', ['a', 'b'], true, 2],
  ['server', [], true, 0],
] as const)('%s, %o, served %s: %i workers', (database, workers, served, count) => {
  expect(workersOf({ database, workers }, served)).toBe(count);
});
