import { progressLine, type ProgressLine } from './progress-line.js';

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
  /** A line that is rewritten in place on a terminal; elsewhere plain lines, a few seconds apart. */
  progress(): ProgressLine;
  /** Colour only where it is seen: on a terminal and without NO_COLOR (no-color.org). */
  paint(style: Style, text: string): string;
}

/** SGR parameters (ECMA-48 8.3.117) to switch on and off. */
const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof styles;

interface Streams {
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

export function openTerminal({ stdout, stderr }: Streams, env: CommandEnvironment): Terminal {
  const interactive = stderr.isTTY === true && env.TERM !== 'dumb';
  const coloured = interactive && stdout.isTTY === true && !env.NO_COLOR;
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
      current = progressLine(stderr, { interactive });
      return current;
    },
    paint: (style, text) => {
      const [on, off] = styles[style];
      return coloured ? `\u001B[${on}m${text}\u001B[${off}m` : text;
    },
  };
}

type CommandEnvironment = Readonly<Record<string, string | undefined>>;
