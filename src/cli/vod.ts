import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { Failure } from '../domain/failure.js';
import type { EndpointSuccess } from '../notify/notice.js';
import type { AssetResult } from '../workflow/package-asset.js';
import type { CommandContext } from './command-context.js';
import { formatBytes } from './quantity.js';
import type { Terminal } from './terminal.js';

/** The VOD line: assets of packaging groups. */
export function vodCommand(context: CommandContext): Command {
  const run = new Command('run')
    .summary('make an asset: package its source for every configuration of its packaging group')
    .description(
      'Takes the createAssetRequest of packaged-vod-downloader as it is, or { id, packagingGroupId, source, destination }.\n' +
        'The packaging group is packaging-groups/<id>.json of the data folder, or the file of --group.\n' +
        'The same command joins work under way; afterwards it verifies and repairs what is there.',
    )
    .argument('<request.json>', 'file with the request; - reads standard input')
    .option('--group <file>', "packaging group or configurations to use, in MediaPackage VOD's JSON")
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action((file: string, options: RunOptions) => runAsset(context, file, options));
  return new Command('vod').description('Assets of packaging groups, without AWS.').addCommand(run);
}

const examples = `
Examples:
  reelway vod run request.json
  reelway vod run examples/create-asset-request.json --group examples/packaging-group.json`;

interface RunOptions {
  readonly group?: string;
  readonly json?: true;
}

async function runAsset(context: CommandContext, file: string, { group, json }: RunOptions): Promise<void> {
  const { terminal, signal, cwd } = context;
  const request = withAbsoluteSource(await readJson(file, cwd, 'invalid_request'), cwd);
  const packagingGroup = group === undefined ? undefined : await readJson(group, cwd, 'configuration_invalid');
  const [{ loadSettings }, { openAssetDoor }, { watchJob }] = await Promise.all([
    import('./settings.js'),
    import('./asset-door.js'),
    import('./watch-job.js'),
  ]);
  const door = await openAssetDoor(context, await loadSettings(context));
  try {
    const job = await door.submit(request, packagingGroup);
    if (door.server !== undefined) terminal.say(`The server at ${door.server} does the work: job ${job}.`);
    const done = await watchJob((watching) => door.show(job, watching), terminal, signal).finally(async () => {
      // Who is told when it is ready is told when it failed, too.
      if (!signal.aborted) await door.settle(signal);
    });
    const { endpoints } = done.result as AssetResult;
    if (json) terminal.printJson({ job, endpoints });
    else for (const endpoint of endpoints) printEndpoint(terminal, endpoint);
    if (door.server === undefined && !json) terminal.say('`reelway serve` plays them at these URLs.');
  } catch (error) {
    if (signal.aborted && door.server !== undefined) terminal.say('The work goes on in the server.');
    throw error;
  } finally {
    await door.close();
  }
}

const statusWords = { complete: 'made', skipped: 'complete already', repaired: 'repaired' } as const;

function printEndpoint(terminal: Terminal, endpoint: EndpointSuccess): void {
  const size = `${endpoint.objects} objects, ${formatBytes(endpoint.bytes)}`;
  terminal.print(`${endpoint.configurationId}: ${statusWords[endpoint.status]} (${size})`);
  for (const place of [...endpoint.locations, ...endpoint.playbackUrls]) terminal.print(`  ${place}`);
}

async function readJson(file: string, cwd: string, code: 'invalid_request' | 'configuration_invalid'): Promise<object> {
  const content = await (file === '-' ? text(process.stdin) : readFile(resolve(cwd, file), 'utf8')).catch(
    (error: unknown) => {
      throw new Failure('usage', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
    },
  );
  try {
    const json = JSON.parse(content) as unknown;
    if (typeof json === 'object' && json !== null) return json;
    throw new Error('an object is needed');
  } catch (error) {
    throw new Failure(code, `${file} is not what is needed: ${(error as Error).message}`, { cause: error });
  }
}

/** On a command line, a path is relative to where one stands; requests themselves name absolute ones. */
function withAbsoluteSource(request: object, cwd: string): object {
  const isAddress = (source: unknown): boolean =>
    typeof source !== 'string' || /^(\/|[a-z][a-z0-9+.-]+:)/i.test(source);
  if ('createAssetRequest' in request) {
    const inner = request.createAssetRequest;
    if (typeof inner !== 'object' || inner === null || !('SourceArn' in inner) || isAddress(inner.SourceArn))
      return request;
    return { ...request, createAssetRequest: { ...inner, SourceArn: resolve(cwd, String(inner.SourceArn)) } };
  }
  if (!('source' in request) || isAddress(request.source)) return request;
  return { ...request, source: resolve(cwd, String(request.source)) };
}
