/** bytes of source that all tasks of an engine may hold together; a task that needs more by itself runs alone. */
const bufferBudget = 48 * 1024 * 1024;

/** bytes; the system gives memory page by page as it is touched, so what a segment does not need costs nothing. */
const firstBuffer = 16 * 1024 * 1024;

/**
 * Places where a task's source bytes lie while it is worked on; the memory is used again by the next task.
 * Plain arrays, as are the bytes that indexing reads: code that was optimised for one kind is thrown away at the first Buffer.
 */
export interface SegmentSlots {
  /** Runs the work when a slot is free. */
  use<T>(work: (buffers: SegmentBuffers) => Promise<T>): Promise<T>;
}

export interface SegmentBuffers {
  /**
   * Reads into the slot's n-th buffer.
   * @param read returns a view of `into` when the bytes fit there, else of new memory, which the slot keeps for later
   */
  fill(n: number, read: (into: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array>;
}

interface Slot extends SegmentBuffers {
  /** bytes that a task had in this slot at most */
  readonly held: () => number;
}

/** At most `most` slots, and fewer when segments are large: how large they are is learnt from those read so far. */
export function segmentSlots(most: number): SegmentSlots {
  let free: Slot[] = [];
  let busy = 0;
  let largest = 0;
  const waiting: (() => void)[] = [];
  const allowed = (): number => Math.max(1, Math.min(most, Math.floor(bufferBudget / Math.max(1, largest))));

  async function enter(): Promise<Slot> {
    while (busy >= allowed()) await new Promise<void>((resolve) => waiting.push(resolve));
    busy += 1;
    return free.pop() ?? newSlot();
  }

  function leave(slot: Slot): void {
    busy -= 1;
    largest = Math.max(largest, slot.held());
    free.push(slot);
    free = free.slice(0, allowed());
    waiting.shift()?.();
  }

  return {
    async use(work) {
      const slot = await enter();
      try {
        return await work(slot);
      } finally {
        leave(slot);
      }
    },
  };
}

function newSlot(): Slot {
  const memory: Uint8Array[] = [];
  const used: number[] = [];
  return {
    held: () => used.reduce((sum, bytes) => sum + bytes, 0),
    async fill(n, read) {
      const into = (memory[n] ??= new Uint8Array(firstBuffer));
      const bytes = await read(into);
      // Memory that is all the reader's own is kept in place of the smaller one; a slice of something else is not ours to keep.
      if (bytes.buffer !== into.buffer && bytes.byteLength === bytes.buffer.byteLength)
        memory[n] = new Uint8Array(bytes.buffer);
      used[n] = Math.max(used[n] ?? 0, bytes.byteLength);
      return bytes;
    },
  };
}
