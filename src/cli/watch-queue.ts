import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, toFailure } from '../domain/failure.js';
import { readS3Event, type CreatedObject } from '../source/s3-events/read-s3-event.js';
import type { EventQueue, QueueMessage } from '../source/s3-events/event-queue.js';
import type { StorageLocation } from '../storage/location.js';
import type { ObjectStore } from '../storage/object-store.js';
import { toldSource, type ToldLook } from './told-source.js';
import { textOf } from './watched-objects.js';
import { referenceReader } from './watched-references.js';
import { isEntry, type WatchedSource } from './watched-sources.js';

export interface QueueWatch {
  readonly queue: EventQueue;
  /** What is watched of the buckets; absent: all of each. */
  readonly place: BucketPlace | undefined;
  readonly openStore: (place: BucketPlace) => ObjectStore;
  /** milliseconds that nothing of a source must have changed */
  readonly settledMs: number;
  /** Ends when the queue is empty. */
  readonly once: boolean;
  /** Starts it for good. @throws Failure */
  readonly start: (source: WatchedSource, place: BucketPlace) => Promise<void>;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export type BucketPlace = Extract<StorageLocation, { kind: 's3' }>;

/** seconds of one long poll, as long as SQS allows */
const longPoll = 20;
/** milliseconds before a queue that did not answer is asked again */
const awayPause = 5000;

/**
 * Makes an asset of each source that messages of S3 name. A message is taken off when all that it asks for is stored; what cannot be is
 * left, comes again, and goes to the dead letters of the queue in the end. The same message twice is the same asset. What is still being
 * written is waited for twice as long each time: the queue counts receptions, and a source of hours must not be among the dead letters.
 */
export async function watchQueue(given: QueueWatch): Promise<void> {
  const watch: OpenedWatch = { ...given, opened: opening(given) };
  const { queue, once, say, signal } = watch;
  if ((await queue.hasDeadLetters()) === false)
    say('The queue has no dead-letter queue: messages that cannot be worked on come again until they expire.');
  for (;;) {
    let messages: readonly QueueMessage[];
    try {
      messages = await queue.receive(once ? 0 : longPoll, signal);
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFailure(error);
      if (once || failure.kind === 'permanent') throw failure;
      say(`${failure.message} [${failure.code}]`);
      await sleep(awayPause, undefined, { signal });
      continue;
    }
    if (once && messages.length === 0) return;
    for (const message of messages) await take(watch, message);
  }
}

async function take(watch: OpenedWatch, message: QueueMessage): Promise<void> {
  const { queue, say, signal } = watch;
  const created = readS3Event(message.body);
  if (!created) {
    say(`${called(message)} is no message of S3: it is left to the queue's dead-letter policy.`);
    return;
  }
  try {
    let rest = 0;
    for (const object of created) rest = Math.max(rest, await startObject(watch, object));
    if (rest > 0) await queue.defer(message, (rest / 1000) * 2 ** (message.received - 1));
    else await queue.remove(message);
  } catch (error) {
    signal.throwIfAborted();
    const { message: text, code } = toFailure(error);
    say(`${called(message)} is left in the queue and comes again: ${text} [${code}]`);
  }
}

function called({ id, received }: QueueMessage): string {
  return `The message ${id} (received ${received === 1 ? 'once' : `${received} times`})`;
}

/** @returns milliseconds after which it is to be looked at again, because it is not at rest yet; 0: it is done with */
async function startObject(watch: OpenedWatch, { bucket, key }: CreatedObject): Promise<number> {
  const { place = { kind: 's3', bucket, prefix: '' }, settledMs } = watch;
  const below = place.prefix === '' ? '' : `${place.prefix}/`;
  if (bucket !== place.bucket || !key.startsWith(below) || !isEntry(key)) return 0;
  const told = await toldSource(key.slice(below.length), { ...watch.opened(place), settledMs, now: Date.now() });
  if (told && 'restMs' in told) return told.restMs;
  if (told) await watch.start(told.source, place);
  return 0;
}

interface OpenedWatch extends QueueWatch {
  /** Kept from one message to the next, with what was read there. */
  readonly opened: (place: BucketPlace) => Pick<ToldLook, 'store' | 'references' | 'elsewhere'>;
}

function opening({ openStore, signal }: QueueWatch): OpenedWatch['opened'] {
  const places = new Map<string, ReturnType<OpenedWatch['opened']>>();
  return (place) => {
    const known = places.get(place.bucket);
    if (known) return known;
    const store = openStore(place);
    const references = referenceReader((object) => textOf(store, object, signal));
    const made = { store, references, elsewhere: new Map<string, string>() };
    places.set(place.bucket, made);
    return made;
  };
}

/** @throws Failure usage */
export function checkQueueUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname.length > 1) return url.href;
  throw new Failure('usage', `--queue: the address of an SQS queue is needed; given: ${text.slice(0, 200)}`);
}
