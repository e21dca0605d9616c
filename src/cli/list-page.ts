import type { Command } from 'commander';
import { listLimit } from './option-values.js';
import type { Terminal } from './terminal.js';

/** What every list that comes in pages takes. */
export interface PageOptions {
  readonly limit: number;
  readonly cursor?: string;
  readonly json?: true;
}

/** Adds them to a command. */
export function withPageOptions(command: Command): Command {
  return command
    .option('--limit <number>', 'how many at most', listLimit, 50)
    .option('--cursor <next>', 'go on where a list before ended, which said so')
    .option('--json', 'print JSON; `next` is the cursor of the next page, null at the end');
}

/** Says how the next page is reached. */
export function sayMore(terminal: Terminal, next: string | null): void {
  if (next !== null) terminal.say(`There are more: the same with --cursor ${next}`);
}

/** `?status=a&status=b&limit=5`: what is undefined is left out. */
export function queryOf(
  values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((each): [string, string] => [name, String(each)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
