/**
 * How much of the tests runs. `npm test` shows every capability within ten minutes; with this, `npm run test:long` has by themselves those that take long: further ways to
 * what shorter ones show. `npm run chaos:recordings` has them and every bad day of the recordings line.
 */
export const longTests = process.env.REELWAY_TESTS === 'long';

/** With this, `npm run conformance` and `conformance:players` judge and play every case of their tables. */
export const allCases = process.env.REELWAY_CONFORMANCE === 'all';

/** All cases of a table, or one of four: by its index, not by chance. */
export function some<Case>(cases: readonly Case[]): Case[] {
  return longTests ? [...cases] : cases.filter((_, index) => index % 4 === 1);
}
