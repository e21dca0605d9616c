import type { Logger } from 'pino';
import { within } from '../domain/within.js';

export interface Closable {
  readonly name: string;
  readonly close: () => Promise<unknown>;
  /** milliseconds; default 5000; Infinity where it bounds itself */
  readonly withinMs?: number;
}

const defaultWithinMs = 5000;

/** Closes one after the other. One that fails or hangs, as may be while the database is away, keeps none of the others from being closed. */
export async function closeInTurn(parts: readonly Closable[], log: Logger): Promise<void> {
  for (const { name, close, withinMs = defaultWithinMs } of parts) {
    try {
      const closing = close();
      if (withinMs === Infinity) await closing;
      else if (!(await within(withinMs, closing))) log.warn({ part: name }, 'did not end in time');
    } catch (error) {
      log.warn({ part: name, reason: String(error) }, 'did not end as usual');
    }
  }
}
