import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
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

  // Node's recursive mkdir keeps a thread busy for ever here.
  it.skipIf(!existsSync('/proc/self'))(
    'ends where a file system answers ENOENT to whatever is to be made',
    async () => {
      await expect(makeFolder('/proc/reelway/a/b')).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );
});
