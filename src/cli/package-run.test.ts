import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { planPackage } from './package-run.js';

it('reads a file of configurations that begins with a byte order mark, as PowerShell writes them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'reelway-package-run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const configuration = { Id: 'cmaf', CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] } };
  await writeFile(join(folder, 'group.json'), `\uFEFF${JSON.stringify(configuration)}`);
  const plan = await planPackage({ input: 'a.ts', out: 'o', config: 'group.json' }, folder);
  expect(plan.endpoints).toEqual([{ configuration, destination: 'cmaf' }]);
});
