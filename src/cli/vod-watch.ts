import { setTimeout as sleep } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import { Failure, toFailure } from '../domain/failure.js';
import type { StorageLocation } from '../storage/location.js';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';
import type { AssetDoor } from './asset-door.js';
import type { CommandContext } from './command-context.js';
import type { WatchedSource } from './watched-sources.js';

interface WatchOptions {
  readonly packagingGroup: string;
  readonly to: string;
  readonly role?: string;
  readonly every: number;
  readonly settled: number;
  readonly once?: true;
}

/** objects of a watched place; more want a folder further down */
const maxObjects = 200_000;

/** `reelway vod watch`: what is put into a folder or bucket becomes an asset. */
export function watchCommand(context: CommandContext): Command {
  return new Command('watch')
    .summary('make an asset of each source that is put into a folder or bucket')
    .description(
      'Looks again and again for .m3u8, .smil and .mp4 that no other of them names, and starts the packaging group once for each version of each\n' +
        'source, when nothing of it has changed for a while. After a restart it goes on: what was started is known by its id.',
    )
    .argument('<place>', 'a folder, or s3://bucket/prefix')
    .requiredOption('--packaging-group <id>', 'the packaging group that is started')
    .option('--to <path>', 'destination path of the assets', '')
    .option('--role <arn>', 'SourceRoleArn of the requests, which reads the sources')
    .option('--every <seconds>', 'between two looks', seconds, 15)
    .option('--settled <seconds>', 'how long nothing of a source may have changed', seconds, 30)
    .option('--once', 'look once, start what is at rest, and end')
    .addHelpText(
      'after',
      `
Examples:
  reelway vod watch ./incoming --packaging-group lectures
  reelway vod watch s3://my-bucket/incoming --packaging-group lectures --to vod --every 60`,
    )
    .action((place: string, options: WatchOptions) => runWatch(context, place, options));
}

function seconds(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number of seconds is needed.');
}

async function runWatch(context: CommandContext, place: string, options: WatchOptions): Promise<void> {
  const { terminal, signal, cwd } = context;
  const [{ loadSettings }, { openAssetDoor }, { openStore }, { watching }, { parseLocation }, path] = await Promise.all(
    [
      import('./settings.js'),
      import('./asset-door.js'),
      import('../storage/open.js'),
      import('./watched-sources.js'),
      import('../storage/location.js'),
      import('node:path'),
    ],
  );
  const location = parseLocation(/^[a-z0-9]+:/i.test(place) ? place : path.resolve(cwd, place));
  if (!location) throw new Failure('usage', `${place} cannot be watched: a folder or s3://bucket/prefix is allowed.`);
  const store = openStore(location);
  const door = await openAssetDoor(context, await loadSettings(context));
  const watched = watching(options.settled * 1000);
  let waiting: WatchedSource[] = [];
  try {
    terminal.say(`Watching ${store.location}.`);
    for (;;) {
      try {
        const objects = await listed(store);
        waiting.push(...(await watched.look(objects, (object) => textOf(store, object, signal), Date.now())));
      } catch (error) {
        if (signal.aborted || options.once) throw error;
        // A place that is away for a moment is there at a later look.
        terminal.say(`${toFailure(error).message} [${toFailure(error).code}]`);
      }
      const left: WatchedSource[] = [];
      for (const source of waiting)
        if (!(await started(context, door, { source, location, options }))) left.push(source);
      waiting = left;
      if (options.once) break;
      await sleep(options.every * 1000, undefined, { signal });
    }
    // Without a server this process does the work.
    if (door.server === undefined) await allEnded(door, signal);
  } finally {
    await door.close();
  }
}

async function listed(store: ObjectStore): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of store.list('')) {
    if (objects.length >= maxObjects)
      throw new Failure(
        'too_large',
        `${store.location} has more than ${maxObjects} objects: watch a folder further down.`,
      );
    objects.push(object);
  }
  return objects;
}

async function textOf(store: ObjectStore, { key }: StoredObject, signal: AbortSignal): Promise<string | undefined> {
  try {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await store.get(key, { signal })).body) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  } catch (error) {
    signal.throwIfAborted();
    if (toFailure(error).code === 'not_found') return undefined;
    throw error;
  }
}

interface Start {
  readonly source: WatchedSource;
  readonly location: StorageLocation;
  readonly options: WatchOptions;
}

/** @returns false when it is to be tried again at the next look */
async function started({ terminal, signal }: CommandContext, door: AssetDoor, start: Start): Promise<boolean> {
  const { source, location, options } = start;
  const request = {
    id: source.assetId,
    packagingGroupId: options.packagingGroup,
    source: addressOf(location, source.key),
    ...(options.role !== undefined && { sourceRoleArn: options.role }),
    destination: { path: options.to },
  };
  try {
    const job = await door.submit(request, undefined, { urgency: 'sweep', whenDone: 'leave' });
    terminal.print(`${source.key}: job ${job}`);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const failure = toFailure(error);
    terminal.say(`${source.key}: ${failure.message} [${failure.code}]`);
    if (options.once) throw failure;
    return failure.kind === 'permanent';
  }
}

function addressOf(location: StorageLocation, key: string): string {
  if (location.kind === 'file') return `${location.folder}/${key}`;
  const whole = location.prefix === '' ? key : `${location.prefix}/${key}`;
  return `s3://${location.bucket}/${whole.split('/').map(encodeURIComponent).join('/')}`;
}

async function allEnded(door: AssetDoor, signal: AbortSignal): Promise<void> {
  while (await door.busy()) await sleep(200, undefined, { signal });
  await door.settle(signal);
}
