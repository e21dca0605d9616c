import type { Problem } from '../src/api/contract';

/** How new what is shown is. */
export interface Answered {
  /** milliseconds since 1970, by this browser: when the answer that is shown came; undefined: there is none */
  readonly answeredAt: number | undefined;
  /** milliseconds after which a new one is asked for; undefined: it is not */
  readonly everyMs: number | undefined;
  /** Why the last question gave nothing. */
  readonly problem: Problem | undefined;
}

/** milliseconds that an answer may take; the checks of the health page have five seconds */
const patience = 10_000;

/** May it be otherwise by now? The last question failed, or its answer is overdue. */
export function isOld({ answeredAt, everyMs, problem }: Answered, now: number): boolean {
  if (answeredAt === undefined) return false;
  return problem !== undefined || (everyMs !== undefined && now - answeredAt > everyMs + patience);
}
