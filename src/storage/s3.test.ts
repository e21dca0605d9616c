import { afterAll, beforeAll } from 'vitest';
import { startS3Server, type S3Server } from '../../test/support/s3-server.js';
import { describeObjectStore } from './object-store.contract.js';
import type { ObjectStore } from './object-store.js';
import type { S3Options } from './s3-client.js';
import { s3Store } from './s3.js';

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ pageSize: 2 });
  server.buckets.set('media', new Map());
});
afterAll(() => server.stop());

const quick = { tries: 3, firstDelay: 1, longestDelay: 100 };

function open(options: Partial<S3Options> = {}): ObjectStore {
  const { endpoint, credentials } = server;
  return s3Store({ bucket: 'media', endpoint, credentials, region: 'eu-central-1', backOff: quick, ...options });
}

describeObjectStore('S3 (strict stand-in)', { open: () => Promise.resolve(open({ prefix: 'some/prefix' })) });
