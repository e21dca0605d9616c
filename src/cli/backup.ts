import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Config } from '../config/config.js';
import { Failure } from '../domain/failure.js';
import { readVersion } from '../version.js';
import type { CommandContext } from './command-context.js';
import { dumpDatabase } from './postgres-programs.js';
import { formatBytes } from './quantity.js';
import { loadSettings } from './settings.js';

/** `reelway backup`: everything but the media, while the server runs. */
export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description(
      'Copies the database (jobs, recordings, schedule, assets), the packaging groups and the token of the first start to a folder, while\n' +
        'everything runs. With DATABASE_URL the database is dumped by pg_dump. Media are not in it: they lie in REELWAY_STORAGE.',
    )
    .argument('<folder>', 'a folder that is missing or empty')
    .option('--json', 'print what was backed up as JSON')
    .addHelpText('after', examples)
    .action((folder: string, { json }: { json?: true }) => runBackup(context, folder, json === true));
}

const examples = `
Examples:
  reelway backup /backups/reelway-2026-11-27
  DATABASE_URL=postgresql://reelway@db/reelway reelway backup /backups/tonight --json`;

async function runBackup(context: CommandContext, given: string, json: boolean): Promise<void> {
  const { config } = await loadSettings(context);
  const folder = resolve(context.cwd, given);
  const { backUp } = await import('../status/backup.js');
  const list = await backUp({
    ...{ folder, dataFolder: config.REELWAY_DATA_DIR, version: readVersion() },
    database: config.DATABASE_URL === undefined ? 'embedded' : 'server',
    copyDatabase: (to) =>
      config.DATABASE_URL === undefined
        ? copyEmbedded(config, join(to, 'database'))
        : dumpDatabase(config.DATABASE_URL, join(to, 'database.dump'), context.signal),
  });
  if (json) return context.terminal.printJson({ folder, ...list });
  const bytes = list.files.reduce((sum, { size }) => sum + size, 0);
  context.terminal.print(`Backed up to ${folder}: ${list.files.length} files, ${formatBytes(bytes)}.`);
}

/** By the server that owns the database, if one runs; else by opening it. */
async function copyEmbedded(config: Config, to: string): Promise<void> {
  const dataFolder = config.REELWAY_DATA_DIR;
  const { findRunningServer } = await import('../status/running-server.js');
  const server = await findRunningServer(dataFolder);
  if (server) {
    const { serverClient } = await import('./ask-server.js');
    const { folder } = await serverClient(server).send<{ folder: string }>('POST', '/api/system/snapshot');
    return move(folder, to);
  }
  if (!existsSync(join(dataFolder, 'database')))
    throw new Failure('not_found', `There is no database in ${dataFolder}: nothing to back up.`);
  const [{ openDatabase }, { openLog }] = await Promise.all([import('../status/database.js'), import('../log.js')]);
  const database = await openDatabase({ dataFolder, log: openLog({ level: 'fatal' }) });
  try {
    await database.snapshot?.(to);
  } finally {
    await database.close();
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await cp(from, to, { recursive: true });
    await rm(from, { recursive: true });
  }
}
