import { progressLine, type ProgressLine, type ProgressStyle } from './progress-line.js';
import { styled, type Style } from './text-style.js';

/**
 * The two streams of a command: data on standard output (what a following program reads), everything said to the person on standard error.
 */
export interface Terminal {
  /** A line of data, to standard output. */
  print(line: string): void;
  /** The one JSON document of `--json`, to standard output. */
  printJson(value: unknown): void;
  /** A line for the person, to standard error. */
  say(line: string): void;
  /** Bars on a terminal that has colours; elsewhere plain lines, a few seconds apart; nothing beside `--json`. */
  progress(): ProgressLine;
  /** Colour only where it is seen: on a terminal and without NO_COLOR (no-color.org). */
  paint(style: Style, text: string): string;
}

interface Streams {
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
}

/** @param json the command was asked for JSON: nobody watches it work */
export function openTerminal({ stdout, stderr }: Streams, env: CommandEnvironment, json = false): Terminal {
  const drawn = stderr.isTTY === true && env.TERM !== 'dumb' && !env.NO_COLOR;
  const coloured = drawn && stdout.isTTY === true;
  const style: ProgressStyle = json ? 'none' : drawn ? 'bars' : 'lines';
  let current: ProgressLine | undefined;
  return {
    print: (line) => {
      current?.clear();
      stdout.write(`${line}\n`);
    },
    printJson: (value) => {
      current?.clear();
      stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    say: (line) => {
      current?.clear();
      stderr.write(`${line}\n`);
    },
    progress: () => {
      current?.clear();
      current = progressLine(stderr, { style, unicode: isUnicode(env) });
      return current;
    },
    paint: (look, text) => (coloured ? styled(look, text) : text),
  };
}

type CommandEnvironment = Readonly<Record<string, string | undefined>>;

/** As POSIX says which locale counts; terminals of Windows have none and say who they are. */
function isUnicode({ LC_ALL, LC_CTYPE, LANG, WT_SESSION }: CommandEnvironment): boolean {
  return WT_SESSION !== undefined || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
