import { byteBudget, type ByteBudget } from '../net/byte-budget.js';

/**
 * bytes that the streams which one thread sends to S3 hold at once, however many there are: eight parts, or as many short objects as fit. Threads
 * share no counters, so each has as much: the server's own, the one that steers packaging, and those that package, one for each processor.
 */
const uploadBytes = 128 * 1024 * 1024;
export const uploadMemory = byteBudget(uploadBytes);

/**
 * The memory of one upload, a part's at least. It waits for that alone, before it begins; for further parts, which are gathered while others
 * are sent, it takes what is to spare, and else uses that of a part that has arrived.
 */
export class UploadRoom {
  readonly #budget: ByteBudget;
  readonly #partBytes: number;
  /** parts that there is memory for, and of them those that no bytes are in */
  #held = 1;
  #idle = 0;

  private constructor(budget: ByteBudget, partBytes: number) {
    this.#budget = budget;
    this.#partBytes = partBytes;
  }

  /** With memory for the first part. @throws the signal's reason */
  static async enter(budget: ByteBudget, partBytes: number, signal?: AbortSignal): Promise<UploadRoom> {
    await budget.take(partBytes, signal);
    return new UploadRoom(budget, partBytes);
  }

  /** Memory for one more part; false: only once a part has arrived. */
  tryAdd(): boolean {
    if (this.#idle > 0) this.#idle--;
    else if (this.#budget.tryTake(this.#partBytes)) this.#held++;
    else return false;
    return true;
  }

  /** A part has arrived: its memory is for the next one, or for another upload that waits to begin. */
  arrived(): void {
    if (this.#held === 1 || !this.#budget.wanted) this.#idle++;
    else {
      this.#held--;
      this.#budget.giveBack(this.#partBytes);
    }
  }

  leave(): void {
    for (; this.#held > 0; this.#held--) this.#budget.giveBack(this.#partBytes);
  }
}
