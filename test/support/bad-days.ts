/** `npm run chaos:recordings` has all bad days; `npm test` those that take seconds. */
export const allBadDays = process.env.REELWAY_BAD_DAYS === 'all';

/** All cases of a table of bad days, or a part of them: each kind is told by its index, not by chance. */
export function some<Case>(cases: readonly Case[]): Case[] {
  return allBadDays ? [...cases] : cases.filter((_, index) => index % 4 === 1);
}
