import type { FailureCode } from '../domain/failure.js';

/** Who counts what the engine does in this process. Kinds and codes are few; ids and names of steps are not told. */
export interface EngineMeter {
  readonly jobEnded: (kind: string, status: 'done' | 'failed') => void;
  /** @param outcome whether another attempt follows */
  readonly stepFailed: (code: FailureCode, outcome: 'again' | 'failed') => void;
  /** bytes since the last call */
  readonly moved: (bytes: { readonly read: number; readonly written: number }) => void;
}

/** Where nobody counts. */
export const noMeter: EngineMeter = { jobEnded: () => {}, stepFailed: () => {}, moved: () => {} };
