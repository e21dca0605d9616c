import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { Failure, toFailure, type FailureCode } from '../domain/failure.js';
import { sourceAt, type StorageLocation } from '../storage/location.js';
import type { AssetDoor } from './asset-door.js';
import type { CommandContext } from './command-context.js';
import { namedPlace } from './named-place.js';
import { readJson } from './vod-request.js';
import type { BucketPlace } from './watch-queue.js';
import { listed, textOf } from './watched-objects.js';
import type { WatchedSource } from './watched-sources.js';

interface WatchOptions {
  readonly packagingGroup: string;
  readonly group?: string;
  readonly to: string;
  readonly role?: string;
  readonly every: number;
  readonly settled: number;
  readonly once?: true;
  readonly queue?: string;
}

/** `reelway vod watch`: what is put into a folder or bucket becomes an asset. */
export function watchCommand(context: CommandContext): Command {
  return new Command('watch')
    .summary('make an asset of each source that is put into a folder or bucket')
    .description(
      'Looks again and again for .m3u8, .smil and .mp4 that no other of them names, and starts the packaging group once for each version of each\n' +
        'source, when nothing of it has changed for a while. After a restart it goes on: what was started is known by its id.\n' +
        'With --queue it waits for the notifications of S3 (also by SNS or EventBridge) in place of looking; the place then narrows what counts.',
    )
    .argument('[place]', 'a folder, or s3://bucket/prefix')
    .requiredOption('--packaging-group <id>', 'the packaging group that is started')
    .option('--group <file>', 'what the group holds, in place of the stored one: a file, or the JSON itself')
    .option('--to <path>', 'destination path of the assets', '')
    .option('--role <arn>', 'SourceRoleArn of the requests, which reads the sources')
    .option('--every <seconds>', 'between two looks', seconds, 15)
    .option('--settled <seconds>', 'how long nothing of a source may have changed', seconds, 30)
    .option('--queue <url>', 'SQS queue that is told of new objects')
    .option('--once', 'look once, start what is at rest, and end')
    .addHelpText(
      'after',
      `
Examples:
  reelway vod watch ./incoming --packaging-group lectures
  reelway vod watch s3://my-bucket/incoming --packaging-group lectures --to vod --every 60
  reelway vod watch --queue https://sqs.eu-west-1.amazonaws.com/123456789012/incoming --packaging-group lectures`,
    )
    .action((place: string | undefined, options: WatchOptions) => runWatch(context, place, options));
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number of seconds is needed.');
}

async function runWatch(context: CommandContext, place: string | undefined, options: WatchOptions): Promise<void> {
  const { signal } = context;
  const location = place === undefined ? undefined : locationOf(context, place);
  const watch =
    options.queue === undefined
      ? await placeWatch(context, needed(location), options)
      : await queueWatch(context, location, options, options.queue);
  const [{ loadSettings }, { openAssetDoor }] = await Promise.all([import('./settings.js'), import('./asset-door.js')]);
  const group =
    options.group === undefined ? undefined : await readJson(options.group, context.cwd, 'configuration_invalid');
  const door = await openAssetDoor(context, await loadSettings(context));
  try {
    const trouble = await watch(door, group);
    // Without a server this process does the work.
    if (door.server === undefined) await allEnded(door, signal);
    if (trouble) throw trouble;
  } finally {
    await door.close();
  }
}

function locationOf({ cwd }: CommandContext, place: string): StorageLocation {
  const location = namedPlace(place, cwd);
  if (location) return location;
  throw new Failure('usage', `${place || 'Nothing'} cannot be watched: a folder or s3://bucket/prefix is allowed.`);
}

function needed(location: StorageLocation | undefined): StorageLocation {
  if (location) return location;
  throw new Failure('usage', 'What is to be watched? A folder, s3://bucket/prefix or --queue <url> is needed.');
}

/** @param group in place of the stored one @returns what went wrong with a source, while the others were started */
type Watch = (door: AssetDoor, group: object | undefined) => Promise<Failure | undefined>;

