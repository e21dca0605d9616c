import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { commandRunner } from '../../test/support/run-command.js';
import { vodCommand } from './vod.js';

it('a batch that its settings forbid leaves no file of failures', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-batch-'));
  try {
    await writeFile(path.join(folder, 'list'), '{}\n');
    await writeFile(path.join(folder, 'list.failed.jsonl'), 'of the last time\n');
    const vod = commandRunner(vodCommand, { REELWAY_PORT: 'many', REELWAY_DATA_DIR: folder }, folder);
    expect(await vod.run('run', '--batch', 'list')).toMatchObject({
      ...{ code: 1, stderr: expect.stringContaining('[invalid_settings]') as string },
    });
    expect((await readdir(folder)).sort()).toEqual(['list', 'list.failed.jsonl']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
