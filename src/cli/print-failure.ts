import type { Failure } from '../domain/failure.js';
import { toProblem } from '../api/problem.js';
import type { Terminal } from './terminal.js';

interface PrintOptions {
  /** Problem JSON on standard output in place of lines on standard error. */
  readonly json: boolean;
  /** Adds where it was thrown: for `LOG_LEVEL=debug` only, a stack is no answer to a user. */
  readonly debug: boolean;
}

/** What was wrong, where, and what to do; the stable code in brackets. */
export function printFailure(terminal: Terminal, failure: Failure, { json, debug }: PrintOptions): void {
  if (json) terminal.printJson({ ...toProblem(failure), detail: failure.message });
  else for (const line of failureLines(failure, terminal)) terminal.say(line);
  if (debug) terminal.say(stackOf(failure));
}

function failureLines(failure: Failure, terminal: Terminal): string[] {
  return [
    `${terminal.paint('red', 'error:')} ${failure.message} ${terminal.paint('dim', `[${failure.code}]`)}`,
    ...Object.entries(failure.details).flatMap(([name, value]) => detailLines(name, value, failure.message)),
    `  ${failure.help}`,
  ];
}

/** A detail that the sentence already says is not said twice. */
function detailLines(name: string, value: string | number | boolean | readonly string[], said: string): string[] {
  if (typeof value !== 'object') return said.includes(String(value)) ? [] : [`  ${name}: ${value}`];
  return value.filter((item) => !said.includes(item)).map((item) => `  - ${item}`);
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
