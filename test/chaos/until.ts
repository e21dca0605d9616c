import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until it holds. @throws Error that says what does not */
export async function until(holds: () => boolean | Promise<boolean>, withinMs: number, what: string): Promise<void> {
  for (const deadline = Date.now() + withinMs; !(await holds()); await sleep(250))
    if (Date.now() > deadline) throw new Error(`after ${withinMs / 1000} s it is not so that ${what}`);
}
