import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createDataFolder, type TestDataFolder } from '../../test/support/embedded-data-folder.js';
import { vodConfigurations } from '../api/mediapackage-vod/groups.js';
import { jobIdOfAddedEndpoint } from '../domain/asset.js';
import type { PackagingConfiguration } from '../domain/packaging-configuration.js';
import { vodStore, type VodItem, type VodStore } from '../status/vod-store.js';
import { addEndpoints } from './add-endpoints.js';
import { defineWorkflow, type JobContext } from './definition.js';
import { openEngine } from './engine-fixture.case.js';
import type { AssetInput, AssetResult } from './package-asset.js';
import type { Engine } from './start.js';

/** Assets whose work waits. */
const held = new Set<string>();
const worked: string[] = [];

const packaging = defineWorkflow<AssetInput, AssetResult>({
  ...{ name: 'package-asset', queue: 'assets' as const, title: () => 'asset' },
  input: z.custom<AssetInput>(),
  async run({ request }: AssetInput, job: JobContext) {
    await job.step('work', async ({ signal }) => {
      worked.push(request.id);
      while (held.has(request.id)) await sleep(10, undefined, { signal });
    });
    return { endpoints: [] };
  },
});
const configuration: PackagingConfiguration = {
  ...{ Id: 'late', PackagingGroupId: 'group' },
  CmafPackage: { HlsManifests: [{ ManifestName: 'index' }] },
};

let folder: TestDataFolder;
let engine: Engine;
let store: VodStore;
let close: () => Promise<void>;
let late: VodItem;
const adding = addEndpoints({
  store: {
    get assets() {
      return store.assets;
    },
    get configurations() {
      return store.configurations;
    },
    reserve: (...of) => store.reserve(...of),
    endpoints: (id) => store.endpoints(id),
  },
  ...{ packageAsset: packaging, packageEndpoint: packaging as never },
  engine: () => engine,
});

const assetOf = (id: string) =>
  store.assets.insert({ id, groupId: 'group', body: { SourceArn: 'arn:aws:s3:::source/index.m3u8' } });

beforeEach(async () => {
  held.clear();
  worked.length = 0;
  folder = await createDataFolder();
  const opened = await openEngine({ dataFolder: folder.dataFolder, workflows: [packaging, adding] });
  ({ engine, close } = opened);
  store = vodStore(opened.database.tables);
  await store.groups.insert({ id: 'group', groupId: 'group', body: {} });
  for (const id of ['a', 'b', 'c']) await assetOf(id);
  await sleep(2);
  late = await store.configurations.insert({ id: 'late', groupId: 'group', body: {} });
});
afterEach(async () => {
  await close();
  await folder.remove();
});

const jobOf = async (id: string) => jobIdOfAddedEndpoint((await store.assets.find(id))!, late);
const input = () => ({ groupId: 'group', configuration, createdAt: late.createdAt.toISOString() });
const statusOf = async (id: string) => (await engine.jobs.find(id)).status;

it('gives every asset its endpoint but the one that is in conflict, which it names, and which a retry gives its own', async () => {
  held.add('other');
  const inTheWay = { request: { id: 'other' }, configurations: [] } as unknown as AssetInput;
  await engine.submit(packaging, await jobOf('b'), inTheWay);
  await engine.submit(adding, 'adding', input());
  await expect(engine.result('adding')).rejects.toMatchObject({
    code: 'endpoints_failed',
    message: expect.stringContaining('b: The job ') as string,
    details: { assets: ['b'] },
  });
  for (const id of ['a', 'c']) await engine.result(await jobOf(id));
  held.clear();
  await engine.result(await jobOf('b'));
  await engine.jobs.retry('adding');
  await engine.result('adding');
  await expect.poll(() => worked).toContain('b');
});

it('does not meet the work of an asset that was deleted when one is made anew under its id', async () => {
  await engine.submit(adding, 'adding', input());
  await engine.result('adding');
  await engine.result(await jobOf('a'));
  await store.withdraw({ assetId: 'a' });
  await sleep(2);
  await assetOf('a');
  await engine.submit(adding, 'adding again', input());
  await engine.result('adding again');
  await engine.result(await jobOf('a'));
  expect(worked.filter((id) => id === 'a')).toHaveLength(2);
});

it('is told again where the configuration was deleted and made anew under its id', async () => {
  await engine.submit(adding, 'adding', input());
  await engine.result('adding');
  await engine.result(await jobOf('a'));
  await store.withdraw({ configurationId: 'late' });
  await sleep(2);
  late = await store.configurations.insert({ id: 'late', groupId: 'group', body: {} });
  await engine.submit(adding, 'adding again', input());
  await engine.result('adding again');
  await engine.result(await jobOf('a'));
  expect(worked.filter((id) => id === 'a')).toHaveLength(2);
});

it('is taken back with the configuration: what waits for its endpoint gets none', async () => {
  for (const id of ['a', 'b', 'c']) held.add(id);
  await engine.submit(adding, 'adding', input());
  await engine.result('adding');
  const jobs = await Promise.all(['a', 'b', 'c'].map(jobOf));
  const { remove } = vodConfigurations({
    ...{ store, jobs: engine.jobs, check: () => undefined, addEndpoints: () => Promise.resolve() },
  });
  await remove({ id: late.id } as Parameters<typeof remove>[0]);
  expect(await Promise.all(jobs.map(statusOf))).toEqual(['cancelled', 'cancelled', 'cancelled']);
});
