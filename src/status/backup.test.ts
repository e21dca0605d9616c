import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUp, checkBackup } from './backup.js';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'reelway-backup-'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

describe('a backup', () => {
  it('that failed leaves nothing of itself, so that the same command can be given again', async () => {
    const folder = path.join(place, 'tonight');
    const backup = (copyDatabase: (to: string) => Promise<void>) =>
      backUp({ folder, dataFolder: place, database: 'server', version: '1.2.3', copyDatabase });
    const dump = (to: string) => writeFile(path.join(to, 'database.dump'), 'rows');
    await expect(
      backup(async (to) => {
        await dump(to);
        throw new Error('the connection broke');
      }),
    ).rejects.toThrow('the connection broke');
    expect(await readdir(folder)).toEqual([]);
    await backup(dump);
    expect(await checkBackup(folder)).toMatchObject({ files: [{ path: 'database.dump', size: 4 }] });
  });
});
