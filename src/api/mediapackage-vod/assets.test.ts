import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedDatabase, type OpenedDatabase } from '../../../test/support/databases.js';
import { jobIdOfAddedEndpoint } from '../../domain/asset.js';
import { Failure } from '../../domain/failure.js';
import { assetCatalog, type AssetCatalog } from '../../status/asset-catalog.js';
import { vodStore, type VodStore } from '../../status/vod-store.js';
import type { JobStatus, JobSummary } from '../../workflow/job-view.js';
import { vodAssets } from './assets.js';
import { vodConfigurations, vodGroups } from './groups.js';
import type { Json } from './wire.js';

const Authorization = { CdnIdentifierSecret: 'arn:secret', SecretsRoleArn: 'arn:role' };
const cmaf = (Id: string, PackagingGroupId: string) => ({
  Id,
  PackagingGroupId,
  CmafPackage: { HlsManifests: [{ ManifestName: 'main' }] },
});
const operation = (body: object, id = '') => ({
  body: Buffer.from(JSON.stringify(body)),
  id,
  query: new URLSearchParams(),
});

let opened: OpenedDatabase;
let store: VodStore;
let catalog: AssetCatalog;
/** Jobs by id, as far as history knows them. */
const jobs = new Map<string, JobStatus>();
let submit: () => Promise<{ id: string; created: boolean }>;

beforeAll(async () => {
  opened = await embeddedDatabase();
  store = vodStore(opened.database.tables);
  catalog = assetCatalog(opened.database.tables);
  await vodGroups({ store, domainName: () => 'x' }).create(operation({ Id: 'guarded', Authorization }));
  await configurations().create(operation(cmaf('cmaf', 'guarded')));
});
afterAll(() => opened.remove());

function find(id: string): Promise<JobSummary> {
  const status = jobs.get(id);
  if (status === undefined) return Promise.reject(new Failure('not_found', id));
  return Promise.resolve({ id, status, createdAt: (before.get(id) ?? new Date()).toISOString() } as JobSummary);
}
/** When those were created that are not of now. */
const before = new Map<string, Date>();
let cancelled: string[] = [];
function cancel(id: string): Promise<JobSummary> {
  cancelled.push(id);
  return find(id);
}
const cancelAll = (ids: readonly string[]) => Promise.resolve(void cancelled.push(...ids));
/** Jobs that were to add endpoints. */
let added: string[] = [];
const addEndpoints = (job: string) => Promise.resolve(added.push(job));
const configurations = (add = addEndpoints) =>
  vodConfigurations({ store, check: () => undefined, jobs: { find, cancelAll }, addEndpoints: add });

function assets() {
  const playbackUrl = (capability: string, manifest: string) => `${capability}/${manifest}`;
  return vodAssets({
    ...{ store, playbackUrl, check: () => undefined, domainName: () => 'x' },
    ...{ submit: () => submit(), jobs: { find, cancel, cancelAll }, addEndpoints },
  });
}

const assetOf = (Id: string) => ({
  ...{ Id, PackagingGroupId: 'guarded', SourceArn: `arn:aws:s3:::source/${Id}`, SourceRoleArn: 'arn:role' },
});

/** As the job's step does it. */
function publish(id: string, configurationId = 'cmaf', reserved = false): Promise<string> {
  return catalog.publish({
    request: {
      id,
      packagingGroupId: 'guarded',
      source: `s3://source/${id}`,
      destination: { path: 'mediapackage-vod' },
    },
    ...{ configurationId, prefix: `mediapackage-vod/${id}/${configurationId}` },
    ...{ reserved },
    made: { status: 'complete', manifests: ['main.m3u8'], objects: 1, bytes: 1, durationMs: 1 },
  });
}

function accepted(id: string) {
  return () => {
    jobs.set(`asset:${id}`, 'running');
    return Promise.resolve({ id: `asset:${id}`, created: true });
  };
}

