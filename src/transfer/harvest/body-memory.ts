import { byteBudget } from '../../net/byte-budget.js';

/** bytes of a body that is put in one piece, so that the store can check its digest on arrival and send it twice; larger ones stream */
export const gatheredBytes = 1024 * 1024;

/** Bodies that are gathered at once, over all harvests of the process: as many as a store has connections. The rest waits with its origin. */
const defaultMost = 64;

/** Memory for bodies that are gathered, used again: memory that is touched for the first time costs more than reading into it. */
export interface BodyMemory {
  /** Gives memory to some work; what fails may leave somebody reading from it, so it is not used again then. */
  lend<T>(work: (memory: Uint8Array) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** @param most bodies at once */
export function bodyMemory(most = defaultMost): BodyMemory {
  const budget = byteBudget(most * gatheredBytes);
  const free: Uint8Array[] = [];
  let lent = 0;
  return {
    async lend(work, signal) {
      await budget.take(gatheredBytes, signal);
      lent++;
      try {
        const memory = free.pop() ?? Buffer.allocUnsafeSlow(gatheredBytes);
        const result = await work(memory);
        free.push(memory);
        return result;
      } finally {
        budget.giveBack(gatheredBytes);
        // Between harvests hardly any is kept.
        if (--lent === 0) free.splice(1);
      }
    },
  };
}
