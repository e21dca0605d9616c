import { describe, expect, it } from 'vitest';
import { withBackOff } from './back-off.js';
import { retryAfter } from './retry-after.js';

const quick = { tries: 3, firstDelay: 1, longestDelay: 50 };

describe('back-off', () => {
  it('tries again until it works', async () => {
    const attempts: number[] = [];
    const result = await withBackOff(
      quick,
      (attempt) => {
        attempts.push(attempt);
        return attempt < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve('done');
      },
      () => ({}),
    );
    expect(result).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
  });

  it.each([
    ['the tries are used up', {}, 3],
    ['the error is for good', false as const, 1],
    ['the other side asks for more patience than there is', { after: 1000 }, 1],
  ])('throws the last error when %s', async (_name, verdict, tries) => {
    let calls = 0;
    const work = (): Promise<never> => Promise.reject(new Error(`try ${++calls}`));
    await expect(withBackOff(quick, work, () => verdict)).rejects.toThrow(`try ${tries}`);
    expect(calls).toBe(tries);
  });

  it('waits at least as long as the other side asks', async () => {
    const start = performance.now();
    const work = (attempt: number): Promise<number> =>
      attempt < 2 ? Promise.reject(new Error()) : Promise.resolve(performance.now());
    const end = await withBackOff(quick, work, () => ({ after: 40 }));
    expect(end - start).toBeGreaterThan(38); // timers may be a little early, never much
  });

  it('stops waiting at an abort', async () => {
    const abort = new AbortController();
    const patient = { tries: 2, firstDelay: 60_000, longestDelay: 60_000 };
    const work = (): Promise<never> => {
      setTimeout(() => abort.abort(new Error('enough')), 5);
      return Promise.reject(new Error('not yet'));
    };
    await expect(withBackOff(patient, work, () => ({}), abort.signal)).rejects.toThrow('enough');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('Sun, 06 Nov 1994 08:49:00 GMT');
  it.each([
    ['7', 7000],
    [' 0 ', 0],
    ['Sun, 06 Nov 1994 08:49:37 GMT', 37_000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 37_000],
    ['Sun, 06 Nov 1994 08:48:00 GMT', 0],
    ['soon', undefined],
    ['-1', undefined],
    ['1994-11-06T08:50:00Z', 60_000],
    ['1994-11-06T10:49:30+02:00', 30_000],
    ['1994-11-06', undefined],
    ['1994', 1_994_000],
    ['', undefined],
    [undefined, undefined],
  ])('%j means %j ms', (header, expected) => expect(retryAfter(header, now)).toBe(expected));
});