async function endpointsOf(id: string): Promise<Json[]> {
  return (await assets().describe(operation({}, id)))?.EgressEndpoints as Json[];
}

async function statusOf(id: string): Promise<unknown> {
  return (await endpointsOf(id))[0]?.Status;
}

describe('CreateAsset', () => {
  it('guards what is made even when the process dies before it has answered', async () => {
    submit = async () => {
      await accepted('killed')();
      const capability = await publish('killed');
      expect(await store.secretOf(capability)).toBe('arn:secret');
      throw new Error('killed');
    };
    await expect(assets().create(operation(assetOf('killed')))).rejects.toThrow('killed');
    const [endpoint] = (await store.endpoints('killed')).values();
    expect(await store.secretOf(endpoint!.capability)).toBe('arn:secret');
    await expect(assets().create(operation(assetOf('killed')))).rejects.toThrow('already');
  });

  it('goes on with the same request when no job was stored', async () => {
    submit = () => Promise.reject(new Error('the database went away'));
    await expect(assets().create(operation(assetOf('halfway')))).rejects.toThrow('went away');
    submit = accepted('halfway');
    await expect(assets().create(operation({ ...assetOf('halfway'), ResourceId: 'other' }))).rejects.toThrow('already');
    expect(await assets().create(operation(assetOf('halfway')))).toMatchObject({ Id: 'halfway' });
  });

  it('leaves nothing of a refused asset, and what another door made under its id stays playable', async () => {
    const capability = await publish('elsewhere');
    submit = () => Promise.reject(new Failure('conflict', 'the source was another'));
    await expect(assets().create(operation(assetOf('elsewhere')))).rejects.toThrow('the source was another');
    expect(await store.assets.find('elsewhere')).toBeUndefined();
    expect((await store.endpoints('elsewhere')).size).toBe(0);
    expect(await catalog.findEndpoint(capability)).toBeDefined();

    // Rows that a refusal of an earlier version left.
    await configurations().create(operation(cmaf('brief', 'guarded')));
    const other = await publish('elsewhere', 'brief');
    const orphan = { asset_id: 'elsewhere', configuration_id: 'brief', capability: other };
    await opened.database.tables.insertInto('vod_endpoint').values(orphan).execute();
    await configurations().remove(operation({}, 'brief'));
    expect(await catalog.findEndpoint(other)).toBeDefined();
  });
});

describe('the status of an endpoint', () => {
  it('is PLAYABLE for what the catalog has, and FAILED for what it has not, when the history of jobs has gone', async () => {
    for (const id of ['made', 'failed']) {
      submit = accepted(id);
      await assets().create(operation(assetOf(id)));
      expect(await statusOf(id)).toBe('QUEUED');
      jobs.set(`asset:${id}:cmaf`, id === 'made' ? 'done' : 'failed');
    }
    await publish('made');
    expect([await statusOf('made'), await statusOf('failed')]).toEqual(['PLAYABLE', 'FAILED']);
    jobs.clear();
    await opened.database.tables.updateTable('vod_item').set({ created_at: 0 }).execute();
    expect([await statusOf('made'), await statusOf('failed')]).toEqual(['PLAYABLE', 'FAILED']);
  });

  it('is none of a namesake that was deleted, and neither is its job a reason to refuse the request again', async () => {
    for (const job of ['asset:anew', 'asset:anew:cmaf']) {
      jobs.set(job, 'done');
      before.set(job, new Date(Date.now() - 1000));
    }
    submit = () => Promise.reject(new Error('killed'));
    await expect(assets().create(operation(assetOf('anew')))).rejects.toThrow('killed');
    expect(await statusOf('anew')).toBe('QUEUED');
    submit = accepted('anew');
    expect(await assets().create(operation(assetOf('anew')))).toMatchObject({ Id: 'anew' });
    before.delete('asset:anew');
    expect(await statusOf('anew')).toBe('QUEUED');
    before.delete('asset:anew:cmaf');
    expect(await statusOf('anew')).toBe('PLAYABLE');
  });
});

