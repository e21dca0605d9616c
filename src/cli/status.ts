import { Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './command-context.js';
import { meetingId } from './option-values.js';
import { withRecordings, type StatusRecords } from './recordings-door.js';
import { tableLines } from './table.js';

interface StatusOptions {
  readonly meeting?: string;
  readonly seconds?: number;
  readonly json?: true;
}

/** The most that `GET /status` looks back, too. */
const hour = 3600;

/** How far recordings are: what `GET /status` answers, for people. */
export function statusCommand(context: CommandContext): Command {
  return new Command('status')
    .description('How far the ingests of recordings are: of one meeting, or what changed lately.')
    .option('--meeting <id>', 'all recordings of this meeting', meetingId)
    .addOption(
      new Option('--seconds <number>', `what changed in so many seconds, ${hour} at most and by default`)
        .argParser(seconds)
        .conflicts('meeting'),
    )
    .option('--json', 'print what GET /status answers')
    .addHelpText('after', examples)
    .action((options: StatusOptions) => status(context, options));
}

const examples = `
Examples:
  reelway status
  reelway status --meeting 93812345678 --json`;

async function status(context: CommandContext, { meeting, seconds, json }: StatusOptions): Promise<void> {
  const { terminal } = context;
  const of = meeting === undefined ? { seconds: seconds ?? hour } : { meetingId: meeting };
  const records = await withRecordings(context, (door) => door.status(of), { works: false });
  if (json) return terminal.printJson({ records });
  const rows = rowsOf(records);
  if (rows.length === 0) return terminal.say('There are no such recordings.');
  const lines = tableLines(rows, [
    { title: 'MEETING', value: ({ meeting: id }) => String(id) },
    { title: 'STARTED', value: ({ started }) => started },
    { title: 'TOPIC', value: ({ topic }) => topic },
    { title: 'STATUS', value: ({ state }) => state },
    { title: 'SERIES', value: ({ series }) => series },
    { title: 'CHANGED', value: ({ changed }) => changed },
    { title: 'REASON', value: ({ reason }) => reason },
    { title: 'WATCH', value: ({ watch }) => watch },
  ]);
  for (const line of lines) terminal.print(line);
}

function rowsOf(records: StatusRecords) {
  if (records === null) return [];
  const meetings = 'meetings' in records ? records.meetings : [records];
  return meetings.flatMap(({ meeting_id: meeting, topic, recordings }) =>
    recordings.flatMap(({ start_time: started, zip_ingests: ingests, playback_urls: [watch = '-'] = [] }) =>
      ingests.map(({ status: state, reason = '', oc_series_id: series = '-', last_updated: changed }) => ({
        ...{ meeting, topic, started, state, reason, series, changed, watch },
      })),
    ),
  );
}

function seconds(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > hour) throw new InvalidArgumentError(`0 to ${hour} are allowed.`);
  return Number(text);
}
