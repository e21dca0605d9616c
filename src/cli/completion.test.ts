import { execFileSync } from 'node:child_process';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CommandContext } from './command-context.js';
import { completionScript } from './completion-scripts.js';
import { describeCommands } from './completion.js';
import { loadAll } from './program.js';
import { openTerminal } from './terminal.js';

const context: CommandContext = {
  terminal: openTerminal(process, { NO_COLOR: '1' }),
  signal: new AbortController().signal,
  env: {},
  cwd: '/',
};
let commands: Command[];
beforeAll(async () => (commands = await loadAll(context)));

function everyCommand(all: readonly Command[]): Command[] {
  return all.flatMap((command) => [command, ...everyCommand(command.commands)]);
}

const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  return text;
}

/** The words of an example, as a shell would hand them over. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? [];
  return words.map((word) => word.replaceAll("'", ''));
}

/** Throws what commander would say to the words; does nothing of what they ask for. */
async function parse(words: readonly string[]): Promise<void> {
  const command = (await loadAll(context)).find((each) => each.name() === words[0]);
  if (!command) throw new Error(`${words[0]} is no command`);
  for (const each of everyCommand([command])) {
    each.exitOverride().configureOutput({ writeErr: () => {} });
    if (each.commands.length === 0) each.action(() => {});
  }
  await command.parseAsync(words.slice(1), { from: 'user' });
}

describe('the help of every command', () => {
  it('has examples of it, and all of them are right', async () => {
    for (const command of everyCommand(commands)) {
      const help = helpOf(command).replaceAll('\\\n', ' ');
      const lines = help.slice(help.indexOf('Examples:')).split('\n');
      const examples = lines.flatMap((line) => /(?:^|[\s(])reelway ([a-z][^|<>)]*)/.exec(line)?.[1] ?? []);
      const own = examples.filter((example) => example.startsWith(nameOf(command)));
      expect(own.length, `examples of ${nameOf(command)}`).toBeGreaterThan(0);
      for (const example of examples) await expect(parse(wordsOf(example)), example).resolves.toBeUndefined();
    }
  });
});

describe('reelway completion', () => {
  const complete = (line: string): string[] => {
    const script = completionScript('bash', describeCommands(commands));
    const words = line.split(' ');
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _reelway; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const text = execFileSync('bash', ['--norc', '-c', `${script}\n${ask}`], { encoding: 'utf8' });
    return text.split('\n').filter(Boolean);
  };

  it('completes commands, those below them, options and what they allow, in bash', () => {
    expect(complete('reelway sche')).toEqual(['schedule']);
    expect(complete('reelway jobs ')).toEqual(
      expect.arrayContaining(['list', 'show', 'cancel', 'retry', 'dismiss', '--help']),
    );
    expect(complete('reelway jobs list --st')).toEqual(['--status']);
    expect(complete('reelway jobs list --status run')).toEqual(['running']);
    expect(complete('reelway completion f')).toEqual(['fish']);
    expect(complete('reelway nonsense ')).toEqual(complete('reelway '));
  });

  it('names every command in each shell', () => {
    const described = describeCommands(commands);
    for (const shell of ['zsh', 'fish'] as const) {
      const script = completionScript(shell, described);
      for (const { path } of described) expect(script).toContain(path.at(-1));
    }
    expect(completionScript('fish', described)).toContain(
      "complete -c reelway -n '__fish_seen_subcommand_from jobs; and __fish_seen_subcommand_from list' -l status",
    );
  });
});
