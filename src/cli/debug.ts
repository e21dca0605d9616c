import { Argument, Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from './command-context.js';
import { withLogs } from './log-access.js';

interface DebugOptions {
  /** seconds */
  readonly for: number;
  readonly json?: true;
}

/** Has every process of the database log everything for a while; none is restarted. */
export function debugCommand(context: CommandContext): Command {
  return new Command('debug')
    .description('Says whether everything is logged, or has all processes do so within seconds, or no longer.')
    .addArgument(new Argument('[state]').choices(['on', 'off']))
    .option('--for <duration>', 'how long, as 90s, 30m or 2h; a day at most', duration, 1800)
    .option('--json', 'print JSON')
    .addHelpText('after', examples)
    .action((state: 'on' | 'off' | undefined, options: DebugOptions) => debug(context, state, options));
}

const examples = `
Without \`--for\` it ends after 30 minutes by itself. \`reelway logs\` shows what it had written about one job.

Examples:
  reelway debug
  reelway debug on --for 2h
  reelway debug off`;

async function debug(
  context: CommandContext,
  state: 'on' | 'off' | undefined,
  { for: seconds, json }: DebugOptions,
): Promise<void> {
  const { until } = await withLogs(context, (access) =>
    state === undefined ? access.debug() : access.setDebug(state === 'on' ? seconds : 0),
  );
  if (json) return context.terminal.printJson({ until });
  context.terminal.print(until === null ? 'The log says what LOG_LEVEL says.' : `Everything is logged until ${until}.`);
}

const unitSeconds = { s: 1, m: 60, h: 3600 } as const;
const longest = 86_400;

/** seconds */
function duration(text: string): number {
  const [, number, unit] = /^([1-9]\d{0,4})([smh])$/.exec(text) ?? [];
  const seconds = Number(number) * unitSeconds[unit as keyof typeof unitSeconds];
  if (!(seconds <= longest)) throw new InvalidArgumentError('A number with s, m or h is allowed, as 30m; 24h at most.');
  return seconds;
}
