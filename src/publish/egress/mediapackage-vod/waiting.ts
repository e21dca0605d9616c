/** How MediaPackage's endpoints are waited for, in milliseconds. */

/** Between looks at an endpoint that is not playable yet. */
export interface LookPauses {
  readonly first: number;
  readonly longest: number;
}

export const lookPauses: LookPauses = { first: 5000, longest: 60_000 };

/** What an endpoint has to become playable: a day's recording takes MediaPackage an hour or two. */
export const playablePatience = 12 * 3600_000;

export function nextPause(pause: number, { longest }: LookPauses): number {
  return Math.min(pause * 1.5, longest);
}
