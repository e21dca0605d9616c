/**
 * Waits for what may never come, for so long at most. It goes on by itself afterwards, and a failure of it then bothers nobody.
 * @param ms milliseconds
 * @returns false when the time was over before
 */
export async function within(ms: number, work: Promise<unknown> | undefined): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([(work ?? Promise.resolve()).then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
