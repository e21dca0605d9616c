import { existsSync } from 'node:fs';
import { mkdtemp, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.js';

let base: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'reelway-make-folder-'));
});
afterAll(() => rm(base, { recursive: true, force: true }));

describe('making a folder', () => {
  it('makes those above it too, with the same mode, and is content with what is there', async () => {
    const folder = join(base, 'a/b/c');
    await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700)]);
    await makeFolder(folder);
    expect((await stat(join(base, 'a'))).mode & 0o777).toBe(0o700);
    expect((await stat(folder)).isDirectory()).toBe(true);
    await symlink(folder, join(base, 'link'));
    await makeFolder(join(base, 'link'));
  });

  it('says that a file is in the way', async () => {
    await writeFile(join(base, 'file'), '');
    await expect(makeFolder(join(base, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(base, 'file/a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it('makes it although others take it away at the same time', async () => {
    const folder = join(base, 'contested');
    let done = false;
    const taker = async () => {
      while (!done) await rmdir(folder).catch(() => undefined);
    };
    const maker = async () => {
      for (let turn = 0; turn < 500; turn += 1) await makeFolder(folder);
    };
    const takers = [taker(), taker()];
    await Promise.all([maker(), maker()]).finally(() => (done = true));
    await Promise.all(takers);
  });

  it('says that a link that leads nowhere is in the way', async () => {
    await symlink(join(base, 'nowhere'), join(base, 'dangling'));
    await expect(makeFolder(join(base, 'dangling'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  // Node's recursive mkdir keeps a thread busy for ever here.
  it.skipIf(!existsSync('/proc/self'))(
    'ends where a file system answers ENOENT to whatever is to be made',
    async () => {
      await expect(makeFolder('/proc/reelway/a/b')).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );
});
