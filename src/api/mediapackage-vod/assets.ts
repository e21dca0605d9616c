import { isDeepStrictEqual } from 'node:util';
import { jobIdOfAddedEndpoint, jobIdOfAsset, jobIdOfEndpoint } from '../../domain/asset.js';
import { Failure, failureTable } from '../../domain/failure.js';
import type { PackagingConfiguration, PackagingGroup } from '../../domain/packaging-configuration.js';
import { requestOfVodAsset } from '../../intake/request-asset.js';
import type { VodEndpoint, VodItem, VodStore } from '../../status/vod-store.js';
import { findJobStatus } from '../../workflow/find-job-status.js';
import { isOpen, type JobStatus } from '../../workflow/job-view.js';
import type { EngineJobs } from '../../workflow/jobs.js';
import type { Operation, Run } from './operation.js';
import { assetSchema, documentOf, readDocument } from './documents.js';
import { creationMs, findGroup, maxConfigurations, type VodConfigurationServices } from './groups.js';
import { listPage } from './pages.js';
import { ServiceError } from './service-error.js';
import type { Json } from './wire.js';

export interface VodAssetServices extends VodConfigurationServices {
  readonly store: VodStore;
  /** As workflow/submit-asset does it, with reserved capabilities. */
  readonly submit: (request: unknown, group: PackagingGroup) => Promise<{ id: string; created: boolean }>;
  readonly jobs: Pick<EngineJobs, 'find' | 'cancel' | 'cancelAll'>;
  readonly playbackUrl: (capability: string, manifest: string) => string;
  /** Host of the endpoints' URLs. */
  readonly domainName: () => string;
}

/** `/assets` */
export function vodAssets(
  services: VodAssetServices,
): Readonly<Record<'create' | 'list' | 'describe' | 'remove', Run>> {
  const { store, submit, jobs } = services;

  function configurationsOf(groupId: string): Promise<readonly VodItem[]> {
    return store.configurations.list({ groupId, limit: maxConfigurations });
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
        const endpoint = endpoints.get(configuration.id);
        return endpoint ? [viewEndpoint(item, configuration, endpoint)] : [];
      }),
    );
    return { ...documentOf('assets', item), EgressEndpoints };
  }

  async function viewEndpoint(item: VodItem, configuration: VodItem, endpoint: VodEndpoint): Promise<Json> {
    return {
      PackagingConfigurationId: configuration.id,
      Status: await statusOf(jobs, item, configuration, endpoint.playable),
      Url: services.playbackUrl(endpoint.capability, entryOf(packagingOf(configuration))),
    };
  }

  /** Its job was never stored, as when the process dies between the two: the same request may go on. */
  async function isUnfinished(item: VodItem, asset: Json): Promise<boolean> {
    if (!isDeepStrictEqual(item.body, asset)) return false;
    if ((await findJobStatus(jobs, jobIdOfAsset(item.id), item.createdAt)) !== undefined) return false;
    return [...(await store.endpoints(item.id)).values()].every(({ playable }) => !playable);
  }

  async function cancel(job: string): Promise<void> {
    if (!isOpen(await findJobStatus(jobs, job))) return;
    await jobs.cancel(job).catch((error: unknown) => {
      // It has ended meanwhile.
      if (!(error instanceof Failure) || error.code !== 'conflict') throw error;
    });
  }

  return {
    async create({ body }: Operation): Promise<Json> {
      const asset = readDocument(body, assetSchema);
      const { Id: id, PackagingGroupId: groupId } = asset;
      await findGroup(store, groupId);
      const existing = await store.assets.find(id);
      if (existing && !(await isUnfinished(existing, asset)))
        throw new ServiceError('UnprocessableEntityException', `There is an asset "${id}" already.`);
      if ((await configurationsOf(groupId)).length === 0)
        throw new ServiceError(
          'UnprocessableEntityException',
          `The packaging group "${groupId}" has no packaging configurations.`,
        );
      // Before the work begins: it takes the URLs that are given away here, and playback asks the asset for its group.
      const item = existing ?? (await store.assets.insert({ id, groupId, body: asset }));
      // Once the asset is there: configurations that come later see it, and add their endpoints themselves.
      const configurations = (await configurationsOf(groupId)).map(packagingOf);
      await store.reserve(
        id,
        configurations.map(({ Id }) => Id),
      );
      await submit(requestOfVodAsset(item), { id: groupId, egress: 'embedded', configurations }).catch(
        async (error: unknown) => {
          // After anything but a refusal the job may be stored: then the asset stays, and the same request goes on.
          if (!existing && isRefusal(error)) await store.discard(id);
          throw error;
        },
      );
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
      const item = await find(id);
      const added = (await configurationsOf(item.groupId)).flatMap((configuration) => [
        jobIdOfAddedEndpoint(item, configuration),
        jobIdOfEndpoint(id, configuration.id),
      ]);
      for (const job of [jobIdOfAsset(id), ...added]) await cancel(job);
      await store.withdraw({ assetId: id });
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

/** milliseconds that a large group of assets may take to be given the endpoint of a new configuration */
const additionMs = 24 * 3600_000;

/** That of the endpoint's job. Where history has forgotten it, the catalog knows what was made; before there is one, the job that starts it. */
async function statusOf(
  jobs: VodAssetServices['jobs'],
  asset: VodItem,
  configuration: VodItem,
  playable: boolean,
): Promise<(typeof statuses)[JobStatus]> {
  const added = configuration.createdAt > asset.createdAt;
  // Jobs from before both were there are of namesakes that were deleted.
  const both = added ? configuration.createdAt : asset.createdAt;
  const status = await findJobStatus(jobs, jobIdOfEndpoint(asset.id, configuration.id), both);
  if (status !== undefined) return statuses[status];
  if (playable) return 'PLAYABLE';
  const [parent, since, patience] = added
    ? [jobIdOfAddedEndpoint(asset, configuration), configuration.createdAt, additionMs]
    : [jobIdOfAsset(asset.id), asset.createdAt, creationMs];
  const parentStatus = await findJobStatus(jobs, parent, since);
  const waits = parentStatus === undefined ? Date.now() - since.getTime() < patience : isOpen(parentStatus);
  return waits ? 'QUEUED' : 'FAILED';
}

function packagingOf({ body }: VodItem): PackagingConfiguration {
  return body as unknown as PackagingConfiguration;
}

/** The manifest that a player opens: the first, as in MediaPackage. */
function entryOf({ HlsPackage, CmafPackage, DashPackage, MssPackage }: PackagingConfiguration): string {
  const hls = HlsPackage ?? CmafPackage;
  if (hls) return `${hls.HlsManifests[0]?.ManifestName ?? 'index'}.m3u8`;
  if (DashPackage) return `${DashPackage.DashManifests[0]?.ManifestName ?? 'index'}.mpd`;
  return `${MssPackage?.MssManifests[0]?.ManifestName ?? 'index'}.ism/Manifest`;
}
