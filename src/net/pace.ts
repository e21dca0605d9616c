import { setTimeout as sleep } from 'node:timers/promises';
import { crowdAt, type Visitors } from './visitors.js';

/**
 * How fast hosts are asked, learned from what they answer. Per host: requests in flight, requests per second and bytes per second, each with
 * a limit given by the operator. "Too many" (429, 503) halves the first two at once and waits as long as the host asks; success raises them
 * again slowly (additive increase, multiplicative decrease, as TCP does it).
 */
export interface Pace {
  /** Waits for its turn. Rejects with the signal's reason. */
  enter: (host: string, signal?: AbortSignal) => Promise<Visit>;
}

export interface Visit {
  /** Waits as long as the bytes per second demand. @param bytes that just came */
  took(bytes: number, signal?: AbortSignal): Promise<void> | undefined;
  /** Ends the visit, once. `throttled`: the host said "too many"; `after`: milliseconds that it asked to wait. */
  leave(outcome: 'served' | 'failed' | { readonly throttled: true; readonly after: number | undefined }): void;
}

export interface PaceOptions {
  /** requests in flight to one host, at most */
  readonly concurrency: number;
  /** Who shares the limits; absent: they are this process's own. */
  readonly visitors?: Visitors | undefined;
  /** requests per second to one host, at most; absent: no limit */
  readonly requestsPerSecond?: number;
  /** bytes per second from one host, at most; absent: no limit */
  readonly bytesPerSecond?: number;
}

/** requests per second that a host is asked at least, however often it says "too many" */
const slowest = 2;
/** milliseconds that a host is left alone when it says "too many" and not for how long */
const defaultPause = 1000;
/** milliseconds; a host that asks for more is asked again after this, and its answer counts */
const longestPause = 120_000;

export function pace(options: PaceOptions): Pace {
  const hosts = new Map<string, HostPace>();
  return {
    enter(host, signal) {
      const own = hosts.get(host) ?? new HostPace(options, () => crowdAt(host, options.visitors, options.concurrency));
      hosts.set(host, own);
      return own.enter(signal);
    },
  };
}

class HostPace {
  readonly #limit: Required<Omit<PaceOptions, 'visitors'>>;
  readonly #crowd: () => number;
  /** requests in flight that are allowed now; a fraction is on its way to the next whole one */
  #window: number;
  /** requests per second that are allowed now */
  #rate: number;
  #inFlight = 0;
  #nextStart = 0;
  #nextByte = 0;
  /** performance.now() until which nobody enters */
  #closedUntil = 0;
  /** Visits that began before this moment knew nothing of the last slow-down: their "too many" is the same one. */
  #slowedAt = 0;
  /** Starts of the last second, to know what rate the host found too much. */
  #starts: number[] = [];
  readonly #waiting: (() => void)[] = [];

  /** @param crowd how many processes share the limits now */
  constructor(
    { concurrency, requestsPerSecond = Infinity, bytesPerSecond = Infinity }: PaceOptions,
    crowd: () => number,
  ) {
    this.#crowd = crowd;
    this.#limit = { concurrency, requestsPerSecond, bytesPerSecond };
    this.#window = concurrency;
    this.#rate = requestsPerSecond;
  }

  async enter(signal?: AbortSignal): Promise<Visit> {
    signal?.throwIfAborted();
    while (this.#inFlight >= this.#places()) await this.#turn(signal);
    this.#inFlight++;
    try {
      await this.#start(signal);
    } catch (error) {
      this.#free();
      throw error;
    }
    return this.#visit();
  }

  /** Waits for the start's own moment: starts are spread evenly. */
  async #start(signal?: AbortSignal): Promise<void> {
    for (;;) {
      const now = performance.now();
      const at = Math.max(this.#closedUntil, this.#nextStart);
      if (at <= now) break;
      await sleep(at - now, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
    }
    const now = performance.now();
    const rate = Math.min(this.#rate, this.#limit.requestsPerSecond / this.#crowd());
    this.#nextStart = Math.max(now, this.#nextStart) + (rate === Infinity ? 0 : 1000 / rate);
    this.#starts.push(now);
    if (this.#starts.length > 4096) this.#starts = this.#starts.filter((start) => start > now - 1000);
  }

  #visit(): Visit {
    const began = performance.now();
    let left = false;
    return {
      took: (bytes, signal) => this.#took(bytes, signal),
      leave: (outcome) => {
        if (left) return;
        left = true;
        if (outcome === 'served') this.#faster();
        else if (outcome !== 'failed') this.#slower(began, outcome.after);
        this.#free();
      },
    };
  }

  #took(bytes: number, signal?: AbortSignal): Promise<void> | undefined {
    if (this.#limit.bytesPerSecond === Infinity) return undefined;
    const now = performance.now();
    this.#nextByte = Math.max(now, this.#nextByte) + (1000 * bytes * this.#crowd()) / this.#limit.bytesPerSecond;
    const ahead = this.#nextByte - now;
    if (ahead < 20) return undefined;
    return sleep(ahead, undefined, signal && { signal }).then(
      () => undefined,
      () => signal?.throwIfAborted(),
    );
  }

  #faster(): void {
    this.#window = Math.min(this.#limit.concurrency, this.#window + 1 / this.#window);
    if (this.#rate >= this.#limit.requestsPerSecond) return;
    // In each second a tenth more, and at least one request per second more.
    this.#rate = Math.min(this.#limit.requestsPerSecond, this.#rate + Math.max(0.1, 1 / this.#rate));
  }

  #slower(began: number, after: number | undefined): void {
    const now = performance.now();
    const pause = Math.min(after ?? defaultPause, longestPause);
    this.#closedUntil = Math.max(this.#closedUntil, now + pause);
    if (began < this.#slowedAt) return;
    this.#slowedAt = now;
    const recent = this.#starts.filter((start) => start > now - 1000).length;
    this.#window = Math.max(1, this.#window / 2);
    this.#rate = Math.max(slowest, Math.min(this.#rate, recent) / 2);
  }

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal?.reason as Error);
      };
      const enter = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      this.#waiting.push(enter);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #places(): number {
    return Math.max(1, Math.floor(Math.min(this.#window, this.#limit.concurrency / this.#crowd())));
  }

  #free(): void {
    this.#inFlight--;
    for (let room = this.#places() - this.#inFlight; room > 0; room--) this.#waiting.shift()?.();
  }
}
