import { resolve } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startS3Server } from '../../test/support/s3-server.js';
import { parseLocation, type StorageLocation } from './location.js';
import { openStore } from './open.js';

afterEach(() => vi.unstubAllEnvs());

describe('a storage location', () => {
  it.each<[string, StorageLocation | undefined]>([
    ['./out', { kind: 'file', folder: resolve('out') }],
    ['/srv/media', { kind: 'file', folder: '/srv/media' }],
    ['file:./out', { kind: 'file', folder: resolve('out') }],
    ['file:/srv/a b%20c', { kind: 'file', folder: '/srv/a b%20c' }],
    ['file:///srv/a%20b', { kind: 'file', folder: '/srv/a b' }],
    ['s3://media', { kind: 's3', bucket: 'media', prefix: '' }],
    ['s3://media/', { kind: 's3', bucket: 'media', prefix: '' }],
    ['s3://my.media-2/a/b', { kind: 's3', bucket: 'my.media-2', prefix: 'a/b' }],
    ['s3://media/a/b/', { kind: 's3', bucket: 'media', prefix: 'a/b' }],
    ['', undefined],
    ['file:', undefined],
    ['file://elsewhere/a', undefined],
    ['s3:media', undefined],
    ['s3://', undefined],
    ['s3://Media/a', undefined],
    ['s3://media/a//b', undefined],
    ['s3://media/../b', undefined],
    ['ftp://media/a', undefined],
    ['https://media.s3.amazonaws.com/a', undefined],
  ])('is read from %j', (text, expected) => expect(parseLocation(text)).toEqual(expected));

  it('opens the store that it names', () => {
    expect(openStore('./out').location).toBe(`file:${resolve('out')}`);
    expect(openStore('s3://media/a/').location).toBe('s3://media/a');
    expect(openStore({ kind: 's3', bucket: 'media', prefix: '' }).location).toBe('s3://media');
    expect(() => openStore('ftp://x')).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3'])(
    'finds another S3 server and its keys as the SDK does: %s',
    async (name) => {
      const server = await startS3Server();
      onTestFinished(() => server.stop());
      server.buckets.set('media', new Map());
      vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
      vi.stubEnv(name, server.endpoint);
      vi.stubEnv('AWS_ACCESS_KEY_ID', server.credentials.accessKeyId);
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.credentials.secretAccessKey);
      const store = openStore('s3://media/a');
      await store.put('b', Buffer.from('x'));
      expect([...server.buckets.get('media')!.keys()]).toEqual(['a/b']);
      expect(await store.head('b')).toMatchObject({ size: 1 });
    },
  );

  it('says so when there are no AWS credentials', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONFIG_FILE']) vi.stubEnv(name, '/nonexistent');
    await expect(openStore('s3://media').head('a')).rejects.toMatchObject({
      code: 'storage_forbidden',
      message: expect.stringContaining('no AWS credentials') as string,
    });
  });
});
