import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { httpClient } from '../net/request.js';
import { trusting } from '../net/safe-url.js';
import type { SourceReader } from '../packager/model/source-reader.js';
import { localStore } from '../storage/local.js';
import { serving } from './served-source.case.js';
import { sourceOpener, type OpenSource } from './source-reader.js';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'reelway-source-'));
  await mkdir(join(base, 'outside'));
  await mkdir(join(base, 'media/sub'), { recursive: true });
  await writeFile(join(base, 'outside/secret'), 'secret');
  for (const name of ['media/x.m3u8', 'media/a b%.ts', 'media/sub/1.ts'])
    await writeFile(join(base, name), '0123456789');
  await writeFile(join(base, 'media/empty.ts'), '');
});
afterAll(() => rm(base, { recursive: true, force: true }));

const openSource: OpenSource = sourceOpener({
  http: (source) => {
    const client = httpClient({
      policy: trusting(source, { privateHosts: [] }),
      timeouts: { headers: 200, idle: 200 },
    });
    onTestFinished(() => client.close());
    return client;
  },
  bucket: (name) => localStore({ folder: join(base, name) }),
});

const kinds: readonly [name: string, open: () => Promise<{ folder: string; reader: SourceReader }>][] = [
  ['a path', () => Promise.resolve({ folder: `${base}/media`, reader: openSource(`${base}/media/x.m3u8`) })],
  [
    'a file URL',
    () => {
      const folder = pathToFileURL(join(base, 'media')).href;
      return Promise.resolve({ folder, reader: openSource(`${folder}/x.m3u8`) });
    },
  ],
  ['s3', () => Promise.resolve({ folder: 's3://media/sub/..', reader: openSource('s3://media/x.m3u8') })],
  [
    'http with ranges',
    async () => {
      const { origin } = await serving();
      return { folder: origin, reader: openSource(`${origin}/x.m3u8`) };
    },
  ],
  [
    'http without ranges',
    async () => {
      const { origin } = await serving(undefined, false);
      return { folder: origin, reader: openSource(`${origin}/x.m3u8`) };
    },
  ],
];

describe.each(kinds)('a source on %s', (_name, open) => {
  const text = async (bytes: Promise<Uint8Array>): Promise<string> => Buffer.from(await bytes).toString();

  it('reads whole resources and ranges', async () => {
    const { folder, reader } = await open();
    for (const uri of [`${folder}/x.m3u8`, `${folder}/sub/1.ts`]) {
      expect(await text(reader.read({ uri }))).toBe('0123456789');
      expect(await text(reader.read({ uri, offset: 3 }))).toBe('3456789');
      expect(await text(reader.read({ uri, offset: 3, length: 4 }))).toBe('3456');
      expect(await text(reader.read({ uri, length: 4 }))).toBe('0123');
      expect(await text(reader.read({ uri, offset: 3, length: 0 }))).toBe('');
      expect(await text(reader.read({ uri, offset: 3, length: 7 }))).toBe('3456789');
      expect(await reader.size({ uri })).toBe(10);
    }
  });

  it('reads some bytes, fewer only at the end', async () => {
    const { folder, reader } = await open();
    const uri = `${folder}/x.m3u8`;
    expect(await text(reader.readSome({ uri }, 0, 4))).toBe('0123');
    expect(await text(reader.readSome({ uri }, 8, 4))).toBe('89');
    expect(await text(reader.readSome({ uri }, 10, 4))).toBe('');
    expect(await text(reader.readSome({ uri }, 50, 4))).toBe('');
    expect(await text(reader.readSome({ uri }, 0, 0))).toBe('');
  });

  it('reads an empty resource', async () => {
    const { folder, reader } = await open();
    const uri = `${folder}/empty.ts`;
    expect(await text(reader.read({ uri }))).toBe('');
    expect(await text(reader.readSome({ uri }, 0, 10))).toBe('');
    expect(await reader.size({ uri })).toBe(0);
  });

  it('uses the given buffer when the bytes fit', async () => {
    const { folder, reader } = await open();
    const into = new Uint8Array(8);
    const view = await reader.read({ uri: `${folder}/x.m3u8`, offset: 2, length: 5 }, { into });
    expect(view.buffer).toBe(into.buffer);
    expect(Buffer.from(view).toString()).toBe('23456');
    expect(await text(reader.read({ uri: `${folder}/x.m3u8` }, { into }))).toBe('0123456789');
  });

  it('refuses a range that ends beyond the resource, and more bytes than the limit', async () => {
    const { folder, reader } = await open();
    const uri = `${folder}/x.m3u8`;
    await expect(reader.read({ uri, offset: 5, length: 6 })).rejects.toMatchObject({ code: 'source_invalid' });
    await expect(reader.read({ uri, offset: 50, length: 6 })).rejects.toMatchObject({ code: 'source_invalid' });
    await expect(reader.read({ uri }, { limit: 9 })).rejects.toMatchObject({ code: 'source_too_large' });
    await expect(reader.read({ uri, length: 9 }, { limit: 8 })).rejects.toMatchObject({ code: 'source_too_large' });
    expect(await text(reader.read({ uri }, { limit: 10 }))).toBe('0123456789');
  });

  it('says source_not_found for what is missing, by its name', async () => {
    const { folder, reader } = await open();
    const uri = `${folder}/missing.ts`;
    const expected = { code: 'source_not_found', message: expect.stringContaining('missing.ts') as string };
    await expect(reader.read({ uri })).rejects.toMatchObject(expected);
    await expect(reader.read({ uri, offset: 3, length: 4 })).rejects.toMatchObject(expected);
    await expect(reader.readSome({ uri }, 0, 10)).rejects.toMatchObject(expected);
    await expect(reader.size({ uri })).rejects.toMatchObject(expected);
  });

  it('refuses what is of another kind than the source', async () => {
    const { folder, reader } = await open();
    const kind = folder.replace(/:.*/s, '');
    for (const uri of ['https://example.org/1.ts', 's3://media/1.ts', `file://${base}/media/x.m3u8`, 'data:,x']) {
      if (uri.startsWith(kind.slice(0, 2)) || (folder.startsWith('/') && uri.startsWith('file:'))) continue;
      await expect(reader.read({ uri })).rejects.toMatchObject({ code: 'url_refused' });
    }
  });
});

