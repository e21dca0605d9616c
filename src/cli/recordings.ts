import { Command, Option } from 'commander';
import type { OrderedIngestView, RecordingDetail, RecordingPage, RecordingSummary } from '../api/contract.js';
import { Failure } from '../domain/failure.js';
import { recordingStatuses, type RecordingStatus } from '../domain/recording-status.js';
import { decisiveIngest, statusGroups } from '../view/recording-state.js';
import { withApi, type ApiDoor } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { queryOf, sayMore, withPageOptions, type PageOptions } from './list-page.js';
import { date, meetingId } from './option-values.js';
import { recordingPath } from './recording-path.js';
import { downloadCommand } from './recordings-download.js';
import { formatDuration } from './quantity.js';
import { tableLines } from './table.js';
import { withExamples } from './with-examples.js';

/** Recordings: those that are known, why they are or are not ingested, and another look in the schedule. */
export function recordingsCommand(context: CommandContext): Command {
  return new Command('recordings')
    .description(
      'Looks at recordings and decides anew on those that nothing came of. `reelway zoom ingest` ingests one,\n' +
        '`reelway zoom replay` handles once more what Zoom sent.',
    )
    .addHelpText('after', examples)
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(rematchCommand(context))
    .addCommand(downloadCommand(context));
}

const examples = `
Examples:
  reelway recordings list --search algebra --from 2026-09-01
  reelway recordings list --unmatched
  reelway recordings show 'p7l/jwpwQFW5Q62srAYxAA=='
  reelway recordings rematch --all`;

interface ListOptions extends PageOptions {
  readonly search?: string;
  readonly status?: readonly RecordingStatus[];
  readonly failed?: true;
  readonly unmatched?: true;
  readonly meeting?: string;
  readonly from?: string;
  readonly to?: string;
}

function listCommand(context: CommandContext): Command {
  const command = new Command('list')
    .description('Recordings by the start of their meetings, the newest first.')
    .option(
      '--search <text>',
      "only with this in the topic, the uuid, the meeting's number, the host's address, a series, or a course of the schedule",
    )
    .addOption(new Option('--status <status...>', 'only with an ingest that is so').choices(recordingStatuses))
    .addOption(new Option('--failed', 'only with an ingest that failed').conflicts('status'))
    .option('--unmatched', 'only those that no class was found for')
    .option('--meeting <id>', 'only of this meeting', meetingId)
    .option('--from <date>', 'first day, in UTC', date)
    .option('--to <date>', 'last day', date);
  return withPageOptions(command)
    .addHelpText(
      'after',
      withExamples(
        'reelway recordings list --search algebra --from 2026-09-01 --to 2026-11-20',
        'reelway recordings list --failed --json',
        'reelway recordings list --status IGNORED WEBHOOK_FAILED --limit 200',
      ),
    )
    .action((options: ListOptions) => list(context, options));
}

async function list({ terminal, ...context }: CommandContext, options: ListOptions): Promise<void> {
  const { search, failed, status, meeting, unmatched, from, to, limit, cursor, json } = options;
  const query = queryOf({
    ...{ search, status: failed ? statusGroups.failed.statuses : status, meetingId: meeting },
    ...{ awaitsSchedule: unmatched, from, to, limit, cursor },
  });
  const page = await withApi({ terminal, ...context }, (api) => api.get<RecordingPage>(`/api/recordings${query}`));
  if (json) return terminal.printJson(page);
  if (page.recordings.length === 0) return terminal.say('There are no such recordings.');
  for (const line of tableLines(page.recordings, columns)) terminal.print(line);
  sayMore(terminal, page.next);
}

const columns = [
  { title: 'RECORDING', value: ({ uuid }: RecordingSummary) => uuid },
  { title: 'STARTED', value: ({ startTime }: RecordingSummary) => startTime },
  {
    title: 'LENGTH',
    value: ({ durationMinutes }: RecordingSummary) => formatDuration(durationMinutes * 60_000),
    align: 'right' as const,
  },
  { title: 'MEETING', value: ({ meetingId: id }: RecordingSummary) => id },
  { title: 'TOPIC', value: ({ topic }: RecordingSummary) => topic },
  {
    title: 'SERIES',
    value: ({ ingests }: RecordingSummary) => ingests.findLast(({ seriesId }) => seriesId !== null)?.seriesId ?? '-',
  },
  { title: 'STATUS', value: ({ ingests }: RecordingSummary) => decisiveIngest(ingests)?.status ?? '-' },
  { title: 'REASON', value: ({ ingests }: RecordingSummary) => decisiveIngest(ingests)?.reason ?? '' },
];

function showCommand({ terminal, ...context }: CommandContext): Command {
  return new Command('show')
    .description('One recording: its class and why, its files, its ingests, and everything that happened to it.')
    .argument('<uuid>', 'as `list` shows it')
    .option('--json', 'print JSON, with what Zoom sent as it came')
    .addHelpText('after', withExamples("reelway recordings show 'p7l/jwpwQFW5Q62srAYxAA=='"))
    .action(async (uuid: string, { json }: { json?: true }) => {
      const api = (door: ApiDoor) => door.get<RecordingDetail>(recordingPath(uuid));
      const recording = await withApi({ terminal, ...context }, api);
      if (json) return terminal.printJson(recording);
      const { recordingLines } = await import('./recording-lines.js');
      for (const line of recordingLines(recording)) terminal.print(line);
    });
}

interface RematchOptions {
  readonly all?: true;
  readonly json?: true;
}

function rematchCommand(context: CommandContext): Command {
  return new Command('rematch')
    .description('Looks in the schedule again for a recording that nothing came of, or for all that wait for a class.')
    .argument('[uuid]', 'of the recording')
    .option('--all', 'every recording that waits for a class')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      withExamples("reelway recordings rematch 'p7l/jwpwQFW5Q62srAYxAA=='", 'reelway recordings rematch --all'),
    )
    .action((uuid: string | undefined, options: RematchOptions) => {
      if ((uuid === undefined) !== (options.all === true))
        throw new Failure('usage', 'Give the uuid of a recording or --all, one of them.');
      return withApi(
        context,
        (api) => (uuid === undefined ? rematchAll : rematchOne)(context, api, { uuid, ...options }),
        {
          works: true,
        },
      );
    });
}

interface Rematch extends RematchOptions {
  readonly uuid: string | undefined;
}

async function rematchOne({ terminal }: CommandContext, api: ApiDoor, { uuid = '', json }: Rematch): Promise<void> {
  const { trackingId, job, reason } = await api.send<OrderedIngestView>('POST', `${recordingPath(uuid)}/rematch`);
  if (job === null)
    throw new Failure('recording_ignored', `Nothing is to be done with ${uuid}: ${reason}`, {
      details: { recording: uuid, trackingId },
    });
  if (json) return terminal.printJson({ trackingId, job, reason });
  terminal.print(`${job} is under way${whenServed(api)}.`);
}

async function rematchAll({ terminal }: CommandContext, api: ApiDoor, { json }: Rematch): Promise<void> {
  const { rematched } = await api.send<{ rematched: number }>('POST', '/api/recordings/rematch');
  if (json) return terminal.printJson({ rematched });
  terminal.print(
    `${rematched} ${rematched === 1 ? 'recording has' : 'recordings have'} found their class${whenServed(api)}.`,
  );
}

/** A process that ends now does not do the work. */
function whenServed({ served }: ApiDoor): string {
  return served ? '' : ' when `reelway serve` runs';
}