describe('DeleteAsset and DeletePackagingConfiguration', () => {
  it('end playback for good: a step that was under way does not make it playable again', async () => {
    await configurations().create(operation(cmaf('later', 'guarded')));
    for (const id of ['gone', 'half']) {
      submit = accepted(id);
      await assets().create(operation(assetOf(id)));
    }
    await assets().remove(operation({}, 'gone'));
    await expect(publish('gone', 'cmaf', true)).rejects.toMatchObject({ code: 'not_found' });
    expect(await catalog.findAsset('gone')).toBeUndefined();

    await configurations().remove(operation({}, 'later'));
    await expect(publish('half', 'later', true)).rejects.toMatchObject({ code: 'not_found' });
    const capability = await publish('half', 'cmaf', true);
    expect(await store.secretOf(capability)).toBe('arn:secret');
  });

  it('leaves nothing playable whichever of the two comes first', async () => {
    for (let round = 0; round < 5; round++) {
      const id = `race-${round}`;
      submit = accepted(id);
      await assets().create(operation(assetOf(id)));
      await Promise.allSettled([assets().remove(operation({}, id)), publish(id, 'cmaf', true)]);
      expect(await catalog.findAsset(id)).toBeUndefined();
    }
  });
});

describe('CreatePackagingConfiguration', () => {
  beforeAll(async () => {
    [added, cancelled] = [[], []];
    await vodGroups({ store, domainName: () => 'x' }).create(operation({ Id: 'growing' }));
    await configurations().create(operation(cmaf('growing-1', 'growing')));
    expect(added).toEqual([]); // as long as the group has no assets
    submit = accepted('early');
    await assets().create(operation({ ...assetOf('early'), PackagingGroupId: 'growing' }));
  });

  it('has the assets that the group has given its endpoint, also when the process died before, and the request comes again', async () => {
    const dying = () => Promise.reject(new Error('killed'));
    const second = operation(cmaf('growing-2', 'growing'));
    await expect(configurations(dying).create(second)).rejects.toThrow('killed');
    expect(await configurations().create(second)).toMatchObject({ Id: 'growing-2' });
    const [job = ''] = added;
    expect(added).toEqual([expect.stringMatching(/^configuration:growing-2#\d+$/)]);
    jobs.set(job, 'running');
    await expect(configurations().create(second)).rejects.toThrow('already');
  });

  it('has endpoints that wait for their jobs, those that come later and have none yet', async () => {
    await store.reserve('early', ['growing-2']);
    jobs.set('asset:early', 'done').set('asset:early:growing-1', 'done');
    const statuses = async () => (await endpointsOf('early')).map(({ Status }) => Status);
    expect(await statuses()).toEqual(['PLAYABLE', 'QUEUED']);
    const addition = jobIdOfAddedEndpoint(
      (await store.assets.find('early'))!,
      (await store.configurations.find('growing-2'))!,
    );
    jobs.set(addition, 'running');
    expect(await statuses()).toEqual(['PLAYABLE', 'QUEUED']);
    jobs.set('asset:early:growing-2', 'running');
    expect(await statuses()).toEqual(['PLAYABLE', 'PROCESSING']);
    await assets().remove(operation({}, 'early'));
    expect(cancelled.sort()).toEqual([addition, 'asset:early:growing-2']);
  });

  it('refuses what would be one too many for the assets of the group to have', async () => {
    await vodGroups({ store, domainName: () => 'x' }).create(operation({ Id: 'large' }));
    for (let number = 1; number <= 100; number++)
      await configurations().create(operation(cmaf(`large-${number}`, 'large')));
    await expect(configurations().create(operation(cmaf('large-101', 'large')))).rejects.toThrow(
      'The packaging group "large" has 100',
    );
  });
});
