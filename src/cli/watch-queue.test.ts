import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startS3Server, type S3Server } from '../../test/support/s3-server.js';
import { startSqsServer, type SqsServer } from '../../test/support/sqs-server.js';
import { Failure } from '../domain/failure.js';
import { sqsQueue } from '../source/s3-events/event-queue.js';
import { s3Store } from '../storage/s3.js';
import { listed, textOf } from './watched-objects.js';
import { referenceReader } from './watched-references.js';
import { watching, type WatchedSource } from './watched-sources.js';
import { watchQueue, type BucketPlace, type QueueWatch } from './watch-queue.js';
import { setEnvironment } from '../../test/support/set-environment.js';

let s3: S3Server;
let sqs: SqsServer;
let started: string[];
let said: string[];
let refuse: Failure | undefined;

beforeEach(async () => {
  s3 = await startS3Server();
  onTestFinished(() => s3.stop());
  s3.buckets.set('incoming', new Map());
  sqs = await startSqsServer({ maxReceiveCount: 3 });
  onTestFinished(
    setEnvironment({
      AWS_ACCESS_KEY_ID: sqs.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sqs.credentials.secretAccessKey,
      AWS_REGION: 'eu-west-1',
    }),
  );
  [started, said, refuse] = [[], [], undefined];
});

const openStore = ({ bucket, prefix }: BucketPlace) =>
  s3Store({ bucket, prefix, endpoint: s3.endpoint, credentials: s3.credentials, region: 'eu-west-1' });

/** Works through what is in the queue. */
async function watch(options: Partial<QueueWatch> = {}): Promise<void> {
  await watchQueue({
    queue: sqsQueue(sqs.queueUrl),
    place: undefined,
    openStore,
    settledMs: 0,
    once: true,
    start: (source: WatchedSource, place) => {
      if (refuse) return Promise.reject(refuse);
      started.push(`${place.bucket}: ${source.key} ${source.assetId}`);
      return Promise.resolve();
    },
    say: (text) => said.push(text),
    signal: new AbortController().signal,
    ...options,
  });
}

async function put(key: string, content = 'x', bucket = 'incoming'): Promise<void> {
  await openStore({ kind: 's3', bucket, prefix: '' }).put(key, Buffer.from(content));
}

const encoded = (key: string): string => encodeURIComponent(key).replaceAll('%20', '+');
function event(...keys: readonly string[]): string {
  const records = keys.map((key) => ({
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: 'incoming' }, object: { key: encoded(key) } },
  }));
  return JSON.stringify({ Records: records });
}

const keysStarted = (): string[] => started.map((line) => line.split(' ').slice(1, -1).join(' '));

