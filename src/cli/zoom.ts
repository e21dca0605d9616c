import { Command } from 'commander';
import { Failure, toFailure } from '../domain/failure.js';
import type { ReconcileReport } from '../workflow/reconcile-zoom.js';
import type { CommandContext } from './command-context.js';
import { date } from './option-values.js';
import { withRecordings, type RecordingsDoor } from './recordings-door.js';
import { tableLines } from './table.js';
import { withExamples } from './with-examples.js';

/** Recordings of Zoom: one that a person asks for, those that nobody announced, and what Zoom sent handled once more. */
export function zoomCommand(context: CommandContext): Command {
  const command = new Command('zoom')
    .description('Recordings of Zoom: ingests one, or those of some days that were missed.')
    .addHelpText('after', examples);
  command
    .command('ingest')
    .summary('ingest one recording into Opencast')
    .description('Looks the recording up in Zoom and ingests it; waits for the end of the workflow in Opencast.')
    .argument('<recording>', 'its uuid, a link to it in Zoom, or the number of a meeting: its latest')
    .option('--series <id>', "Opencast series, in place of the schedule's")
    .option('--workflow <id>', 'Opencast workflow, in place of DEFAULT_OC_WORKFLOW')
    .option('--allow-multiple', 'one more event, although Opencast has the recording')
    .option('--all-mp4', 'every view, for an archive')
    .option('--no-wait', 'end when the server has taken it')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      withExamples(
        "reelway zoom ingest 'p7l/jwpwQFW5Q62srAYxAA==' --series 20260112345",
        'reelway zoom ingest 93812345678 --no-wait --json',
      ),
    )
    .action((recording: string, options: IngestOptions) => ingest(context, recording, options));
  command
    .command('backfill')
    .summary('find recordings of some days that no webhook announced')
    .description("Looks through Zoom's list and takes what was missed; the schedule decides on each, as for a webhook.")
    .requiredOption('--from <date>', 'first day, 2026-09-01', date)
    .requiredOption('--to <date>', 'last day', date)
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', withExamples('reelway zoom backfill --from 2026-09-01 --to 2026-11-20 --dry-run'))
    .action((options: BackfillOptions) => backfill(context, options));
  command
    .command('replay')
    .summary('handle once more what Zoom sent')
    .description(
      'Handles stored webhooks once more: all of a recording, or the one with this key. What is done stays done.',
    )
    .argument('<recording|key>', "the recording's uuid, or the key of an event as /api/zoom-events lists it")
    .option('--json', 'print how many as JSON')
    .addHelpText('after', withExamples("reelway zoom replay 'p7l/jwpwQFW5Q62srAYxAA=='"))
    .action((which: string, { json }: { json?: true }) => replay(context, which, json === true));
  return command;
}

const examples = `
Without a running server the command does the work itself; what it leaves goes on when \`reelway serve\` runs.

Examples:
  reelway zoom ingest 'p7l/jwpwQFW5Q62srAYxAA==' --series 20260112345
  reelway zoom ingest 'https://zoom.us/recording/detail?meeting_id=...'
  reelway zoom backfill --from 2026-09-01 --to 2026-11-20 --dry-run`;

interface IngestOptions {
  readonly series?: string;
  readonly workflow?: string;
  readonly allowMultiple?: true;
  readonly allMp4?: true;
  readonly wait: boolean;
  readonly json?: true;
}

async function ingest(context: CommandContext, recording: string, options: IngestOptions): Promise<void> {
  const { terminal } = context;
  const { requestOnDemand } = await import('../intake/request-on-demand.js');
  const request = requestOnDemand({
    ...{ uuid: recording, oc_series_id: options.series, oc_workflow: options.workflow },
    ...{ allow_multiple_ingests: options.allowMultiple, ingest_all_mp4: options.allMp4 },
  });
  await withRecordings(
    context,
    async (door) => {
      const ordered = await door.order(request);
      if (ordered.job === null)
        throw new Failure('recording_ignored', `Nothing is to be done with ${request.uuid}: ${ordered.reason}.`, {
          details: { recording: request.uuid, trackingId: ordered.trackingId },
        });
      const isLeft = !options.wait && door.server !== undefined;
      const result = isLeft ? null : (await watched(context, door, ordered.job)).result;
      if (options.json) return terminal.printJson({ ...ordered, result });
      if (isLeft) return terminal.print(`${ordered.job} is under way.`);
      const { outcome, eventId, omitted } = result as { outcome: string; eventId: string; omitted: readonly string[] };
      terminal.print(outcome === 'existing' ? `Opencast has it already: event ${eventId}` : `Event ${eventId}`);
      for (const missing of omitted) terminal.say(`not in it: ${missing}`);
    },
    { serves: true },
  );
}

interface BackfillOptions {
  readonly from: string;
  readonly to: string;
  readonly dryRun?: true;
  readonly json?: true;
}

async function backfill(context: CommandContext, { from, to, dryRun, json }: BackfillOptions): Promise<void> {
  const { terminal } = context;
  if (from > to) throw new Failure('invalid_request', `--from ${from} is after --to ${to}.`);
  await withRecordings(context, async (door) => {
    const job = await door.backfill({ from, to, dryRun: dryRun ?? false });
    const report = (await watched(context, door, job)).result as ReconcileReport;
    if (json) return terminal.printJson(report);
    const lines = tableLines(report.found, [
      { title: 'STARTED', value: ({ startTime }) => startTime },
      { title: 'RECORDING', value: ({ uuid }) => uuid },
      { title: 'MEETING', value: ({ meetingId }) => meetingId },
      { title: 'TOPIC', value: ({ topic }) => topic },
      { title: 'OUTCOME', value: ({ outcome }) => outcome },
    ]);
    if (report.found.length > 0) for (const line of lines) terminal.print(line);
    const { listed, known, processing, taken, ignored } = report;
    const did = dryRun ? 'would be taken' : 'taken';
    terminal.print(
      `${listed} in Zoom: ${taken} ${did}, ${ignored} ignored, ${known} known, ${processing} not ready yet.`,
    );
    if (taken > 0 && !dryRun && door.server === undefined) terminal.say('They go on when `reelway serve` runs.');
  });
}

async function replay(context: CommandContext, which: string, json: boolean): Promise<void> {
  const { terminal } = context;
  await withRecordings(context, async (door) => {
    const replayed = await door.replay({ uuid: which }).catch((error: unknown) => {
      if (toFailure(error).code === 'not_found') return door.replay({ key: which });
      throw error;
    });
    if (json) return terminal.printJson({ replayed });
    const when = door.server === undefined ? ' when `reelway serve` runs' : '';
    terminal.print(`${replayed} ${replayed === 1 ? 'event is' : 'events are'} handled once more${when}.`);
  });
}

async function watched({ terminal, signal }: CommandContext, door: RecordingsDoor, job: string) {
  const { watchJob } = await import('./watch-job.js');
  try {
    return await watchJob((watching) => door.showJob(job, watching), terminal, signal);
  } catch (error) {
    if (signal.aborted)
      terminal.say(door.server === undefined ? 'It goes on when `reelway serve` runs.' : 'It goes on in the server.');
    throw error;
  }
}
