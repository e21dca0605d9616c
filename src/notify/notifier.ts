import type { Notice } from './notice.js';

/** Tells one target. Sending the same notice twice is harmless: it carries its id. */
export interface Notifier {
  /** What to call it in messages, without secrets: `https://hooks.example.edu/...`. */
  readonly target: string;
  /** @throws Failure notice_undeliverable (passing), or forbidden when the target refuses for good */
  send(notice: Notice, signal?: AbortSignal): Promise<void>;
  /**
   * Does all but send: connects, logs in, asks. Absent where only sending shows whether it works.
   * @returns what was found, for people
   * @throws Failure as `send`
   */
  readonly check?: () => Promise<string>;
}
