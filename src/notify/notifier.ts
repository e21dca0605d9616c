import type { Notice } from './notice.js';

/** Tells one target. Sending the same notice twice is harmless: it carries its id. */
export interface Notifier {
  /** What to call it in messages, without secrets: `https://hooks.example.edu/...`. */
  readonly target: string;
  /** @throws Failure notice_undeliverable (passing), or forbidden when the target refuses for good */
  send(notice: Notice, signal?: AbortSignal): Promise<void>;
}
