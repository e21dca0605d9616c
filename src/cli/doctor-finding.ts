import type { FailureCode } from '../domain/failure.js';

/** What a check of `reelway doctor` has found. */
export interface Finding {
  readonly name: string;
  /** `note`: worth knowing, nothing is broken. */
  readonly status: 'ok' | 'note' | 'problem';
  readonly message: string;
  readonly problems?: readonly string[];
  /** What to do. */
  readonly help?: string;
  readonly code?: FailureCode;
}

export interface Check {
  readonly name: string;
  /** Throws what is wrong. */
  readonly run: () => Promise<Finding>;
}
