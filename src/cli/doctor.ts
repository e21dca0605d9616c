import { Command } from 'commander';
import { toFailure } from '../domain/failure.js';
import type { EffectiveSetting } from '../config/effective-settings.js';
import type { CommandContext } from './command-context.js';
import type { Finding } from './doctor-finding.js';
import { EndWith, exitCode } from './exit-code.js';
import { tableLines } from './table.js';
import type { Terminal } from './terminal.js';

/** Checks everything that Reelway needs to run and says what to do about what is wrong. Changes nothing but a probe object in the storage. */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description(
      'Checks settings, data folder, database, storage, port, and whatever the settings name outside: notices, Zoom, Opencast, the spreadsheet, Slack, AWS. Says what to do. Secrets are masked.',
    )
    .option('--send-test', 'send a test notice to every target of REELWAY_NOTIFY')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', examples)
    .action((options: DoctorOptions) => examine(context, options));
}

interface DoctorOptions {
  readonly json?: true;
  readonly sendTest?: true;
}

const examples = `
Exit code: 0 when all is well, 1 when there is a problem.

Examples:
  reelway doctor
  reelway doctor --send-test
  DATABASE_URL=postgres://reelway:secret@db/reelway reelway doctor --json`;

async function examine(context: CommandContext, { json, sendTest }: DoctorOptions): Promise<void> {
  const { terminal, cwd, env } = context;
  const { readEnvironment, handOnLibraryVariables } = await import('../config/environment.js');
  const { effectiveSettings } = await import('../config/effective-settings.js');
  const { checks, problemFinding } = await import('./doctor-checks.js');

  const environment = readEnvironment(cwd, env);
  handOnLibraryVariables(environment, process.env);
  const settings = effectiveSettings(environment);
  if (!json) printSettings(terminal, settings);
  const findings: Finding[] = [];
  for (const check of checks(environment, { sendTest: sendTest === true })) {
    context.signal.throwIfAborted();
    const finding = await check.run().catch((error: unknown) => problemFinding(check.name, toFailure(error)));
    findings.push(finding);
    if (!json) for (const line of findingLines(terminal, finding)) terminal.print(line);
  }
  const problems = findings.filter((finding) => finding.status === 'problem');
  if (json) terminal.printJson({ ok: problems.length === 0, settings, findings });
  if (problems.length > 0) throw new EndWith(exitCode.failed);
  if (!json) terminal.print('All is well.');
}

function printSettings(terminal: Terminal, settings: readonly EffectiveSetting[]): void {
  const lines = tableLines(settings, [
    { title: 'SETTING', value: (setting) => setting.name },
    { title: 'VALUE', value: (setting) => setting.shown ?? '-' },
    { title: 'FROM', value: (setting) => setting.from },
  ]);
  for (const line of [...lines, '']) terminal.print(line);
}

function findingLines(terminal: Terminal, { name, status, message, problems = [], help }: Finding): string[] {
  const [mark, style] = ({ ok: ['ok', 'green'], note: ['note', 'yellow'], problem: ['PROBLEM', 'red'] } as const)[
    status
  ];
  return [
    `${terminal.paint(style, mark.padEnd(7))}  ${name}: ${message}`,
    ...problems.map((line) => `           - ${line}`),
    ...(help === undefined ? [] : [`           ${help}`]),
  ];
}
