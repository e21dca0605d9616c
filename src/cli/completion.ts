import { Argument, Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { completionScript, shells, type CompletedCommand, type Shell } from './completion-scripts.js';

/** Words for the shell, made from the commands as they are. @param load every command with what is below it */
export function completionCommand(
  load: (context: CommandContext) => Promise<readonly Command[]>,
): (context: CommandContext) => Command {
  return (context) =>
    new Command('completion')
      .description('Prints a script that completes commands, options and their choices at the Tab key.')
      .addArgument(new Argument('<shell>', 'which shell').choices(shells))
      .addHelpText('after', examples)
      .action(async (shell: Shell) => {
        const commands = [...(await load(context)), new Command('help').summary('the help of a command')];
        for (const line of completionScript(shell, describeCommands(commands)).split('\n'))
          context.terminal.print(line);
      });
}

const examples = `
Load it in each new shell, from the file that your shell reads at its start.

Examples:
  source <(reelway completion bash)
  source <(reelway completion zsh)
  reelway completion fish > ~/.config/fish/completions/reelway.fish`;

/** All of them and what is below them, each with the words that lead to it. */
export function describeCommands(commands: readonly Command[], above: readonly string[] = []): CompletedCommand[] {
  return commands.flatMap((command) => {
    const path = [...above, command.name()];
    const { options, commands: children } = command;
    return [
      {
        path,
        words: children.map((child) => child.name()),
        summary: command.summary() || (command.description().split('\n')[0] ?? ''),
        options: [...options.flatMap(({ long }) => (long ? [long] : [])), '--help'],
        choices: Object.fromEntries(
          options.flatMap(({ long, argChoices }) => (long && argChoices ? [[long, argChoices]] : [])),
        ),
        values: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
        takesFiles: command.registeredArguments.length > 0 && children.length === 0,
      },
      ...describeCommands(children, path),
    ];
  });
}
