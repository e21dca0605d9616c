import { Command } from 'commander';
import type { System } from '../api/contract.js';
import { isStale, healthFindings } from '../view/health-findings.js';
import { withApi } from './api-door.js';
import type { CommandContext } from './command-context.js';
import { EndWith, exitCode } from './exit-code.js';
import { formatBytes, formatDuration, quantities } from './quantity.js';
import { factLines, section } from './sections.js';
import { tableLines } from './table.js';
import { withExamples } from './with-examples.js';

/** Whether everything that Reelway needs is well: what the dashboard's Health shows. */
export function healthCommand(context: CommandContext): Command {
  return new Command('health')
    .description(
      'Says whether all is well, or what is not, and ends with 1 then: checks, Zoom, workers, disks, tokens, versions.\n' +
        '`reelway queues` has the queues; `reelway doctor` checks the settings before a server runs.',
    )
    .option('--json', 'print JSON: the answer of /api/system, and `findings`: what is not well')
    .addHelpText('after', withExamples('reelway health', 'reelway health --json'))
    .action(({ json }: { json?: true }) => health(context, json === true));
}

async function health(context: CommandContext, json: boolean): Promise<void> {
  const { terminal } = context;
  const { system, findings, server } = await withApi(context, async (api) => {
    const found = await api.get<System>('/api/system');
    const alone = api.served ? [] : ['no server runs: jobs wait until `reelway serve` does'];
    const look = { now: Date.now(), served: api.served, written: quantities };
    return { system: found, server: api.server, findings: [...alone, ...healthFindings(found, look)] };
  });
  if (json) terminal.printJson({ ...system, findings });
  else for (const line of healthLines(system, findings, server !== undefined)) terminal.print(line);
  if (findings.length > 0) throw new EndWith(exitCode.failed);
}

/** @param served a server answered: else this command's own process has, which says nothing of any */
function healthLines(system: System, findings: readonly string[], served: boolean): string[] {
  const { checks, zoom, workers, disks, tokens, version, node, startedAt, database, storage } = system;
  return [
    ...(findings.length === 0 ? ['All is well.'] : findings.map((finding) => `not well: ${finding}`)),
    ...section(
      'checks',
      checks.map(({ name, ok, message }) => (ok ? `${name}: well` : `${name}: ${message}`)),
    ),
    ...section('Zoom', zoom === null ? [] : zoomLines(zoom)),
    ...section('workers', workerLines(workers)),
    ...section(
      'disks',
      disks.map(({ path, free, total }) => `${path}: ${formatBytes(free)} of ${formatBytes(total)} free`),
    ),
    ...section(
      'tokens',
      tokens.map(({ name, role }) => `${name} (${role})`),
    ),
    ...section(
      served ? 'this server' : 'this command, as its settings say',
      factLines([
        ['version', `${version}, Node ${node}`],
        ...(served ? [['since', startedAt] as const] : []),
        ['database', database],
        ['storage', storage],
      ]),
    ),
  ];
}

function zoomLines({ webhooks, validatedAt, sweep }: NonNullable<System['zoom']>): string[] {
  const never = webhooks
    ? 'Zoom has not validated the webhook address yet'
    : 'no webhooks are taken: WEBHOOK_VALIDATION_SECRET_TOKEN is not set';
  const late = isStale(validatedAt, Date.now()) ? ', which is too long ago' : '';
  return [
    validatedAt === null ? never : `the webhook address was validated at ${validatedAt}${late}`,
    sweep === null
      ? 'nobody has looked through its list yet'
      : `the last look through its list, ${sweep.job}, is ${sweep.status}: ${sweep.at}`,
  ];
}

function workerLines(workers: System['workers']): string[] {
  if (workers.length === 0) return [];
  return tableLines(workers, [
    { title: 'WORKER', value: ({ id, host, pid }) => (host === null ? id : `${host}, process ${pid}`) },
    { title: 'JOBS', value: ({ running }) => String(running), align: 'right' },
    {
      title: 'LAST SIGN OF LIFE',
      value: ({ seenAt }) => (seenAt === null ? '-' : `${formatDuration(Date.now() - Date.parse(seenAt))} ago`),
    },
  ]);
}
