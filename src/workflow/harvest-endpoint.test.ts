import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataFolder, type TestDataFolder } from '../../test/support/embedded-data-folder.js';
import type { AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import type { EndpointSuccess, Notice } from '../notify/notice.js';
import { eventsOf } from '../notify/packaging-event.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress, PlayableEndpoint } from '../publish/egress/managed-egress.js';
import type { AssetCatalog } from '../status/asset-catalog.js';
import type { Database } from '../status/database.js';
import { openEngine } from './engine-fixture.case.js';
import { defineWorkflow } from './definition.js';
import { harvest } from './harvest.js';
import { harvestEndpoint, type ManagedEndpointInput } from './harvest-endpoint.js';
import { lookInPlace } from './look-in-place.js';
import { packageAsset } from './package-asset.js';
import type { AnyWorkflow } from './register.js';
import type { Engine } from './start.js';
import { tell } from './tell.js';

/** `stands`: it is in storage, and nowhere else any more. */
type State = 'PLAYABLE' | 'FAILED' | 'never' | 'stands';

/** What the packaging service says of each asset's endpoints; without a word of it they are never playable. */
const service = new Map<string, Record<string, State>>();
const told: Notice[] = [];

const made: EndpointResult = { status: 'complete', manifests: [], objects: 3, bytes: 30, durationMs: 1000 };

const egress: ManagedEgress = {
  findInPlace: ({ id }) =>
    Promise.resolve(
      Object.entries(service.get(id) ?? {}).map(([configurationId, status]) => ({
        configurationId,
        harvested: status === 'stands',
      })),
    ),
  prepare: ({ id }, inPlace) =>
    Promise.resolve(
      inPlace.length > 0 ? inPlace : Object.keys(service.get(id) ?? {}).map((configurationId) => ({ configurationId })),
    ),
  async waitUntilPlayable({ assetId, configurationId }, signal): Promise<PlayableEndpoint> {
    for (;;) {
      const status = service.get(assetId)?.[configurationId];
      if (status === 'PLAYABLE') return { url: `https://egress/${assetId}/${configurationId}`, status };
      if (status === 'FAILED') throw new Failure('endpoint_failed', `${configurationId} failed`);
      await sleep(20, undefined, signal && { signal });
    }
  },
  findComplete: ({ assetId, url }) =>
    Promise.resolve(assetId === 'complete' || url === undefined ? { ...made, status: 'skipped' } : null),
  async harvest({ assetId, signal }, report) {
    report({ segmentsDone: 1, segmentsTotal: 3, bytesRead: 10, bytesWritten: 10 });
    while (assetId === 'held' || assetId.startsWith('blocker')) await sleep(20, undefined, signal && { signal });
    return made;
  },
};

const told1 = tell([
  {
    target: 'test',
    send(notice) {
      told.push(notice);
      return Promise.resolve();
    },
  },
]);
const telling = { tell: told1, targets: 1 };
const broughtOver = harvest({ managedEgress: egress, ...telling });
const looking = lookInPlace({ managedEgress: egress });
const endpoint = harvestEndpoint({
  ...{ managedEgress: egress, harvest: broughtOver, ...telling, patience: 60_000 },
  catalog: { publish: () => Promise.resolve('capability') } as unknown as AssetCatalog,
  locate: (_bucket, key) => key,
  playbackUrl: (capability, manifest) => `${capability}/${manifest}`,
});
const asset = packageAsset({
  ...{ managedEgress: egress, harvestEndpoint: endpoint, lookInPlace: looking, ...telling },
  packageEndpoint: endpoint as never,
});

let folder: TestDataFolder;
let engine: Engine;
let database: Database;
let close: () => Promise<void>;

async function open(workflows: readonly AnyWorkflow[]): Promise<void> {
  const limits = { harvests: { perProcess: 1 }, managed: { perProcess: 2 } };
  ({ engine, database, close } = await openEngine({ ...{ dataFolder: folder.dataFolder, limits }, workflows }));
}
const release = [asset, endpoint, broughtOver, looking, told1];

beforeAll(async () => {
  folder = await createDataFolder();
  await open(release);
});
afterAll(async () => {
  await close();
  await folder.remove();
});

const requestOf = (id: string, packagingGroupId: string): AssetRequest => ({
  ...{ id, packagingGroupId, source: 's3://source/index.m3u8', destination: { path: '' } },
});

function submit(id: string, group: string, endpoints: Record<string, State>) {
  service.set(id, endpoints);
  const input = { request: requestOf(id, group), configurations: [], egress: 'mediapackage-vod' as const };
  return engine.submit(asset, `asset:${id}`, input);
}

const patience = { timeout: 20_000, interval: 100 };
const stateOf = async (id: string) => (await engine.jobs.find(id)).status;
const noticesOf = (id: string) => told.filter(({ data }) => data.Id === id);
const eventsOfAll = (id: string) =>
  noticesOf(id).flatMap((notice) =>
    eventsOf(notice, 0).map(({ detail: d }) => `${d.event} ${d.packaging_configuration_id}`),
  );
const stepsOf = async (id: string) => (await engine.jobs.show(id)).steps.map(({ name }) => name);
const progressOf = async (id: string) => (await engine.jobs.find(id)).progress;

it('takes a place among the harvests once it is playable: those that wait hold up neither other groups nor their own', async () => {
  for (const n of [1, 2]) await submit(`stuck-${n}`, 'stuck', { hls: 'never', dash: 'never' });
  await expect.poll(() => stateOf('asset:stuck-2:dash'), patience).toBe('running');
  await submit('quick', 'other', { hls: 'PLAYABLE' });
  expect(await engine.result('asset:quick')).toMatchObject({ endpoints: [{ configurationId: 'hls', objects: 3 }] });

  service.get('stuck-1')!.dash = 'PLAYABLE';
  expect(await engine.result('asset:stuck-1:dash')).toMatchObject({ status: 'complete' });
  expect(await engine.jobs.find('asset:stuck-1')).toMatchObject({ status: 'running' });
});

it('is told of as it ends, and so are its events, while others of its asset wait', async () => {
  await submit('mixed', 'mixed', { bad: 'FAILED', good: 'PLAYABLE', late: 'never', lost: 'never' });
  await expect.poll(() => noticesOf('mixed').length, patience).toBe(3);
  const failure = noticesOf('mixed').find(({ data }) => data.Type === 'ERROR')!;
  expect(failure.text).toContain('bad failed');
  expect(failure.ended?.failedEndpoints).toMatchObject([{ configurationId: 'bad', code: 'endpoint_failed' }]);
  expect(eventsOfAll('mixed').sort()).toEqual(['IngestError bad', 'VodAssetPlayable good']);
  expect(await stateOf('asset:mixed')).toBe('running');

  await engine.jobs.cancel('asset:mixed:lost');
  service.get('mixed')!.late = 'PLAYABLE';
  await expect(engine.result('asset:mixed')).rejects.toMatchObject({ code: 'endpoints_failed' });
  await expect.poll(() => noticesOf('mixed').length, patience).toBe(6);
  const summary = noticesOf('mixed').find(({ data }) => data.downloadedAssets)!;
  expect(summary.subject).toBe('Asset mixed failed: 2 of 4 endpoints');
  expect(summary.data.failedEndpoints).toHaveLength(2);
  expect(eventsOfAll('mixed').sort()).toEqual([
    'IngestError bad',
    'IngestError lost',
    'VodAssetPlayable good',
    'VodAssetPlayable late',
  ]);

  const earlier = noticesOf('mixed').length;
  await engine.jobs.retry('asset:mixed:bad');
  await expect
    .poll(
      () =>
        noticesOf('mixed')
          .slice(earlier)
          .map(({ subject }) => subject),
      patience,
    )
    .toContain('Asset mixed: harvest of bad failed');
});

it('is done at once when it stands in storage, and the service has it no more', async () => {
  await submit('standing', 'standing', { hls: 'stands' });
  expect(await engine.result('asset:standing')).toMatchObject({ endpoints: [{ status: 'skipped', objects: 3 }] });
  expect(await stepsOf('asset:standing:hls')).not.toContain('wait until playable');
  expect((await engine.jobs.show('asset:standing:hls')).children).toEqual([]);
  // All of it was read for that: in a place among the harvests.
  expect(await stepsOf('asset:standing')).not.toContain('look at what is there');
  expect(await engine.jobs.find('asset:standing:hls:look')).toMatchObject({ queue: 'harvests', status: 'done' });
});

it('is harvested no more, nor told to begin, when all of it is in storage', async () => {
  await submit('complete', 'complete', { hls: 'PLAYABLE' });
  expect(await engine.result('asset:complete')).toMatchObject({ endpoints: [{ status: 'skipped' }] });
  expect(await stepsOf('asset:complete:hls')).not.toContain('look at what is there');
  expect(await stepsOf('asset:complete:hls:harvest')).toEqual(['look at what is there']);
  expect(await engine.jobs.find('asset:complete:hls:harvest')).toMatchObject({ queue: 'harvests' });
  const subjects = () => told.filter(({ data }) => data.Id === 'complete').map(({ subject }) => subject);
  await expect.poll(subjects, patience).toHaveLength(2);
  expect(subjects()).toContain('Asset complete: hls is complete already');
});

it.each([
  ['cancelled', (id: string) => engine.jobs.cancel(id)],
  [
    'lost with its processes',
    (id: string) =>
      database.pool.query(
        "UPDATE dbos.workflow_status SET status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED', recovery_attempts = 101 WHERE workflow_uuid = $1",
        [id],
      ),
  ],
] as const)('that has its harvest %s is told of once', async (how, end) => {
  const id = how === 'cancelled' ? 'cancelled' : 'lost';
  // Takes the only place among the harvests.
  await submit(`blocker-${id}`, 'blocker', { hls: 'PLAYABLE' });
  await expect.poll(() => stateOf(`asset:blocker-${id}:hls:harvest`).catch(String), patience).toBe('running');
  await submit(id, 'blocked', { hls: 'PLAYABLE' });
  await expect.poll(() => stateOf(`asset:${id}:hls:harvest`).catch(String), patience).toBe('queued');
  await end(`asset:${id}:hls:harvest`);
  await expect(engine.result(`asset:${id}`)).rejects.toMatchObject({ code: 'endpoints_failed' });
  await expect.poll(() => noticesOf(id).some(({ data }) => data.failedEndpoints), patience).toBe(true);
  await expect.poll(() => eventsOfAll(id), patience).toEqual(['IngestError hls']);
  await engine.jobs.cancel(`asset:blocker-${id}`);
});

it('goes on as it was begun where an earlier version had looked, and begun to harvest', async () => {
  let reached = false;
  const before = defineWorkflow<ManagedEndpointInput, EndpointSuccess>({
    ...endpoint,
    async run(input, job) {
      if (input.request.id !== 'before') return endpoint.run(input, job);
      const run = () => Promise.resolve({ id: 'earlier', began: Date.now() });
      await job.step('name this run', run);
      await job.step('wait until playable', () => Promise.resolve({ url: 'https://egress/before/hls' }));
      if (await job.patched('look before the harvest'))
        await job.step('look at what is there', () => Promise.resolve(null));
      return job.step('the process ends here', async ({ signal }) => {
        reached = true;
        return sleep(600_000, undefined as never, { signal });
      });
    },
  });
  await close();
  await open([before]);
  const input = { request: requestOf('before', 'group'), configurationId: 'hls', waitsApart: true as const };
  await engine.submit(before, 'asset:before:hls', input);
  await expect.poll(() => reached).toBe(true);
  await close();
  await open(release);
  expect(await engine.result('asset:before:hls')).toMatchObject({ objects: 3 });
  expect(await stepsOf('asset:before:hls')).not.toContain('DBOS.patch-the harvest looks');
  expect(await stepsOf('asset:before:hls:harvest')).toEqual(['harvest']);
});

it('shows the progress of its harvest', async () => {
  await submit('held', 'group', { hls: 'PLAYABLE' });
  const progress = { done: 1, total: 3, unit: 'segments' };
  await expect.poll(() => progressOf('asset:held:hls'), patience).toMatchObject(progress);
  expect(await engine.jobs.find('asset:held:hls:harvest')).toMatchObject({ queue: 'harvests', progress });
});

it('harvests by itself where an earlier version queued it, in a place that one below it would need', async () => {
  service.set('early', { hls: 'PLAYABLE' });
  await engine.submit(endpoint, 'asset:early:hls', { request: requestOf('early', 'group'), configurationId: 'hls' });
  expect(await engine.result('asset:early:hls')).toMatchObject({ status: 'complete' });
  expect((await engine.jobs.show('asset:early:hls')).children).toEqual([]);
});
