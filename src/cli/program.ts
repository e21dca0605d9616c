import { Command, CommanderError } from 'commander';
import { Failure, toFailure } from '../domain/failure.js';
import { readVersion } from '../version.js';
import type { CommandContext } from './command-context.js';
import { EndWith, exitCode, exitCodeOf, type ExitCode } from './exit-code.js';
import { listenForInterrupt } from './interrupt.js';
import { printFailure } from './print-failure.js';
import { openTerminal } from './terminal.js';

interface CommandEntry {
  readonly name: string;
  /** One line in `reelway --help`; the command's own `--help` says more. */
  readonly summary: string;
  /** Loads the command's file only when it is the one asked for: `--version` must not wait for a database. */
  readonly load: () => Promise<(context: CommandContext) => Command>;
}

/** Every command, in the order of `--help`. */
const commands: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'the whole VOD line on the bundled sample, with a page that plays the result',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  {
    name: 'serve',
    summary: 'run the API and the workers',
    load: async () => (await import('./serve.js')).serveCommand,
  },
  {
    name: 'worker',
    summary: 'run workers only, beside a server, on one DATABASE_URL',
    load: async () => (await import('./worker.js')).workerCommand,
  },
  {
    name: 'package',
    summary: 'package one source without a server',
    load: async () => (await import('./package.js')).packageCommand,
  },
  {
    name: 'inspect',
    summary: 'tracks, timing, cut and problems of a source or an output',
    load: async () => (await import('./inspect.js')).inspectCommand,
  },
  {
    name: 'harvest',
    summary: 'mirror a packaged presentation: HLS, DASH or Smooth Streaming',
    load: async () => (await import('./harvest.js')).harvestCommand,
  },
  {
    name: 'vod',
    summary: 'make an asset of a packaging group',
    load: async () => (await import('./vod.js')).vodCommand,
  },
  {
    name: 'assets',
    summary: 'what is playable; an asset of a file or an address',
    load: async () => (await import('./assets.js')).assetsCommand,
  },
  {
    name: 'groups',
    summary: 'packaging groups: list, show, validate, put',
    load: async () => (await import('./groups.js')).groupsCommand,
  },
  {
    name: 'zoom',
    summary: 'ingest a recording, find those that were missed',
    load: async () => (await import('./zoom.js')).zoomCommand,
  },
  {
    name: 'recordings',
    summary: 'list, show, download, look in the schedule again',
    load: async () => (await import('./recordings.js')).recordingsCommand,
  },
  {
    name: 'schedule',
    summary: 'the class schedule: import, sync, show',
    load: async () => (await import('./schedule.js')).scheduleCommand,
  },
  {
    name: 'status',
    summary: 'how far recordings are',
    load: async () => (await import('./status.js')).statusCommand,
  },
  {
    name: 'jobs',
    summary: 'list, show, cancel, retry',
    load: async () => (await import('./jobs.js')).jobsCommand,
  },
  {
    name: 'queues',
    summary: 'what waits for a place, and what holds it',
    load: async () => (await import('./queues.js')).queuesCommand,
  },
  {
    name: 'health',
    summary: 'whether all is well: checks, Zoom, workers, disks',
    load: async () => (await import('./health.js')).healthCommand,
  },
  {
    name: 'logs',
    summary: 'what the log says about a job, an asset or a recording',
    load: async () => (await import('./logs.js')).logsCommand,
  },
  {
    name: 'debug',
    summary: 'log everything for a while, without a restart',
    load: async () => (await import('./debug.js')).debugCommand,
  },
  {
    name: 'backup',
    summary: 'everything but the media to a folder, while the server runs',
    load: async () => (await import('./backup.js')).backupCommand,
  },
  {
    name: 'restore',
    summary: 'a backup into an empty data folder',
    load: async () => (await import('./restore.js')).restoreCommand,
  },
  {
    name: 'doctor',
    summary: 'check settings, database, storage and what is outside; says what to do',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  {
    name: 'completion',
    summary: 'a script for bash, zsh or fish that completes commands and options',
    load: async () => (await import('./completion.js')).completionCommand(loadAll),
  },
];

/** Every command as it is, with what is below it: for completion, and for the test that reads all of their help. */
export function loadAll(context: CommandContext): Promise<Command[]> {
  return Promise.all(commands.map((entry) => loadCommand(entry, context)));
}

/** Runs one command line (without `node` and the script) and says with which code the process is to end. Never throws. */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  const env = process.env;
  const json = args.includes('--json');
  const terminal = openTerminal(process, env, json);
  const interrupt = listenForInterrupt(terminal);
  const output = { json, debug: env.LOG_LEVEL === 'debug' || env.LOG_LEVEL === 'trace' };
  endQuietlyWhenReaderLeaves();
  try {
    const program = await assemble(args, { terminal, signal: interrupt.signal, env, cwd: process.cwd() });
    await program.parseAsync([...args], { from: 'user' });
    return exitCode.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
    if (error instanceof EndWith) return error.exitCode;
    const failure = interrupted(error, interrupt.signal) ?? toFailure(error);
    printFailure(terminal, failure, output);
    return exitCodeOf(failure);
  } finally {
    interrupt.release();
  }
}

async function assemble(args: readonly string[], context: CommandContext): Promise<Command> {
  const program = new Command('reelway')
    .description('Takes recorded video from where it is made to where it is watched.')
    .version(readVersion(), '-V, --version')
    .helpOption('-h, --help', 'what a command does, with examples')
    .addHelpText('after', helpAfter);
  const asked = askedCommand(args);
  for (const entry of commands) {
    program.addCommand(
      entry.name === asked ? await loadCommand(entry, context) : new Command(entry.name).summary(entry.summary),
    );
  }
  throwInsteadOfExit(program);
  return program;
}

const helpAfter = `
Exit code: 0 done, 1 failed, 2 wrong usage. Settings come from the environment and from \`.env\`.`;

async function loadCommand({ load, summary }: CommandEntry, context: CommandContext): Promise<Command> {
  const build = await load();
  return build(context).summary(summary);
}

/** The first word that is not an option; `reelway help x` asks for x. */
function askedCommand(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((argument) => !argument.startsWith('-'));
  return first === 'help' ? second : first;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride().showHelpAfterError(`See \`${fullName(command)} --help\`.`);
  for (const child of command.commands) throwInsteadOfExit(child);
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

/** Work that was aborted by Ctrl-C ends in whatever its innermost call throws; the reason is what the person did. */
function interrupted(error: unknown, signal: AbortSignal): Failure | undefined {
  if (!signal.aborted || (error instanceof Failure && error.code !== 'cancelled')) return undefined;
  return signal.reason instanceof Failure ? signal.reason : undefined;
}

/** `reelway jobs list | head -1`: the reader has gone, which is no failure of ours. */
function endQuietlyWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode.done);
    process.stderr.write(`error: standard output cannot be written: ${error.message}\n`);
    process.exit(exitCode.failed);
  });
  // Progress that nobody sees is no reason to stop the work.
  process.stderr.on('error', () => undefined);
}
