import type { Terminal } from './terminal.js';
import { Failure } from '../domain/failure.js';

const stopSignals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the process's signals back. */
  release(): void;
}

/**
 * The first Ctrl-C (or SIGTERM, SIGHUP) aborts the signal, so that the command stops at a clean point; the second ends the process at once
 * with the shell's code for it, 128 + signal number.
 */
export function listenForInterrupt(terminal: Terminal): Interrupt {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(128 + stopSignals[name as keyof typeof stopSignals]);
    if (name === 'SIGINT') terminal.say('Stopping; press Ctrl-C again to stop at once.');
    controller.abort(new Failure('cancelled', `Stopped by ${name === 'SIGINT' ? 'Ctrl-C' : name}.`));
  };
  const names = Object.keys(stopSignals) as NodeJS.Signals[];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
