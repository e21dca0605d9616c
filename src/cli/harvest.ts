import { Command, InvalidArgumentError } from 'commander';
import { Failure } from '../domain/failure.js';
import { shownSource } from '../domain/shown-source.js';
import type { StorageLocation } from '../storage/location.js';
import type { HarvestResult } from '../transfer/harvest/harvest.js';
import type { HarvestProgress } from '../transfer/harvest/mirror-resources.js';
import type { CommandContext } from './command-context.js';
import type { Measure } from './measure.js';
import { namedPlace } from './named-place.js';
import { formatBytes, formatDuration } from './quantity.js';

interface HarvestOptions {
  readonly out: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly rate?: number;
  readonly bandwidth?: number;
  readonly concurrency: number;
  readonly refresh?: true;
  readonly prune?: true;
  readonly json?: true;
}

/** Mirrors one packaged presentation without a server. */
export function harvestCommand(context: CommandContext): Command {
  return new Command('harvest')
    .description(
      'Mirrors a packaged presentation: HLS, DASH or Smooth Streaming, static. Every resource is brought over and verified, the manifests\n' +
        'untouched and in place last. The same command goes on where it was stopped, repairs what is damaged and skips what is complete.',
    )
    .argument('<manifest url>', 'the manifest that a player opens, http or https')
    .requiredOption('--out <folder>', 'folder, or s3://bucket/prefix')
    .option(
      '--header <name: value>',
      "sent to the manifest's own host only; may be given several times",
      parseHeader,
      {},
    )
    .option('--rate <n>', 'requests per second to one host, at most (default: as many as it bears)', parseRate)
    .option('--bandwidth <n>', 'megabytes per second from one host, at most', parseRate)
    .option('--concurrency <n>', 'objects under way at once', parseConcurrency, 16)
    .option('--refresh', 'ask the origin of every object whether it changed, and bring over what did')
    .option('--prune', 'remove objects of earlier versions that nothing refers to any more')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action((url: string, options: HarvestOptions) => runHarvest(context, url, options));
}

const examples = `
Examples:
  reelway harvest https://origin.example/vod/index.m3u8 --out mirror/lecture-1
  reelway harvest https://origin.example/vod/index.mpd --out s3://bucket/vod/lecture-1 --rate 20
  reelway harvest https://x.egress.mediapackage-vod.us-east-1.amazonaws.com/out/v1/a/b/c/index.m3u8 \\
    --out mirror/lecture-1 --header 'X-MediaPackage-CDNIdentifier: <value>'`;

async function runHarvest(context: CommandContext, url: string, options: HarvestOptions): Promise<void> {
  const { terminal, signal, cwd, env } = context;
  const address = checkAddress(url);
  const location = readLocation(options.out, cwd);
  const [{ harvest }, { httpClient }, { hostLimits }, { pace }, { openStore }, { trustingPolicy }] = await Promise.all([
    import('../transfer/harvest/harvest.js'),
    import('../net/request.js'),
    import('../net/host-limits.js'),
    import('../net/pace.js'),
    import('../storage/open.js'),
    import('./trusting-policy.js'),
  ]);
  const { concurrency, rate, bandwidth, header = {} } = options;
  const client = httpClient({
    policy: trustingPolicy(address, env.REELWAY_PRIVATE_HOSTS),
    limits: hostLimits({ perHost: concurrency }),
  });
  const line = terminal.progress();
  const started = performance.now();
  try {
    const result = await harvest(
      {
        client,
        pace: pace({
          concurrency,
          ...(rate !== undefined && { requestsPerSecond: rate }),
          ...(bandwidth !== undefined && { bytesPerSecond: bandwidth * 1e6 }),
        }),
        concurrency,
      },
      {
        url: address,
        subject: `harvest of ${shownSource(address)}`,
        store: openStore(location, { dedicated: true }),
        folder: '',
        credentials: () => Promise.resolve(header),
        refresh: options.refresh ?? false,
        prune: options.prune ?? false,
        signal,
      },
      (progress) => line.update(measureOf(progress)),
    );
    line.clear();
    const seconds = (performance.now() - started) / 1000;
    const out = options.out.replace(/\/$/, '');
    if (options.json)
      terminal.printJson({
        source: shownSource(address),
        seconds,
        ...result,
        manifest: `${out}/${result.manifest}`,
      });
    else printResult(context, result, { out, seconds });
  } finally {
    line.clear();
    client.close();
  }
}

const statusWords = {
  complete: 'mirrored',
  skipped: 'complete already',
  repaired: 'repaired',
  refreshed: 'refreshed',
} as const;

function printResult(
  { terminal }: CommandContext,
  result: HarvestResult,
  { out, seconds }: { out: string; seconds: number },
): void {
  const { status, objects, bytes, durationMs, fetched, former, absent, manifest } = result;
  const media = durationMs > 0 ? `${formatDuration(durationMs)}, ` : '';
  terminal.print(`${statusWords[status]} (${media}${objects} objects, ${formatBytes(bytes)})`);
  terminal.print(`  ${out}/${manifest}`);
  if (absent.length > 0)
    terminal.say(
      `The origin does not have ${absent.length} that the manifest's arithmetic allows, such as ${absent[0]}`,
    );
  if (former > 0) terminal.say(`${former} objects of earlier versions are left in place; --prune removes them.`);
  terminal.say(
    `${fetched.objects} objects, ${formatBytes(fetched.bytes)} brought over in ${formatDuration(seconds * 1000)}.`,
  );
}

function measureOf({ objectsDone: done, objectsTotal: total, bytes }: HarvestProgress): Measure {
  return { name: '', done, total, unit: 'objects', bytes };
}

function checkAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
  throw new Failure('usage', `The manifest must be an http or https address; given: ${text.slice(0, 200)}`);
}

function readLocation(out: string, cwd: string): StorageLocation {
  const location = namedPlace(out, cwd);
  if (location) return location;
  throw new Failure('usage', `--out: a folder or s3://bucket/prefix is allowed; given: ${out || 'nothing'}`);
}

/** RFC 9110 §5.1, §5.5. The value is not repeated in the error: it is likely a secret. */
function parseHeader(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\x20-\x7E\x80-\xFF]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError("Allowed: 'Name: value', of printable characters.");
  return { ...before, [name.toLowerCase()]: value.trim() };
}

function parseRate(text: string): number {
  const value = Number(text);
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError(`Allowed: a number above 0; given: ${text}.`);
}

function parseConcurrency(text: string): number {
  const value = Number(text);
  if (/^\d{1,4}$/.test(text) && value >= 1 && value <= 256) return value;
  throw new InvalidArgumentError(`Allowed: a whole number from 1 to 256; given: ${text}.`);
}
