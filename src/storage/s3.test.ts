import { randomBytes } from 'node:crypto';
import { CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startS3Server, type S3Server } from '../../test/support/s3-server.js';
import { describeObjectStore } from './object-store.contract.js';
import type { ObjectStore } from './object-store.js';
import type { S3Options } from './s3-client.js';
import { s3Store } from './s3.js';

/** bytes; the least that S3 takes as a part, so that a test's objects can be larger */
const largestCopy = 5 * 1024 * 1024;

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ pageSize: 2, largestCopy });
  server.buckets.set('media', new Map());
});
afterAll(() => server.stop());

const quick = { tries: 3, firstDelay: 1, longestDelay: 100 };

function open(options: Partial<S3Options> = {}): ObjectStore {
  const { endpoint, credentials } = server;
  return s3Store({ bucket: 'media', endpoint, credentials, region: 'eu-central-1', backOff: quick, ...options });
}

describeObjectStore('S3 (strict stand-in)', { open: () => Promise.resolve(open({ prefix: 'some/prefix' })) });

describe('Copying an object that is larger than the server copies in one request', () => {
  const bytes = randomBytes(2 * largestCopy + 1);

  it('copies it in ranges, with its content type', async () => {
    const store = open({ largestWholeCopy: largestCopy });
    await store.put('long/from.mp4', bytes);
    expect(await store.copy('long/from.mp4', 'long/to.mp4')).toMatchObject({
      size: bytes.length,
      contentType: 'video/mp4',
    });
    expect(server.buckets.get('media')?.get('long/to.mp4')?.bytes.equals(bytes)).toBe(true);
    expect(server.uploads.size).toBe(0);
  });

  it('leaves nothing behind when the object changes meanwhile', async () => {
    const store = open({ largestWholeCopy: largestCopy });
    await store.put('long/changing.mp4', bytes);
    let ranges = 0;
    server.fault = ({ query }) => {
      if (!query.has('partNumber') || ++ranges !== 2) return undefined;
      const media = server.buckets.get('media')!;
      media.set('long/changing.mp4', { ...media.get('long/changing.mp4')!, etag: '"another"' });
      return undefined;
    };
    await expect(store.copy('long/changing.mp4', 'long/mixed.mp4')).rejects.toMatchObject({ code: 'conflict' });
    server.fault = undefined;
    expect(server.buckets.get('media')?.has('long/mixed.mp4')).toBe(false);
    expect(server.uploads.size).toBe(0);
  });
});

describe('Uploads in parts that a killed process has left', () => {
  const begin = async (key: string) => {
    const { endpoint, credentials } = server;
    const client = new S3Client({ endpoint, credentials, region: 'eu-central-1', forcePathStyle: true });
    await client.send(new CreateMultipartUploadCommand({ Bucket: 'media', Key: key }));
    client.destroy();
  };
  const uploads = () => [...server.uploads.values()].map(({ key }) => key).sort();

  it('are aborted once they are old, where an inventory says that the folder is ours, and nowhere else', async () => {
    const store = open({ prefix: 'store' });
    await store.put('lecture/.reelway/inventory.json', Buffer.from('{}'));
    const keys = [
      'film/a.mov',
      'other/lecture/x.mp4',
      'store/foreign/x.mp4',
      'store/lecture/views/x.mp4',
      'store/lecture/y.mp4',
    ];
    for (const key of keys) await begin(key);
    await store.tidy();
    expect(uploads()).toEqual(keys);
    await open({ prefix: 'store', abandonedAfter: -1 }).tidy();
    expect(uploads()).toEqual(keys.slice(0, 3));
    server.uploads.clear();
  });
});
