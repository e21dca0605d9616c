import { afterAll, beforeAll, describe } from 'vitest';
import { requires } from '../../test/support/requires.js';
import { startSwift, type SwiftServer } from '../../test/support/swift.js';
import { describeObjectStore } from './object-store.contract.js';
import { s3Store } from './s3.js';

describe.runIf(requires('swift'))('S3 on a server that is not ours', () => {
  let swift: SwiftServer;
  beforeAll(async () => {
    swift = await startSwift();
  });
  afterAll(() => swift?.stop());

  describeObjectStore('OpenStack Swift', {
    open: async () => {
      const { endpoint, credentials } = swift;
      const sdk = await import('@aws-sdk/client-s3');
      const client = new sdk.S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
      await client.send(new sdk.CreateBucketCommand({ Bucket: 'media' }));
      return s3Store({
        bucket: 'media',
        prefix: 'some/prefix',
        endpoint,
        credentials,
        backOff: { tries: 3, firstDelay: 10, longestDelay: 1000 },
      });
    },
    skip: {
      'digest check': 'Swift ignores x-amz-checksum headers',
    },
  });
});
