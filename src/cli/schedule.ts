import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { Command } from 'commander';
import { Failure } from '../domain/failure.js';
import type { ScheduledClass } from '../domain/schedule.js';
import type { ScheduleReport } from '../workflow/sync-schedule.js';
import type { CommandContext } from './command-context.js';
import { withRecordings } from './recordings-door.js';
import { showCommand } from './schedule-show.js';
import type { Terminal } from './terminal.js';
import { withExamples } from './with-examples.js';

/** The class schedule: what decides to which series a recording belongs. */
export function scheduleCommand(context: CommandContext): Command {
  const command = new Command('schedule')
    .description('The class schedule, which decides to which series a recording belongs.')
    .addHelpText('after', examples);
  command
    .command('import')
    .summary("put a file's classes in the place of those that came from a file of this name")
    .description(
      'Reads a CSV or JSON schedule, also what zoom-recording-ingester wrote. Rows that cannot be used are told with their line and reason; the others count.\n' +
        'Recordings that wait for a class are looked at again.',
    )
    .argument('<file>', 'file.csv or file.json')
    .option('--dry-run', 'only say what would change')
    .option('--may-empty', 'the file has no classes, and that is meant')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      withExamples('reelway schedule import fall.csv --dry-run', 'reelway schedule import fall.csv'),
    )
    .action((file: string, options: ChangeOptions) => importFile(context, file, options));
  command
    .command('sync')
    .summary('read the spreadsheet of GSHEETS_DOC_ID')
    .option('--dry-run', 'only say what would change')
    .option('--may-empty', 'the spreadsheet has no classes, and that is meant')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', withExamples('reelway schedule sync --dry-run'))
    .action((options: ChangeOptions) =>
      withRecordings(context, async (door) => report(context.terminal, await door.syncSchedule(of(options)), options)),
    );
  command.addCommand(showCommand(context));
  return command;
}

const examples = `
Examples:
  reelway schedule import fall.csv --dry-run
  reelway schedule sync
  reelway schedule show --week`;

interface ChangeOptions {
  readonly dryRun?: true;
  readonly mayEmpty?: true;
  readonly json?: true;
}

async function importFile(context: CommandContext, file: string, options: ChangeOptions): Promise<void> {
  const extension = extname(file).toLowerCase();
  if (extension !== '.csv' && extension !== '.json')
    throw new Failure('invalid_request', `A schedule is a .csv or a .json file; given: ${JSON.stringify(file)}.`);
  const text = await readFile(resolve(context.cwd, file), 'utf8').catch((error: unknown) => {
    throw new Failure('invalid_request', `The schedule ${file} cannot be read: ${(error as Error).message}.`);
  });
  const format = extension === '.csv' ? 'csv' : 'json';
  await withRecordings(context, async (door) => {
    const changes = await door.importSchedule({ name: basename(file), format, text }, of(options));
    report(context.terminal, changes, options);
  });
}

function of({ dryRun, mayEmpty }: ChangeOptions) {
  return { dryRun: dryRun ?? false, mayEmpty: mayEmpty ?? false };
}

function report(terminal: Terminal, changes: ScheduleReport, { dryRun, json }: ChangeOptions): void {
  if (json) return terminal.printJson(changes);
  const { source, problems, added, removed, changed, unchanged, rematched } = changes;
  for (const { source: where, line, reason } of problems) terminal.say(`${where} line ${line}: ${reason}`);
  for (const item of added) terminal.print(`+ ${words(item)}`);
  for (const item of removed) terminal.print(`- ${words(item)}`);
  for (const { before, after } of changed) terminal.print(`~ ${words(before)} is now ${words(after)}`);
  const counts = `${added.length} added, ${removed.length} removed, ${changed.length} changed, ${unchanged} as before`;
  terminal.print(`${source}: ${counts}${dryRun ? '; nothing was done.' : '.'}`);
  if (problems.length > 0) terminal.say(`${problems.length} rows cannot be used.`);
  if (rematched > 0) terminal.print(`${rematched} recordings that had waited for a class have one now.`);
}

function words({ meetingId, day, time, title, courseCode, seriesId, publish }: ScheduledClass): string {
  const where = publish === undefined ? '' : `, publish ${publish}`;
  return `${day} ${time} ${title} of ${courseCode}, meeting ${meetingId}, series ${seriesId}${where}`;
}
