import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { Failure } from '../domain/failure.js';
import type { CommandContext } from './command-context.js';
import { restoreDump } from './postgres-programs.js';
import { loadSettings } from './settings.js';

/** `reelway restore`: a backup into an empty place. */
export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description(
      'Checks every file of a backup and puts it into an empty REELWAY_DATA_DIR (and the empty database of DATABASE_URL, by pg_restore). Stop what\n' +
        'worked with the old one first: two databases with the same jobs would do them twice. Jobs that were under way go on.',
    )
    .argument('<folder>', 'what `reelway backup` made')
    .addHelpText('after', examples)
    .action((folder: string) => runRestore(context, folder));
}

const examples = `
Examples:
  REELWAY_DATA_DIR=/srv/reelway reelway restore /backups/reelway-2026-11-27
  DATABASE_URL=postgresql://reelway@db/empty reelway restore /backups/tonight`;

async function runRestore(context: CommandContext, given: string): Promise<void> {
  const { config } = await loadSettings(context);
  const folder = resolve(context.cwd, given);
  const { checkBackup, restore } = await import('../status/backup.js');
  const list = await checkBackup(folder);
  const { DATABASE_URL: url, REELWAY_DATA_DIR: dataFolder } = config;
  if (list.database === 'server' && url === undefined)
    throw new Failure(
      'invalid_settings',
      `${folder} is the backup of a PostgreSQL server: DATABASE_URL has to name an empty database.`,
    );
  if (list.database === 'embedded' && url !== undefined)
    throw new Failure(
      'invalid_settings',
      `${folder} is the backup of an embedded database: it cannot go to a server. Unset DATABASE_URL.`,
    );
  await restore({
    ...{ folder, list, dataFolder },
    ...(url !== undefined && { restoreDump: () => restoreDump(url, join(folder, 'database.dump'), context.signal) }),
  });
  context.terminal.print(
    `Restored the backup of ${list.madeAt} into ${dataFolder}${url === undefined ? '' : ' and the database'}.`,
  );
  context.terminal.say('Next: `reelway doctor`, then `reelway serve`.');
}
