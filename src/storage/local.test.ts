import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryPrefix } from './keys.js';
import { localStore } from './local.js';
import { describeObjectStore } from './object-store.contract.js';
import { temporaryPath } from './temporary-files.js';

/** Root may write anywhere, and only root may mount a small disk: some cases are for one of them. */
const root = process.getuid?.() === 0;
let base: string;
let count = 0;
const freshFolder = (): string => join(base, `store-${++count}`);

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'reelway-local-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

for (const [name, dedicated] of [
  ['a local folder', false],
  ['a local folder of a packaging thread', true],
] as const) {
  describeObjectStore(name, {
    open: () => Promise.resolve(localStore({ folder: freshFolder(), dedicated })),
    skip: {
      'stored media type': 'a file has none; it is told from the extension',
      'signed URL': 'a folder has no server',
      'digest check': 'memory to disk is not a network; the inventory keeps the digest',
    },
  });
}

describe('a local folder as a store', () => {
  it('leaves no unfinished file and no empty folder behind', async () => {
    const folder = freshFolder();
    const store = localStore({ folder });
    await store.put('a/b/1', Buffer.from('x'));
    await store.put('a/b/1', Buffer.from('y'), {});
    await store.copy('a/b/1', 'a/c/1');
    await store.copy('a/b/1', 'a/c/1');
    expect(await tree(folder)).toEqual(['a', 'a/b', 'a/b/1', 'a/c', 'a/c/1']);
    await store.remove('a/b/1');
    expect(await tree(folder)).toEqual(['a', 'a/c', 'a/c/1']);
    await store.remove('a/c/1');
    expect(await tree(folder)).toEqual([]);
  });

  it('copies by a hard link, so that a copy takes no room', async () => {
    const folder = freshFolder();
    const store = localStore({ folder });
    await store.put('a', Buffer.from('x'));
    await store.copy('a', 'b');
    expect((await lstat(join(folder, 'a'))).ino).toBe((await lstat(join(folder, 'b'))).ino);
  });

  it('puts what is durable, which takes the way of fsync, like any other object', async () => {
    const folder = freshFolder();
    const store = localStore({ folder });
    await store.put('asset/.reelway/inventory.json', Buffer.from('{}'), { durable: true });
    expect(await tree(folder)).toEqual(['asset', 'asset/.reelway', 'asset/.reelway/inventory.json']);
    expect(await readFile(join(folder, 'asset/.reelway/inventory.json'), 'utf8')).toBe('{}');
  });

  it.each([
    ['a folder that is a link', 'link/secret'],
    ['a folder below a link', 'link/below/secret'],
    ['a file that is a link', 'file-link'],
  ])('does not follow %s', async (_name, key) => {
    const [folder, outside] = [freshFolder(), freshFolder()];
    await mkdir(join(outside, 'below'), { recursive: true });
    await mkdir(folder);
    for (const name of ['secret', 'below/secret']) await writeFile(join(outside, name), 'secret');
    await symlink(outside, join(folder, 'link'));
    await symlink(join(outside, 'secret'), join(folder, 'file-link'));
    const store = localStore({ folder });

    await expect(store.get(key)).rejects.toMatchObject({ code: 'storage_forbidden' });
    if (key === 'file-link') {
      expect(await store.head(key)).toBeUndefined();
      await store.put(key, Buffer.from('mine')); // replaces the link, not what it names
      expect(await readFile(join(folder, key), 'utf8')).toBe('mine');
    } else {
      await expect(store.head(key)).rejects.toMatchObject({ code: 'storage_forbidden' });
      await expect(store.put(key, Buffer.from('mine'))).rejects.toMatchObject({ code: 'storage_forbidden' });
      await expect(store.remove(key)).rejects.toMatchObject({ code: 'storage_forbidden' });
      await expect(store.copy(key, 'mine')).rejects.toMatchObject({ code: 'storage_forbidden' });
    }
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
    expect(await readFile(join(outside, 'below/secret'), 'utf8')).toBe('secret');
    const keys = [];
    for await (const object of store.list('')) keys.push(object.key);
    expect(keys).toEqual(key === 'file-link' ? ['file-link'] : []);
  });

  it('may itself be named by a symbolic link', async () => {
    const folder = freshFolder();
    await mkdir(folder);
    await symlink(folder, `${folder}-link`);
    const store = localStore({ folder: `${folder}-link` });
    await store.put('a/b', Buffer.from('x'));
    expect(await store.head('a/b')).toMatchObject({ size: 1 });
    expect(await tree(folder)).toEqual(['a', 'a/b']);
  });

  it('says conflict when a key would be both an object and a folder', async () => {
    const store = localStore({ folder: freshFolder() });
    await store.put('a/b', Buffer.from('x'));
    await expect(store.put('a/b/c', Buffer.from('x'))).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.put('a/b/c/d', Buffer.from('x'))).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.copy('a/b', 'a')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('says so when the storage folder is a file', async () => {
    const folder = freshFolder();
    await writeFile(folder, 'a file');
    const store = localStore({ folder });
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject({
      code: 'storage_forbidden',
      message: expect.stringContaining('is not a folder') as string,
    });
    await expect(store.get('a')).rejects.toMatchObject({ code: 'not_found' });
  });

  // Root may write everywhere, whatever the folder's mode.
  it.skipIf(root)('says storage_forbidden when the folder may not be written', async () => {
    const folder = freshFolder();
    await mkdir(folder);
    await chmod(folder, 0o555);
    await expect(localStore({ folder }).put('a', Buffer.from('x'))).rejects.toMatchObject({
      code: 'storage_forbidden',
    });
  });

  // Only root may mount the small file system that gets full.
  it.skipIf(!root)(
    'says storage_full on a full disk, leaves nothing of the object, and goes on when there is room',
    async () => {
      const folder = freshFolder();
      await mkdir(folder);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
      try {
        const store = localStore({ folder });
        await store.put('small', Buffer.alloc(1_500_000));
        const views = Array.from({ length: 10 }, () => Buffer.alloc(100_000, 1));
        await expect(store.put('large', views)).rejects.toMatchObject({ code: 'storage_full' });
        expect(await tree(folder)).toEqual(['small']);
        await store.remove('small');
        expect(await store.put('large', views)).toMatchObject({ size: 1_000_000 });
        execFileSync('mount', ['-o', 'remount,ro', folder]);
        await expect(store.put('late', views)).rejects.toMatchObject({ code: 'storage_forbidden' });
        await expect(store.remove('large')).rejects.toMatchObject({ code: 'storage_forbidden' });
      } finally {
        execFileSync('umount', [folder]);
      }
    },
  );

  it('removes what a killed writer left, and nothing of a living one', async () => {
    const folder = freshFolder();
    const writer = spawn(process.execPath, [
      ...['--import', 'tsx', '--input-type=module', '-e'],
      `import { localStore } from '${new URL('./local.ts', import.meta.url).href}';
       async function* endless() { for (;;) { yield Buffer.alloc(1000); await new Promise((next) => setTimeout(next, 5)); } }
       await localStore({ folder: ${JSON.stringify(folder)} }).put('a/object', endless());`,
    ]);
    const leftovers = async (): Promise<string[]> =>
      (await tree(folder).catch(() => [])).filter((path) => path.includes(temporaryPrefix));
    await expect.poll(leftovers, { timeout: 30_000 }).toHaveLength(1);

    const store = localStore({ folder });
    await store.put('a/other', Buffer.from('x'));
    expect(await keysOf(store)).toEqual(['a/other']);
    expect(await leftovers()).toHaveLength(1); // its writer lives

    writer.kill('SIGKILL');
    await once(writer, 'exit');
    expect(await keysOf(store)).toEqual(['a/other']);
    expect(await leftovers()).toEqual([]);
  });

  it('removes leftovers in a folder when it first writes there', async () => {
    const folder = freshFolder();
    await mkdir(join(folder, 'a'), { recursive: true });
    const own = temporaryPath(join(folder, 'a'));
    const dead = join(folder, 'a', `${/\.reelway-tmp-[0-9a-f]{8}/.exec(own)?.[0]}-999999999-00000000-00`);
    const foreign = join(folder, 'a', `${temporaryPrefix}00000000-1-aa`);
    const foreignOld = join(folder, 'a', `${temporaryPrefix}00000000-1-bb`);
    for (const path of [own, dead, foreign, foreignOld]) await writeFile(path, 'x');
    await utimes(foreignOld, new Date(0), new Date(0));
    await localStore({ folder }).put('a/object', Buffer.from('x'));
    expect([own, dead, foreign, foreignOld].map((path) => existsSync(path))).toEqual([true, false, true, false]);
  });

  it('takes nothing for its own of a predecessor that had its process id, as in a container that was started again', async () => {
    const folder = freshFolder();
    await mkdir(join(folder, 'a'), { recursive: true });
    const own = temporaryPath(join(folder, 'a'));
    const predecessor = own.replace(/(-\d+-)[0-9a-f]{8}(?=-)/, '$100000000');
    expect(predecessor).not.toBe(own);
    for (const path of [own, predecessor]) await writeFile(path, 'x');
    await localStore({ folder }).put('a/object', Buffer.from('x'));
    expect([own, predecessor].map((path) => existsSync(path))).toEqual([true, false]);
  });

  it('removes leftovers in folders that nobody writes to any more when it tidies up', async () => {
    const folder = freshFolder();
    const store = localStore({ folder });
    await store.put('a/b/object', Buffer.from('x'));
    const own = temporaryPath(join(folder, 'a/b'));
    const dead = join(folder, 'a/b', `${/\.reelway-tmp-[0-9a-f]{8}/.exec(own)?.[0]}-999999999-00000000-00`);
    for (const path of [own, dead]) await writeFile(path, 'x');
    await store.tidy();
    expect([own, dead].map((path) => existsSync(path))).toEqual([true, false]);
    expect(await keysOf(store)).toEqual(['a/b/object']);
  });

  it('notices that an object was replaced while it was read', async () => {
    const store = localStore({ folder: freshFolder() });
    await store.put('a', Buffer.from('first'));
    const read = await store.get('a');
    await store.put('a', Buffer.from('other'));
    const reading = (async () => {
      for await (const piece of read.body) void piece;
    })();
    await expect(reading).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('lists a tree of thousands of files', async () => {
    const store = localStore({ folder: freshFolder() });
    const keys = Array.from({ length: 3000 }, (_, n) => `t/${n % 7}/${n % 3}/${n}`);
    for (let at = 0; at < keys.length; at += 100) {
      await Promise.all(keys.slice(at, at + 100).map((key) => store.put(key, Buffer.from('x'))));
    }
    expect((await keysOf(store)).sort()).toEqual(keys.sort());
  });
});

async function keysOf(store: ReturnType<typeof localStore>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

async function tree(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort();
}
