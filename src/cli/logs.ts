import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { prettyLine } from '../pretty-line.js';
import type { CommandContext } from './command-context.js';
import { withLogs } from './log-access.js';

interface LogsOptions {
  readonly follow?: true;
  readonly json?: true;
}

/** What the log says about a job, an asset or a recording, from whichever process worked on it. */
export function logsCommand(context: CommandContext): Command {
  return new Command('logs')
    .description('What the log says about a job and those below it, oldest first.')
    .argument('<id>', 'of a job, an asset or a meeting, or the UUID of a recording')
    .option('--follow', 'go on until its jobs have ended, or Ctrl-C')
    .option('--json', 'print the lines as they stand in the log: a JSON object each')
    .addHelpText('after', examples)
    .action((id: string, options: LogsOptions) => logs(context, id, options));
}

const examples = `
Lines are kept as long as their jobs, the newest thousand of each. \`reelway debug on\` has more of them written.

Examples:
  reelway logs recording:wWz4mMUXT6ynTIHsXWTJBQ==
  reelway logs 93812345678 --follow
  reelway logs lecture-1 --json`;

/** milliseconds between looks */
const followEvery = 1000;

async function logs(context: CommandContext, id: string, { follow, json }: LogsOptions): Promise<void> {
  const { terminal, signal } = context;
  const coloured = terminal.paint('dim', '') !== '';
  await withLogs(context, async (access) => {
    let said = false;
    for (let after = 0; ;) {
      const { lines, next, ended } = await access.logs(id, after);
      for (const { line } of lines) {
        const text = JSON.stringify(line);
        terminal.print(json ? text : prettyLine(text, coloured).trimEnd());
      }
      said ||= lines.length > 0;
      if (lines.length === 0 && (!follow || ended)) break;
      after = next;
      if (follow && lines.length === 0) await sleep(followEvery, undefined, { signal });
      signal.throwIfAborted();
    }
    if (!said) terminal.say('The log says nothing about it.');
  });
}
