import type { Failure } from '../domain/failure.js';

/** What the shell sees. An interrupted command that did not finish its work has failed; a server that was told to stop is done. */
export const exitCode = { done: 0, failed: 1, usage: 2 } as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends the command with a code and without another word: it has said everything already. */
export class EndWith extends Error {
  readonly exitCode: ExitCode;
  constructor(code: ExitCode) {
    super(`ends with ${code}`);
    this.exitCode = code;
  }
}

export function exitCodeOf(failure: Failure): ExitCode {
  return failure.code === 'usage' ? exitCode.usage : exitCode.failed;
}
