import { Command, Option } from 'commander';
import { Failure } from '../domain/failure.js';
import { jobStatuses, type JobDetail } from '../workflow/job-view.js';
import type { JobFilter, Jobs } from '../workflow/jobs.js';
import type { CommandContext } from './command-context.js';
import type { JobAccess } from './job-access.js';
import { sayMore, withPageOptions, type PageOptions } from './list-page.js';
import { withExamples } from './with-examples.js';

interface ListOptions extends PageOptions {
  readonly status?: JobFilter['status'];
  readonly kind?: readonly string[];
  readonly all?: true;
  readonly dead?: true;
  readonly search?: string;
}

/** Looks at jobs and changes their course; through the running server if there is one. */
export function jobsCommand(context: CommandContext): Command {
  const command = new Command('jobs')
    .description('Looks at jobs, and stops or retries them.')
    .addHelpText('after', examples);
  const listing = command
    .command('list')
    .description('Jobs, newest first.')
    .addOption(new Option('--status <status...>', 'only these').choices(jobStatuses))
    .option('--kind <kind...>', 'only these, as `jobs show` names them')
    .option('--all', 'parts of other jobs, too')
    .option('--dead', 'only what failed for good and waits for somebody to retry or dismiss it')
    .option(
      '--search <text>',
      'only with this in the id or the title; one or two characters: at the beginning of a word',
    );
  withPageOptions(listing)
    .addHelpText('after', withExamples('reelway jobs list --status running failed', 'reelway jobs list --dead --json'))
    .action((options: ListOptions) => list(context, options));
  command
    .command('show')
    .description('One job with its steps, failure and parts.')
    .argument('<job>')
    .option('--follow', 'watch it to its end first; ends with 1 when it fails')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      withExamples('reelway jobs show asset:lecture-1', 'reelway jobs show asset:lecture-1 --follow'),
    )
    .action((id: string, options: ShowOptions) => show(context, id, options));
  for (const [name, { summary, did }] of Object.entries(actions)) {
    command
      .command(name)
      .description(summary)
      .argument('<job>')
      .option('--json', 'print the job as JSON')
      .addHelpText('after', withExamples(`reelway jobs ${name} asset:lecture-1`))
      .action((id: string, { json }: { json?: true }) =>
        act(context, { name: name as Action, id, did, json: json === true }),
      );
  }
  return command;
}

interface ShowOptions {
  readonly follow?: true;
  readonly json?: true;
}

const actions = {
  cancel: { summary: 'Stops a job and its parts; `retry` lets it go on.', did: 'is cancelled' },
  retry: { summary: 'Lets a failed or cancelled job go on at the step that failed.', did: 'goes on' },
  dismiss: { summary: 'Takes a failed job out of `list --dead`.', did: 'is dismissed' },
} as const;
type Action = keyof typeof actions;

const examples = `
Examples:
  reelway jobs list --status running failed
  reelway jobs list --dead --json
  reelway jobs show asset:lecture-1
  reelway jobs retry asset:lecture-1`;

async function list(
  context: CommandContext,
  { status, kind, all, dead, search, limit, cursor, json }: ListOptions,
): Promise<void> {
  const filter = {
    limit,
    ...(status && { status }),
    ...(kind && { kind }),
    ...(all && { parent: 'any' }),
    ...(dead && { deadLetter: true }),
    ...(search !== undefined && { search }),
    ...(cursor !== undefined && { cursor }),
  };
  const page = await withJobs(context, (access) => (access ? pageOf(access.jobs, filter) : { jobs: [], next: null }));
  if (json) return context.terminal.printJson(page);
  if (page.jobs.length === 0) return context.terminal.say('There are no such jobs.');
  const { jobListLines } = await import('./job-lines.js');
  for (const line of jobListLines(page.jobs)) context.terminal.print(line);
  sayMore(context.terminal, page.next);
}

/** A page that a search left short, with those after it. */
async function pageOf(jobs: Pick<Jobs, 'list'>, filter: JobFilter & { limit: number }) {
  let page = await jobs.list(filter);
  while (page.next !== null && page.jobs.length < filter.limit) {
    const more = await jobs.list({ ...filter, limit: filter.limit - page.jobs.length, cursor: page.next });
    page = { jobs: [...page.jobs, ...more.jobs], next: more.next };
  }
  return page;
}

async function show(context: CommandContext, id: string, { follow, json }: ShowOptions): Promise<void> {
  const job = await withJobs(context, (access) => {
    const { jobs, served } = existing(access, id);
    if (follow && !served) context.terminal.say('Nobody works on jobs now: `reelway serve` does.');
    return follow && served ? followed(context, () => jobs.show(id)) : jobs.show(id);
  });
  if (json) return context.terminal.printJson(job);
  const { jobDetailLines } = await import('./job-lines.js');
  for (const line of jobDetailLines(job)) context.terminal.print(line);
}

async function followed({ terminal, signal }: CommandContext, look: () => Promise<JobDetail>): Promise<JobDetail> {
  const { watchJob } = await import('./watch-job.js');
  return watchJob(look, terminal, signal);
}

interface Act {
  readonly name: Action;
  readonly id: string;
  readonly did: string;
  readonly json: boolean;
}

async function act(context: CommandContext, { name, id, did, json }: Act): Promise<void> {
  const { job, served } = await withJobs(context, async (access) => {
    const { jobs, served } = existing(access, id);
    return { job: await jobs[name](id), served };
  });
  if (json) return context.terminal.printJson(job);
  const when = name === 'retry' && !served ? ' when `reelway serve` runs' : '';
  context.terminal.print(`${job.id} ${did}${when}.`);
}

async function withJobs<T>(
  context: CommandContext,
  use: (access: JobAccess | undefined) => T | Promise<T>,
): Promise<T> {
  const { loadSettings } = await import('./settings.js');
  const { openJobs } = await import('./job-access.js');
  const { config } = await loadSettings(context);
  const access = await openJobs(config);
  try {
    return await use(access);
  } finally {
    await access?.close();
  }
}

function existing(access: JobAccess | undefined, id: string): JobAccess {
  if (access) return access;
  throw new Failure('not_found', `There is no job ${id}: the data folder holds no database yet.`, {
    details: { job: id },
  });
}
