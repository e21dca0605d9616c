import { isDeepStrictEqual } from 'node:util';
import { jobIdOfAsset, jobIdOfEndpoint } from '../../domain/asset.js';
import { Failure, failureTable } from '../../domain/failure.js';
import type { PackagingConfiguration, PackagingGroup } from '../../domain/packaging-configuration.js';
import type { VodEndpoint, VodItem, VodStore } from '../../status/vod-store.js';
import type { JobStatus } from '../../workflow/job-view.js';
import type { Jobs } from '../../workflow/jobs.js';
import type { Operation, Run } from './operation.js';
import { assetSchema, documentOf, readDocument } from './documents.js';
import { findGroup, maxConfigurations, type VodConfigurationServices } from './groups.js';
import { listPage } from './pages.js';
import { ServiceError } from './service-error.js';
import type { Json } from './wire.js';

export interface VodAssetServices extends VodConfigurationServices {
  readonly store: VodStore;
  /** As workflow/submit-asset does it, with reserved capabilities. */
  readonly submit: (request: unknown, group: PackagingGroup) => Promise<{ id: string; created: boolean }>;
  readonly jobs: Pick<Jobs, 'find' | 'cancel'>;
  readonly playbackUrl: (capability: string, manifest: string) => string;
  /** Host of the endpoints' URLs. */
  readonly domainName: () => string;
}

/** Where the endpoints of these assets lie in the storage: `mediapackage-vod/<asset>/<configuration>/`. */
const destination = { path: 'mediapackage-vod' };

/** `/assets` */
export function vodAssets(
  services: VodAssetServices,
): Readonly<Record<'create' | 'list' | 'describe' | 'remove', Run>> {
  const { store, submit, jobs } = services;

  async function configurationsOf(groupId: string): Promise<PackagingConfiguration[]> {
    const items = await store.configurations.list({ groupId, limit: maxConfigurations });
    return items.map(({ body }) => body as unknown as PackagingConfiguration);
  }

  async function find(id: string): Promise<VodItem> {
    const found = await store.assets.find(id);
    if (found) return found;
    throw new ServiceError('NotFoundException', `There is no asset "${id}".`);
  }

  async function view(item: VodItem): Promise<Json> {
    const [configurations, endpoints] = [await configurationsOf(item.groupId), await store.endpoints(item.id)];
    const EgressEndpoints = await Promise.all(
      configurations.flatMap((configuration) => {
        const endpoint = endpoints.get(configuration.Id);
        return endpoint ? [viewEndpoint(item, configuration, endpoint)] : [];
      }),
    );
    return { ...documentOf('assets', item), EgressEndpoints };
  }

  async function viewEndpoint(
    item: VodItem,
    configuration: PackagingConfiguration,
    endpoint: VodEndpoint,
  ): Promise<Json> {
    return {
      PackagingConfigurationId: configuration.Id,
      Status: await statusOf(jobs, item, configuration.Id, endpoint.playable),
      Url: services.playbackUrl(endpoint.capability, entryOf(configuration)),
    };
  }

  /** Its job was never stored, as when the process dies between the two: the same request may go on. */
  async function isUnfinished(item: VodItem, asset: Json): Promise<boolean> {
    if (!isDeepStrictEqual(item.body, asset)) return false;
    if ((await jobStatus(jobs, jobIdOfAsset(item.id))) !== undefined) return false;
    return [...(await store.endpoints(item.id)).values()].every(({ playable }) => !playable);
  }

  return {
    async create({ body }: Operation): Promise<Json> {
      const asset = readDocument(body, assetSchema);
      const { Id: id, PackagingGroupId: groupId, SourceArn: source, SourceRoleArn: sourceRoleArn } = asset;
      await findGroup(store, groupId);
      const existing = await store.assets.find(id);
      if (existing && !(await isUnfinished(existing, asset)))
        throw new ServiceError('UnprocessableEntityException', `There is an asset "${id}" already.`);
      const configurations = await configurationsOf(groupId);
      if (configurations.length === 0)
        throw new ServiceError(
          'UnprocessableEntityException',
          `The packaging group "${groupId}" has no packaging configurations.`,
        );
      // Before the work begins: it takes the URLs that are given away here, and playback asks the asset for its group.
      const item = existing ?? (await store.assets.insert({ id, groupId, body: asset }));
      await store.reserve(
        id,
        configurations.map(({ Id }) => Id),
      );
      const request = { id, packagingGroupId: groupId, source, sourceRoleArn, destination };
      await submit(request, { id: groupId, egress: 'embedded', configurations }).catch(async (error: unknown) => {
        // After anything but a refusal the job may be stored: then the asset stays, and the same request goes on.
        if (!existing && isRefusal(error)) await store.discard(id);
        throw error;
      });
      return view(item);
    },
    async list({ query }: Operation): Promise<Json> {
      const { items, nextToken } = await listPage(store.assets, query);
      return { Assets: items.map((item) => documentOf('assets', item)), NextToken: nextToken };
    },
    async describe({ id }: Operation): Promise<Json> {
      return view(await find(id));
    },
    /** Work on it is cancelled and its URLs lead nowhere from then on; objects in storage stay. */
    async remove({ id }: Operation): Promise<Json> {
      await find(id);
      await jobs.cancel(jobIdOfAsset(id)).catch((error: unknown) => {
        // It has ended already.
        if (!(error instanceof Failure) || !['conflict', 'not_found'].includes(error.code)) throw error;
      });
      await store.withdraw({ assetId: id });
      await store.assets.remove(id);
      return {};
    },
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof Failure && failureTable[error.code].kind !== 'passing';
}

const statuses: Readonly<Record<JobStatus, 'QUEUED' | 'PROCESSING' | 'PLAYABLE' | 'FAILED'>> = {
  queued: 'QUEUED',
  running: 'PROCESSING',
  done: 'PLAYABLE',
  failed: 'FAILED',
  cancelled: 'FAILED',
};

/** milliseconds that an asset may be without a job because it is being made */
const creationMs = 60_000;

/** That of the endpoint's job. Where history has forgotten it, the catalog knows what was made; before there is one, the asset's job. */
async function statusOf(
  jobs: VodAssetServices['jobs'],
  asset: VodItem,
  configurationId: string,
  playable: boolean,
): Promise<(typeof statuses)[JobStatus]> {
  const status = await jobStatus(jobs, jobIdOfEndpoint(asset.id, configurationId));
  if (status !== undefined) return statuses[status];
  if (playable) return 'PLAYABLE';
  const parent = await jobStatus(jobs, jobIdOfAsset(asset.id));
  const waits = parent === undefined ? Date.now() - asset.createdAt.getTime() < creationMs : !isEnd(parent);
  return waits ? 'QUEUED' : 'FAILED';
}

function isEnd(status: JobStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

async function jobStatus(jobs: VodAssetServices['jobs'], id: string): Promise<JobStatus | undefined> {
  try {
    return (await jobs.find(id)).status;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** The manifest that a player opens: the first, as in MediaPackage. */
function entryOf({ HlsPackage, CmafPackage, DashPackage, MssPackage }: PackagingConfiguration): string {
  const hls = HlsPackage ?? CmafPackage;
  if (hls) return `${hls.HlsManifests[0]?.ManifestName ?? 'index'}.m3u8`;
  if (DashPackage) return `${DashPackage.DashManifests[0]?.ManifestName ?? 'index'}.mpd`;
  return `${MssPackage?.MssManifests[0]?.ManifestName ?? 'index'}.ism/Manifest`;
}
