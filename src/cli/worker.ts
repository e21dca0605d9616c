import { hostname } from 'node:os';
import { Command } from 'commander';
import { Failure } from '../domain/failure.js';
import type { CommandContext } from './command-context.js';
import { stopAsked } from './serve.js';
import { loadSettings } from './settings.js';

/** Runs jobs, and nothing else: as many as wanted, on as many machines as wanted, beside at least one `reelway serve`. */
export function workerCommand(context: CommandContext): Command {
  return new Command('worker')
    .description(
      'Takes jobs of the database of DATABASE_URL and runs them, until Ctrl-C or SIGTERM; others take over what is under way.',
    )
    .addHelpText('after', examples)
    .action(() => runWorker(context));
}

const examples = `
Needs DATABASE_URL (a PostgreSQL server), the same settings as \`reelway serve\`, and a storage that all of them reach: s3://, or a folder
that is mounted everywhere. At SIGTERM it takes nothing new, and running jobs have REELWAY_DRAIN_SECONDS to end before others go on with them.

Examples:
  DATABASE_URL=postgres://reelway@db/reelway REELWAY_STORAGE=s3://bucket/vod reelway worker`;

async function runWorker(context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  const { config, environment } = await loadSettings(context);
  if (config.DATABASE_URL === undefined) {
    throw new Failure(
      'invalid_settings',
      'A worker shares its database with others: DATABASE_URL has to name a PostgreSQL server. An embedded database has one owner, `reelway serve`.',
      { details: { setting: 'DATABASE_URL' } },
    );
  }
  const [{ openServices }, { openLog }] = await Promise.all([import('../wiring.js'), import('../log.js')]);
  const publicUrl = config.REELWAY_PUBLIC_URL ?? `http://${config.REELWAY_HOST}:${config.REELWAY_PORT}`;
  const services = await openServices({
    config,
    environment,
    log: openLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT }),
    publicUrl: () => publicUrl,
    onLost: () => {}, // of an embedded database only
  });
  const watching = services.watch.start();
  terminal.print(`Worker ${process.pid} on ${hostname()} is ready.`);
  try {
    await stopAsked(signal, new Promise<never>(() => {}));
  } finally {
    await watching.stop();
    await services.close();
  }
}