describe('a source of local files', () => {
  it.each([
    ['a path above', () => `${base}/media/../outside/secret`],
    ['an absolute path', () => '/etc/passwd'],
    ['a URL above', () => `file://${base}/media/../outside/secret`],
    ['an encoded URL above', () => `file://${base}/media/%2e%2e/outside/secret`],
    ['slashes in disguise', () => `file://${base}/media/..%2foutside/secret`],
    ['a missing file elsewhere', () => '/etc/no/such/file'],
    ['a host', () => 'file://elsewhere/media/x.m3u8'],
  ])('may not refer to %s', async (_name, uri) => {
    const reader = openSource(`${base}/media/x.m3u8`);
    await expect(reader.read({ uri: uri() })).rejects.toMatchObject({ code: 'url_refused' });
    await expect(reader.size({ uri: uri() })).rejects.toMatchObject({ code: 'url_refused' });
  });

  it('does not follow symbolic links out of its folder', async () => {
    await mkdir(join(base, 'linked'));
    await symlink(join(base, 'outside'), join(base, 'linked/folder'));
    await symlink(join(base, 'outside/secret'), join(base, 'linked/file.ts'));
    await writeFile(join(base, 'linked/x.m3u8'), '');
    const reader = openSource(`${base}/linked/x.m3u8`);
    for (const name of ['folder/secret', 'file.ts']) {
      const refusal = { code: 'url_refused', message: expect.stringContaining('outside its own folder') as string };
      await expect(reader.read({ uri: `${base}/linked/${name}` })).rejects.toMatchObject(refusal);
    }
  });

  it('may be named by a symbolic link, and is then confined to where that leads', async () => {
    await mkdir(join(base, 'links'));
    await symlink(join(base, 'media'), join(base, 'links/folder'));
    await symlink(join(base, 'media/x.m3u8'), join(base, 'links/entry.m3u8'));
    expect(await openSource(`${base}/links/folder/x.m3u8`).size({ uri: `${base}/links/folder/sub/1.ts` })).toBe(10);
    expect(await openSource(`${base}/links/entry.m3u8`).size({ uri: `${base}/links/entry.m3u8` })).toBe(10);
  });

  it('decodes file URLs and takes paths as they are', async () => {
    const reader = openSource(`${base}/media/x.m3u8`);
    expect(await reader.size({ uri: `${base}/media/a b%.ts` })).toBe(10);
    expect(await reader.size({ uri: `file://${base}/media/a%20b%25.ts` })).toBe(10);
  });

  it('refuses folders, devices and pipes, and waits for none of them', async () => {
    const reader = openSource(`${base}/media/x.m3u8`);
    execFileSync('mkfifo', [`${base}/media/pipe`]);
    await expect(reader.read({ uri: `${base}/media/pipe` })).rejects.toMatchObject({ code: 'source_invalid' });
    await expect(reader.read({ uri: `${base}/media/sub` })).rejects.toMatchObject({ code: 'source_invalid' });
    await expect(openSource('/dev/zero').read({ uri: '/dev/zero' })).rejects.toMatchObject({ code: 'source_invalid' });
  });
});

describe('a source in a bucket', () => {
  it.each(['s3://media/sub2/1.ts', 's3://media/x.m3u8', 's3://outside/secret', 's3://media/sub/%2e%2e/x.m3u8'])(
    'may not refer to %s from another folder',
    async (uri) => {
      const reader = openSource('s3://media/sub/x.m3u8');
      await expect(reader.read({ uri })).rejects.toMatchObject({ code: 'url_refused' });
      await expect(reader.readSome({ uri }, 0, 1)).rejects.toMatchObject({ code: 'url_refused' });
    },
  );
});

it('a source of an unknown kind is refused', () => {
  expect(() => openSource('gopher://example.org/x')).toThrow(expect.objectContaining({ code: 'url_refused' }));
});