/** Looks at the place again and again. */
async function placeWatch(context: CommandContext, location: StorageLocation, options: WatchOptions): Promise<Watch> {
  const { terminal, signal } = context;
  const [{ openStore }, { watching }, { referenceReader }] = await Promise.all([
    import('../storage/open.js'),
    import('./watched-sources.js'),
    import('./watched-references.js'),
  ]);
  await checkFolder(location);
  const store = openStore(location);
  const references = referenceReader((object) => textOf(store, object, signal));
  const troubles = troublesOf(terminal);
  const watched = watching(options.settled * 1000, references, troubles.tell);
  return async (door, group) => {
    // Of each source the newest version.
    const waiting = new Map<string, WatchedSource>();
    terminal.say(`Watching ${store.location}.`);
    for (;;) {
      try {
        for (const source of await watched.look(await listed(store), Date.now())) waiting.set(source.key, source);
      } catch (error) {
        if (signal.aborted || options.once) throw error;
        // A place that is away for a moment is there at a later look.
        terminal.say(`${toFailure(error).message} [${toFailure(error).code}]`);
      }
      for (const source of waiting.values())
        if (await started(context, door, { source, location, options, group }, troubles)) {
          waiting.delete(source.key);
          troubles.forget(source.key);
        }
      if (options.once) return troubles.first();
      await sleep(options.every * 1000, undefined, { signal });
    }
  };
}

/** A folder that is not there would be watched in silence for ever. @throws Failure usage */
async function checkFolder(location: StorageLocation): Promise<void> {
  if (location.kind !== 'file') return;
  const isFolder = await stat(location.folder).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new Failure('usage', `${location.folder} cannot be watched: it is no folder. Make it, or name another.`);
}

/** What goes wrong with sources of a place. */
interface Troubles {
  /** Says it, once while it stays as it is. */
  readonly tell: (key: string, failure: Failure) => void;
  /** The source is done with: what goes wrong with its next version is news. */
  readonly forget: (key: string) => void;
  readonly first: () => Failure | undefined;
}

function troublesOf(terminal: CommandContext['terminal']): Troubles {
  const said = new Map<string, string>();
  let first: Failure | undefined;
  return {
    tell(key, failure) {
      first ??= failure;
      const text = `${key}: ${failure.message} [${failure.code}]`;
      if (said.get(key) !== text) terminal.say(text);
      said.set(key, text);
    },
    forget: (key) => void said.delete(key),
    first: () => first,
  };
}

/** Waits for what a queue tells. */
async function queueWatch(
  context: CommandContext,
  location: StorageLocation | undefined,
  options: WatchOptions,
  url: string,
): Promise<Watch> {
  const { terminal, signal } = context;
  const [{ openStore }, { sqsQueue }, { checkQueueUrl, watchQueue }] = await Promise.all([
    import('../storage/open.js'),
    import('../source/s3-events/event-queue.js'),
    import('./watch-queue.js'),
  ]);
  if (location?.kind === 'file')
    throw new Failure('usage', 'A queue tells of objects of S3: with --queue the place is s3://bucket/prefix.');
  const queue = sqsQueue(checkQueueUrl(url));
  return async (door, group) => {
    terminal.say(`Watching the queue ${url}.`);
    await watchQueue({
      queue,
      place: location,
      openStore,
      settledMs: options.settled * 1000,
      once: options.once ?? false,
      start: (source: WatchedSource, place: BucketPlace) =>
        startSource(context, door, { source, location: place, options, group }),
      say: (text) => terminal.say(text),
      signal,
    });
    return undefined;
  };
}

interface Start {
  readonly source: WatchedSource;
  readonly location: StorageLocation;
  readonly options: WatchOptions;
  readonly group: object | undefined;
}

/** Resolves when the job is stored. @throws Failure */
async function startSource({ terminal }: CommandContext, door: AssetDoor, start: Start): Promise<void> {
  const { source, location, options, group } = start;
  const request = {
    id: source.assetId,
    packagingGroupId: options.packagingGroup,
    source: sourceAt(location, source.key),
    ...(options.role !== undefined && { sourceRoleArn: options.role }),
    destination: { path: options.to },
  };
  const job = await door.submit(request, group, { urgency: 'sweep', whenDone: 'leave' });
  terminal.print(`${source.key}: job ${job}`);
}

/** Those of the packaging group: whoever stores or mends it means the sources that wait for it, too. */
const mendable: readonly FailureCode[] = ['not_found', 'configuration_invalid', 'configuration_unsupported'];

/** @returns false when it is to be tried again at the next look */
async function started(context: CommandContext, door: AssetDoor, start: Start, troubles: Troubles): Promise<boolean> {
  try {
    await startSource(context, door, start);
    return true;
  } catch (error) {
    context.signal.throwIfAborted();
    const failure = toFailure(error);
    troubles.tell(start.source.key, failure);
    return failure.kind === 'permanent' && !mendable.includes(failure.code);
  }
}

async function allEnded(door: AssetDoor, signal: AbortSignal): Promise<void> {
  while (await door.busy()) await sleep(200, undefined, { signal });
  await door.settle(signal);
}
