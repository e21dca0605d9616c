import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createDataFolder } from '../support/embedded-data-folder.js';
import { projectRoot, reelway } from '../support/reelway.js';

it('a watched folder: what is put there becomes an asset once, also after a restart, and again when it changed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'reelway-watch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = {
    REELWAY_DATA_DIR: path.join(folder, 'data'),
    // Inside what is watched: what is made there must not become the next source.
    REELWAY_STORAGE: `file:${path.join(folder, 'in/media')}`,
    REELWAY_API_TOKENS: 'tests:a-secret-of-the-tests-of-watching',
  };
  await rename((await createDataFolder()).dataFolder, env.REELWAY_DATA_DIR);
  await mkdir(path.join(env.REELWAY_DATA_DIR, 'packaging-groups'), { recursive: true });
  const group = { Id: 'g', PackagingConfigurations: [{ Id: 'cmaf', CmafPackage: { HlsManifests: [{}] } }] };
  const stored = { PackagingGroup: { Id: 'g' }, PackagingConfigurations: group.PackagingConfigurations };
  await writeFile(path.join(env.REELWAY_DATA_DIR, 'packaging-groups/g.json'), JSON.stringify(stored));
  await cp(path.join(projectRoot, 'examples/sample/180p'), path.join(folder, 'in/lecture'), { recursive: true });

  const watch = () =>
    reelway(['vod', 'watch', 'in', '--packaging-group', 'g', '--to', 'vod', '--once', '--settled', '0'], {
      cwd: folder,
      env,
    });
  const made = () => readdir(path.join(folder, 'in/media/vod'));
  const first = await watch();
  expect([first.code, first.stdout]).toEqual([
    0,
    expect.stringMatching(/^lecture\/index\.m3u8: job asset:lecture-index-[0-9a-f]{12}\n$/),
  ]);
  expect(await made()).toHaveLength(1);
  const [asset = ''] = await made();
  expect(await readdir(path.join(folder, 'in/media/vod', asset, 'cmaf/.reelway'))).toContain('inventory.json');

  // The same command again names the same job, and nothing else is made.
  expect((await watch()).stdout).toBe(first.stdout);
  expect(await made()).toEqual([asset]);

  await writeFile(path.join(folder, 'in/lecture/notes.txt'), 'cut anew');
  expect((await watch()).code).toBe(0);
  expect(await made()).toHaveLength(2);
}, 60_000);
