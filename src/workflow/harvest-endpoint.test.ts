import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataFolder, type TestDataFolder } from '../../test/support/embedded-data-folder.js';
import type { AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import type { Notice } from '../notify/notice.js';
import { eventsOf } from '../notify/packaging-event.js';
import type { EndpointResult } from '../publish/egress/egress.js';
import type { ManagedEgress, PlayableEndpoint } from '../publish/egress/managed-egress.js';
import type { AssetCatalog } from '../status/asset-catalog.js';
import { openEngine } from './engine-fixture.case.js';
import { harvest } from './harvest.js';
import { harvestEndpoint } from './harvest-endpoint.js';
import { packageAsset } from './package-asset.js';
import type { Engine } from './start.js';
import { tell } from './tell.js';

/** `stands`: it is in storage, and nowhere else any more. */
type State = 'PLAYABLE' | 'FAILED' | 'never' | 'stands';

/** What the packaging service says of each asset's endpoints; without a word of it they are never playable. */
const service = new Map<string, Record<string, State>>();
const told: Notice[] = [];

const made: EndpointResult = { status: 'complete', manifests: [], objects: 3, bytes: 30, durationMs: 1000 };

const egress: ManagedEgress = {
  prepare: ({ id }) =>
    Promise.resolve(
      Object.entries(service.get(id) ?? {}).map(([configurationId, status]) => ({
        configurationId,
        ...(status === 'stands' && { standing: { ...made, status: 'skipped' as const } }),
      })),
    ),
  async waitUntilPlayable({ assetId, configurationId }, signal): Promise<PlayableEndpoint> {
    for (;;) {
      const status = service.get(assetId)?.[configurationId];
      if (status === 'PLAYABLE') return { url: `https://egress/${assetId}/${configurationId}`, status };
      if (status === 'FAILED') throw new Failure('endpoint_failed', `${configurationId} failed`);
      await sleep(20, undefined, signal && { signal });
    }
  },
  findComplete: ({ assetId }) => Promise.resolve(assetId === 'complete' ? { ...made, status: 'skipped' } : null),
  async harvest({ assetId, signal }, report) {
    report({ segmentsDone: 1, segmentsTotal: 3, bytesRead: 10, bytesWritten: 10 });
    while (assetId === 'held') await sleep(20, undefined, signal && { signal });
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
const broughtOver = harvest({ managedEgress: egress });
const endpoint = harvestEndpoint({
  ...{ managedEgress: egress, harvest: broughtOver, tell: told1, targets: 1, patience: 60_000 },
  catalog: { publish: () => Promise.resolve('capability') } as unknown as AssetCatalog,
  locate: (_bucket, key) => key,
  playbackUrl: (capability, manifest) => `${capability}/${manifest}`,
});
const asset = packageAsset({
  ...{ managedEgress: egress, harvestEndpoint: endpoint, tell: told1, targets: 1 },
  packageEndpoint: endpoint as never,
});

let folder: TestDataFolder;
let engine: Engine;
let close: () => Promise<void>;

beforeAll(async () => {
  folder = await createDataFolder();
  const limits = { harvests: { perProcess: 1 }, managed: { perProcess: 2 } };
  ({ engine, close } = await openEngine({
    ...{ dataFolder: folder.dataFolder, limits },
    workflows: [asset, endpoint, broughtOver, told1],
  }));
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
  const noticesOf = (id: string) => told.filter(({ data }) => data.Id === id);
  const eventsOfAll = (id: string) =>
    noticesOf(id).flatMap((notice) =>
      eventsOf(notice, 0).map(({ detail: d }) => `${d.event} ${d.packaging_configuration_id}`),
    );
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
  const { steps, children } = await engine.jobs.show('asset:standing:hls');
  expect(steps.map(({ name }) => name)).not.toContain('wait until playable');
  expect(children).toEqual([]);
});

it('is harvested no more, nor told to begin, when all of it is in storage', async () => {
  await submit('complete', 'complete', { hls: 'PLAYABLE' });
  expect(await engine.result('asset:complete')).toMatchObject({ endpoints: [{ status: 'skipped' }] });
  expect((await engine.jobs.show('asset:complete:hls')).children).toEqual([]);
  const subjects = () => told.filter(({ data }) => data.Id === 'complete').map(({ subject }) => subject);
  await expect.poll(subjects, patience).toHaveLength(2);
  expect(subjects()).toContain('Asset complete: hls is complete already');
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
