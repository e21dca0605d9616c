import { Command, InvalidArgumentError, Option } from 'commander';
import { Failure } from '../domain/failure.js';
import type { AssetResult } from '../workflow/package-asset.js';
import { urgencies } from '../workflow/urgency.js';
import type { CommandContext } from './command-context.js';
import { printEndpoint } from './endpoint-lines.js';
import { runBatchCommand, type BatchCommandOptions } from './vod-batch.js';
import { watchCommand } from './vod-watch.js';
import { readJson, withAbsoluteSource } from './vod-request.js';
import { withExamples } from './with-examples.js';

/** The VOD line: assets of packaging groups. */
export function vodCommand(context: CommandContext): Command {
  const run = new Command('run')
    .summary('make an asset: package its source for every configuration of its packaging group')
    .description(
      'Takes the createAssetRequest of packaged-vod-downloader as it is, or { id, packagingGroupId, source, destination }.\n' +
        'The packaging group is packaging-groups/<id>.json of the data folder, or one that was saved through the API, or the file of --group.\n' +
        'The same command joins work under way; afterwards it verifies and repairs what is there.',
    )
    .argument('[request.json]', 'file with the request; - reads standard input')
    .option('--batch <list.jsonl>', 'many requests, JSON to a line; what an earlier run has made is left as it is')
    .option(
      '--group <file>',
      "packaging group or configurations to use, in MediaPackage VOD's JSON: a file, or the JSON itself",
    )
    .addOption(
      new Option('--urgency <which>', 'before which other waiting work a batch comes')
        .choices(urgencies)
        .default('batch'),
    )
    .option('--at-once <number>', 'most requests of a batch under way at one time (default: no limit)', wholeNumber)
    .option(
      '--failures <file>',
      'where the failed requests of a batch go, as another batch (default: <list>.failed.jsonl)',
    )
    .option('--again', 'do what is done once more, too: verify and repair it')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action((file: string | undefined, options: RunOptions) => {
      if ((file === undefined) === (options.batch === undefined))
        throw new Failure('usage', 'Give a request.json or a --batch list.jsonl, one of them.');
      return file === undefined
        ? runBatchCommand(context, options.batch ?? '', options)
        : runAsset(context, file, options);
    });
  return new Command('vod')
    .description('Assets of packaging groups, without AWS.')
    .addHelpText('after', withExamples('reelway vod run request.json', 'reelway vod run --batch list.jsonl'))
    .addCommand(run)
    .addCommand(watchCommand(context));
}

const examples = `
Examples:
  reelway vod run request.json
  reelway vod run examples/create-asset-request.json --group examples/packaging-group.json
  reelway vod run --batch list.jsonl --at-once 500
  reelway vod run --batch list.jsonl.failed.jsonl`;

interface RunOptions extends BatchCommandOptions {
  readonly batch?: string;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number above 0 is needed.');
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
