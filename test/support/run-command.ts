import { PassThrough } from 'node:stream';
import { CommanderError, type Command } from 'commander';
import type { CommandContext } from '../../src/cli/command-context.js';
import { EndWith, exitCodeOf } from '../../src/cli/exit-code.js';
import { printFailure } from '../../src/cli/print-failure.js';
import { openTerminal } from '../../src/cli/terminal.js';
import { toFailure } from '../../src/domain/failure.js';
import { projectRoot, type CommandResult } from './reelway.js';

export interface CommandRunner {
  run(...words: string[]): Promise<CommandResult>;
  /** What it answers with `--json`. */
  json<Answer>(...words: string[]): Promise<Answer>;
}

/**
 * Runs one command in this process, as `runProgram` does: many of them in the time that a process of their own would take to start. They talk to a
 * server of the data folder.
 */
export function commandRunner(
  build: (context: CommandContext) => Command,
  env: Readonly<Record<string, string>>,
  cwd = projectRoot,
): CommandRunner {
  async function run(...words: string[]): Promise<CommandResult> {
    const [stdout, stderr] = [new PassThrough(roomy), new PassThrough(roomy)];
    const json = words.includes('--json');
    const terminal = openTerminal({ stdout, stderr }, {}, json);
    const command = build({ terminal, signal: new AbortController().signal, env, cwd });
    neverExits(command, stderr);
    const code = await command.parseAsync(words, { from: 'user' }).then(
      () => 0,
      (error: unknown) => {
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
        if (error instanceof EndWith) return error.exitCode;
        printFailure(terminal, toFailure(error), { json, debug: false });
        return exitCodeOf(toFailure(error));
      },
    );
    return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
  }
  return {
    run,
    async json<Answer>(...words: string[]) {
      const { stdout, stderr } = await run(...words, '--json');
      if (stderr !== '') throw new Error(stderr);
      return JSON.parse(stdout) as Answer;
    },
  };
}

/** Bytes that a stream takes before it waits for its reader, who comes when the command has ended. */
const roomy = { highWaterMark: 16 * 1024 ** 2 };

function textOf(stream: PassThrough): string {
  return String(stream.read() ?? '');
}

function neverExits(command: Command, stderr: PassThrough): void {
  command.exitOverride().configureOutput({ writeErr: (text) => void stderr.write(text) });
  for (const child of command.commands) neverExits(child, stderr);
}