describe('a queue that S3 tells of new objects', () => {
  it('has a source started, and its message taken off only then', async () => {
    await put('Lecture 1+2/index.m3u8', '#EXTM3U\n');
    sqs.send(event('Lecture 1+2/index.m3u8'));
    refuse = new Failure('database_unavailable', 'The database is away.');
    await watch();
    expect(sqs.bodies()).toHaveLength(1);
    expect(sqs.operations).not.toContain('DeleteMessage');
    expect(said.at(-1)).toMatch(/is left in the queue and comes again: The database is away. \[database_unavailable\]/);

    refuse = undefined;
    sqs.pass(200);
    await watch();
    expect(keysStarted()).toEqual(['Lecture 1+2/index.m3u8']);
    expect(sqs.bodies()).toEqual([]);
  });

  it('may tell twice: it is the same asset; of another version it is another', async () => {
    await put('a/index.m3u8', '#EXTM3U\n');
    sqs.send(event('a/index.m3u8'));
    sqs.send(event('a/index.m3u8'));
    await watch();
    expect(started).toHaveLength(2);
    expect(new Set(started).size).toBe(1);
    await put('a/index.m3u8', '#EXTM3U\n#EXT-X-VERSION:4\n');
    sqs.send(event('a/index.m3u8'));
    await watch();
    expect(new Set(started).size).toBe(2);
  });

  it('starts no rendition that another playlist names, in its folder or above it, no segment and nothing that is gone', async () => {
    await put('a/index.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhigh/index.m3u8\n');
    await put('a/high/index.m3u8', '#EXTM3U\n#EXTINF:4,\n1.ts\n');
    await put('a/high/1.ts');
    for (const key of ['a/high/1.ts', 'a/high/index.m3u8', 'a/index.m3u8', 'gone.mp4']) sqs.send(event(key));
    await watch();
    expect(keysStarted()).toEqual(['a/index.m3u8']);
    expect(sqs.bodies()).toEqual([]);
  });

  it('starts no rendition that a playlist in a folder beside names, when it was told of both while they were written', async () => {
    await put('talk/high/index.m3u8', '#EXTM3U\n#EXTINF:4,\n1.ts\n');
    await put('talk/all/index.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n../high/index.m3u8\n');
    const keys = ['talk/high/index.m3u8', 'talk/all/index.m3u8'];
    const messages = keys.map((key) => ({ id: key, body: event(key), received: 1, receipt: key }));
    let receivings = 0;
    await watch({
      queue: {
        async receive() {
          if (++receivings === 2) await sleep(2500);
          return receivings > 2 ? [] : messages;
        },
        remove: () => Promise.resolve(),
        defer: () => Promise.resolve(),
        hasDeadLetters: () => Promise.resolve(true),
      },
      settledMs: 1000,
    });
    expect(keysStarted()).toEqual(['talk/all/index.m3u8']);
  });

  it('lists of a bucket, however large it is, only the folders that have to do with the object, and reads each playlist once', async () => {
    await put('title.smil', '<smil><video src="media/high.mp4"/></smil>');
    await put('other.m3u8', '#EXTM3U\n#EXTINF:4,\nother.ts\n');
    for (const key of ['media/high.mp4', 'media/deep/x.mp4', 'huge/1.ts']) await put(key);
    const asked: string[] = [];
    s3.fault = ({ method, key, query }) => {
      const list = query.get('list-type') && `list ${query.get('prefix')}${query.get('delimiter') ? '' : ' and below'}`;
      if (method === 'GET') asked.push(list ?? `read ${key}`);
      return undefined;
    };
    sqs.send(event('title.smil'));
    await watch();
    expect(keysStarted()).toEqual(['title.smil']);
    expect(asked.sort()).toEqual([
      'list ',
      'list .reelway/ and below',
      'list media/',
      'read other.m3u8',
      'read title.smil',
    ]);

    asked.length = 0;
    sqs.send(event('title.smil', 'media/high.mp4', 'other.m3u8'));
    await watch();
    expect(keysStarted().slice(1)).toEqual(['title.smil', 'other.m3u8']);
    expect(asked.filter((request) => request.startsWith('read')).sort()).toEqual([
      'read other.m3u8',
      'read title.smil',
    ]);
    expect(asked.join()).not.toMatch(/huge|deep/);
  });

  it('starts the same asset as a look at the whole bucket, whatever is put beside its parts', async () => {
    await put('a/index.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhigh/index.m3u8\n');
    await put('a/high/index.m3u8', '#EXTM3U\n#EXTINF:4,\n1.ts\n');
    await put('a/high/1.ts');
    const store = openStore({ kind: 's3', bucket: 'incoming', prefix: '' });
    const references = referenceReader((object) => textOf(store, object, new AbortController().signal));
    const [found] = await watching(0, references).look(await listed(store), Date.now() + 10_000);
    await put('a/high/notes.txt');
    sqs.send(event('a/index.m3u8'));
    await watch();
    expect(started).toEqual([`incoming: a/index.m3u8 ${found!.assetId}`]);
  });

  it('starts nothing of what Reelway itself makes there', async () => {
    await put('vod/a/hls/index.m3u8', '#EXTM3U\n');
    await put('vod/a/hls/.reelway/journal-1.jsonl');
    sqs.send(event('vod/a/hls/index.m3u8'));
    await watch();
    expect([started, sqs.bodies()]).toEqual([[], []]);
  });

  it('waits until nothing of a source changes any more: the message comes again then', async () => {
    await put('a/index.m3u8', '#EXTM3U\n');
    sqs.send(event('a/index.m3u8'));
    await watch({ settledMs: 3_600_000 });
    expect(started).toEqual([]);
    sqs.pass(3000);
    await watch();
    expect(started).toEqual([]);
    sqs.pass(700);
    await watch();
    expect(keysStarted()).toEqual(['a/index.m3u8']);
  });

  it('waits twice as long each time: a source that is written for hours is not among the dead letters', async () => {
    await put('a/index.m3u8', '#EXTM3U\n#EXTINF:4,\nlate.ts\n');
    sqs.send(event('a/index.m3u8'));
    await watch({ settledMs: 3_600_000 });
    sqs.pass(3601);
    await put('a/late.ts');
    await watch({ settledMs: 3_600_000 });
    expect(sqs.operations.filter((operation) => operation === 'ChangeMessageVisibility')).toHaveLength(2);
    // For an hour the first time, for two the second.
    sqs.pass(3700);
    await watch();
    expect(started).toEqual([]);
    sqs.pass(3600);
    await watch();
    expect(keysStarted()).toEqual(['a/index.m3u8']);
  });

  it('counts only what lies below the place that is watched', async () => {
    s3.buckets.set('other', new Map());
    for (const key of ['vod/a.mp4', 'vod2/b.mp4', 'c.mp4']) await put(key);
    sqs.send(event('vod/a.mp4', 'vod2/b.mp4', 'c.mp4'));
    const elsewhere = event('vod/a.mp4').replace('incoming', 'other');
    sqs.send(elsewhere);
    await watch({ place: { kind: 's3', bucket: 'incoming', prefix: 'vod' } });
    expect(keysStarted()).toEqual(['a.mp4']);
    expect(sqs.bodies()).toEqual([]);
  });

  it('leaves what is no message of S3 to the dead letters, says so, and goes on with the rest', async () => {
    await put('a.mp4');
    sqs.send('{"hello":"world"}');
    sqs.send(event('a.mp4'));
    for (let n = 0; n < 4; n++) {
      await watch();
      sqs.pass(200);
    }
    expect(keysStarted()).toEqual(['a.mp4']);
    expect(sqs.deadLetters).toEqual(['{"hello":"world"}']);
    expect(said).toEqual([
      expect.stringMatching(/^The message \S+ \(received once\) is no message of S3: it is left to the queue's/),
      expect.stringContaining('(received 2 times)'),
      expect.stringContaining('(received 3 times)'),
    ]);
  });

  it('takes a test event off without a word', async () => {
    sqs.send(JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'incoming' }));
    await watch();
    expect([sqs.bodies(), said]).toEqual([[], []]);
  });

  it('without dead letters is said to be so', async () => {
    sqs = await startSqsServer();
    await watch();
    expect(said).toEqual([expect.stringContaining('no dead-letter queue')]);
  });

  it('that may not be read, or is not there, is a failure that says what is needed', async () => {
    sqs.forbidden.add('GetQueueAttributes');
    sqs.forbidden.add('ReceiveMessage');
    await expect(watch()).rejects.toMatchObject({
      code: 'source_forbidden',
      message: expect.stringContaining('sqs:ReceiveMessage') as string,
    });
    await expect(watch({ queue: sqsQueue(`${sqs.queueUrl}2`) })).rejects.toMatchObject({ code: 'source_not_found' });
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
    await expect(watch({ queue: sqsQueue(sqs.queueUrl) })).rejects.toMatchObject({ code: 'source_forbidden' });
  });
});
