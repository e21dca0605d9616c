import { Argument, Command } from 'commander';
import type { JobPage, System } from '../api/contract.js';
import { queues, type QueueName } from '../workflow/queues.js';
import { whyWaiting, workersOf } from '../view/why-waiting.js';
import { withApi, type ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { queryOf } from './list-page.js';
import { formatDuration } from './quantity.js';
import { section } from './sections.js';
import { tableLines } from './table.js';
import { withExamples } from './with-examples.js';

type Queue = System['queues'][number];
type Job = JobPage['jobs'][number];

/** jobs that one question asks for: of those that wait, more are counted and not shown */
const mostJobs = 500;

/** What waits, by the queue that it waits in: which jobs hold its places, and what comes after them. */
export function queuesCommand(context: CommandContext): Command {
  return new Command('queues')
    .description(
      'The queues and what they hold; of one queue which jobs hold its places, what waits behind them, and why.',
    )
    .addArgument(new Argument('[queue]', 'one of them').choices(Object.keys(queues)))
    .option('--json', 'print JSON')
    .addHelpText('after', withExamples('reelway queues', 'reelway queues endpoints --json'))
    .action((name: QueueName | undefined, { json }: { json?: true }) => showQueues(context, name, json === true));
}

async function showQueues(context: CommandContext, name: QueueName | undefined, json: boolean): Promise<void> {
  const { terminal } = context;
  const { system, served, held, waiting } = await withApi(context, async (api) => ({
    system: await api.get<System>('/api/system'),
    served: api.served,
    held: name === undefined ? [] : await jobsThatRun(api, name),
    waiting: name === undefined ? [] : await jobsThatWait(api, name),
  }));
  const queue = system.queues.find((each) => each.name === name);
  if (!queue) {
    if (json) return terminal.printJson({ queues: system.queues });
    for (const line of tableLines(system.queues, columns)) terminal.print(line);
    return;
  }
  const why = whyWaiting(queue, queue.running, workersOf(system, served));
  if (json) return terminal.printJson({ ...queue, why, heldBy: held, waitingJobs: waiting });
  for (const line of queueLines(queue, { why, held, waiting })) terminal.print(line);
}

/** The longest first that have been there; all of them: they are no more than there are places. */
async function jobsThatRun(api: ApiDoor, name: QueueName): Promise<readonly Job[]> {
  const found: Job[] = [];
  let cursor: string | undefined;
  do {
    const query = queryOf({ parent: 'any', status: 'running', limit: mostJobs, cursor });
    const page = await api.get<JobPage>(`/api/jobs${query}`);
    found.push(...page.jobs.filter(({ queue }) => queue === name));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
}

/** Those that begin next, in that order. */
async function jobsThatWait(api: ApiDoor, name: QueueName): Promise<readonly Job[]> {
  const { jobs } = await api.get<Pick<JobPage, 'jobs'>>(`/api/jobs/next${queryOf({ limit: mostJobs })}`);
  return jobs.filter(({ queue }) => queue === name);
}

const columns = [
  { title: 'QUEUE', value: ({ name }: Queue) => name },
  { title: 'RUNNING', value: ({ running }: Queue) => String(running), align: 'right' as const },
  { title: 'WAITING', value: ({ waiting }: Queue) => String(waiting), align: 'right' as const },
  {
    title: 'LONGEST WAIT',
    value: ({ oldestWaitingAt }: Queue) => (oldestWaitingAt === null ? '-' : since(oldestWaitingAt)),
    align: 'right' as const,
  },
  { title: 'PLACES PER WORKER', value: ({ perProcess }: Queue) => String(perProcess), align: 'right' as const },
  { title: 'PLACES IN ALL', value: ({ everywhere }: Queue) => String(everywhere ?? 'any'), align: 'right' as const },
];

interface QueueState {
  readonly why: string;
  readonly held: readonly Job[];
  readonly waiting: readonly Job[];
}

function queueLines(queue: Queue, { why, held, waiting }: QueueState): string[] {
  const hidden = queue.waiting - waiting.length;
  return [
    `${queue.name}: ${queue.running} running, ${queue.waiting} waiting`,
    ...(queue.waiting > 0 ? [why] : []),
    ...section('places are held by', held.length === 0 ? [] : jobLines(held)),
    ...section('waiting', waiting.length === 0 ? [] : jobLines(waiting)),
    ...(hidden > 0 ? [`${hidden} more wait.`] : []),
  ];
}

function jobLines(jobs: readonly Job[]): string[] {
  return tableLines(jobs, [
    { title: 'JOB', value: ({ id }) => id },
    { title: 'SINCE', value: ({ startedAt, createdAt }) => since(startedAt ?? createdAt), align: 'right' },
    { title: 'WHAT', value: ({ title }) => title },
  ]);
}

function since(at: string): string {
  return formatDuration(Math.max(0, Date.now() - Date.parse(at)));
}
