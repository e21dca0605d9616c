import type { Terminal } from './terminal.js';

/** What a command may touch of the outside world; every file of this folder exports `xCommand(context): Command`. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts at the first Ctrl-C or SIGTERM: finish cleanly, so that the same command can go on later. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** absolute path */
  readonly cwd: string;
}
