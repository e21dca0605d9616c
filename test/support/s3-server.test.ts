import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import * as sdk from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startS3Server, type S3Server } from './s3-server.js';

/** What the stand-in must refuse, and what the SDK's own ways of sending must achieve: a judge that lets everything pass judges nothing. */
const quiet = (): undefined => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
let server: S3Server;
let client: sdk.S3Client;
beforeAll(async () => {
  server = await startS3Server();
  const { endpoint, credentials } = server;
  client = new sdk.S3Client({
    endpoint,
    credentials,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    logger,
  });
  await client.send(new sdk.CreateBucketCommand({ Bucket: 'b' }));
});
afterAll(() => server.stop());

const put = (input: Partial<sdk.PutObjectCommandInput>) =>
  client.send(new sdk.PutObjectCommand({ Bucket: 'b', Key: 'k', ...input }));
const stored = (key = 'k') => server.buckets.get('b')!.get(key)!.bytes.toString();

describe('the stand-in for S3', () => {
  it("takes the SDK's aws-chunked streams, and stores what was in them", async () => {
    const headers: unknown[] = [];
    server.fault = (request) => void headers.push(request.headers['x-amz-content-sha256']);
    const body = 'x'.repeat(200_000);
    await put({ Body: Readable.from([Buffer.from(body)]), ContentLength: body.length });
    server.fault = undefined;
    expect(headers).toEqual(['STREAMING-UNSIGNED-PAYLOAD-TRAILER']);
    expect(stored()).toBe(body);
  });

  it('refuses an aws-chunked stream whose trailer does not fit', async () => {
    const command = new sdk.PutObjectCommand({
      Bucket: 'b',
      Key: 'k',
      Body: Readable.from(['good']),
      ContentLength: 4,
    });
    type Middleware = Parameters<typeof command.middlewareStack.add>[0];
    const tamper = ((next: (args: object) => Promise<object>) => async (args: { request: { body: Readable } }) => {
      const pieces: Buffer[] = [];
      for await (const piece of args.request.body) pieces.push(Buffer.from(piece as string));
      args.request.body = Readable.from([Buffer.from(Buffer.concat(pieces).toString().replace('good', 'evil'))]);
      return next(args);
    }) as unknown as Middleware;
    command.middlewareStack.add(tamper, { step: 'deserialize', priority: 'low', name: 'tamper' });
    await expect(client.send(command)).rejects.toMatchObject({ name: 'BadDigest' });
  });

  it.each([
    ['a CRC-32', { ChecksumCRC32: 'AAAAAA==' }, 'BadDigest'],
    ['a SHA-256', { ChecksumSHA256: createHash('sha256').update('other').digest('base64') }, 'BadDigest'],
    ['a Content-MD5', { ContentMD5: createHash('md5').update('other').digest('base64') }, 'BadDigest'],
    ['a malformed Content-MD5', { ContentMD5: 'AAAA' }, 'InvalidDigest'],
  ])('refuses %s that does not fit', async (_name, checksum, name) => {
    await expect(put({ Body: 'this', ...checksum })).rejects.toMatchObject({ name });
  });

  it('refuses a wrong secret, an unknown key, a request without signature and an old one', async () => {
    const as = (credentials: sdk.S3ClientConfig['credentials']) =>
      new sdk.S3Client({ endpoint: server.endpoint, credentials: credentials!, region: 'x', forcePathStyle: true });
    const head = new sdk.ListObjectsV2Command({ Bucket: 'b' });
    await expect(as({ ...server.credentials, secretAccessKey: 'x' }).send(head)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await expect(as({ ...server.credentials, accessKeyId: 'x' }).send(head)).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    const plain = await fetch(`${server.endpoint}/b/k`);
    expect([plain.status, await plain.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied') as string]);
    server.clockAhead = 16 * 60_000;
    await expect(
      new sdk.S3Client({ ...server, region: 'x', forcePathStyle: true, maxAttempts: 1 }).send(head),
    ).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
    server.clockAhead = 0;
  });

  it('refuses parts that are too small, out of order, unknown or without their checksum', async () => {
    const where = { Bucket: 'b', Key: 'parts' };
    const create = async () =>
      (await client.send(new sdk.CreateMultipartUploadCommand({ ...where, ChecksumAlgorithm: 'CRC32' }))).UploadId!;
    const UploadId = await create();
    const part = async (PartNumber: number) => {
      const answer = await client.send(
        new sdk.UploadPartCommand({ ...where, UploadId, PartNumber, Body: `part ${PartNumber}` }),
      );
      return { PartNumber, ETag: answer.ETag!, ChecksumCRC32: answer.ChecksumCRC32! };
    };
    const [one, two] = [await part(1), await part(2)];
    const complete = (Parts: sdk.CompletedPart[], id = UploadId) =>
      client.send(new sdk.CompleteMultipartUploadCommand({ ...where, UploadId: id, MultipartUpload: { Parts } }));
    await expect(complete([one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
    await expect(complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
    await expect(complete([{ ...one, ETag: two.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete([{ PartNumber: 1, ETag: one.ETag }])).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(complete([one], 'none')).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await complete([one]);
    expect(stored('parts')).toBe('part 1');
  });

  it('keeps conditions, and refuses a copy onto itself', async () => {
    await put({ Body: 'first' });
    await expect(put({ Body: 'later', IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(put({ Body: 'later', IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const copy = new sdk.CopyObjectCommand({ Bucket: 'b', Key: 'k', CopySource: 'b/k' });
    await expect(client.send(copy)).rejects.toMatchObject({ name: 'InvalidRequest' });
    expect(stored()).toBe('first');
  });
});
