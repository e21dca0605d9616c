import type { DescribeAssetResponse, EgressEndpoint, PackagingGroup } from '@aws-sdk/client-mediapackage-vod';
import type { AssetRequest } from '../../../domain/asset.js';
import { Failure } from '../../../domain/failure.js';
import { harvest, type HarvestPorts } from '../../../transfer/harvest/harvest.js';
import { standingMirror } from '../../../transfer/harvest/standing.js';
import type { EndpointResult, ReportProgress } from '../egress.js';
import type {
  EndpointInPlace,
  ManagedEgress,
  ManagedEndpoint,
  ManagedEndpointJob,
  PlayableEndpoint,
} from '../managed-egress.js';
import type { AwsClients } from './aws-clients.js';
import { awsFailure, isNotFound } from './aws-failure.js';
import { cdnCredentials } from './cdn-authorization.js';
import { endpointResult, endpointsInPlace, folderOf, refuseForeignFolder, type OpenStore } from './in-place.js';
import { sameObject, sourceOfAsset } from './source-arn.js';
import { lookPauses, lookUntilReady, type Look, type LookPauses, type NotYet } from './waiting.js';

export interface MediaPackageVodOptions {
  readonly clients: AwsClients;
  readonly harvesting: HarvestPorts;
  /** The storage of the settings, or a bucket that a request names. */
  readonly openStore: OpenStore;
  readonly pauses?: LookPauses;
}

/** milliseconds; an asset that is older and tells no status is from before MediaPackage told any, and done long ago */
const statuslessAge = 24 * 3600_000;

/** Egress by AWS Elemental MediaPackage VOD: it packages just in time, we harvest what it makes. */
export function mediaPackageVod(options: MediaPackageVodOptions): ManagedEgress {
  const { clients, openStore, pauses = lookPauses } = options;

  async function describe(assetId: string, signal?: AbortSignal): Promise<DescribeAssetResponse | undefined> {
    const { sdk, client } = await connected(clients);
    try {
      return await client.send(new sdk.DescribeAssetCommand({ Id: assetId }), signal && { abortSignal: signal });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw awsFailure(error, `describe the asset "${assetId}"`, signal);
    }
  }

  async function create(request: AssetRequest, signal?: AbortSignal): Promise<DescribeAssetResponse> {
    const { sdk, client, region } = await connected(clients);
    const { id: Id, packagingGroupId: PackagingGroupId } = request;
    const command = new sdk.CreateAssetCommand({ Id, PackagingGroupId, ...sourceOfAsset(request, region) });
    try {
      return await client.send(command, signal && { abortSignal: signal });
    } catch (error) {
      // An earlier try that got no answer, or somebody else, may have made it.
      const made = await describe(Id, signal).catch(() => undefined);
      if (made) return made;
      throw awsFailure(error, `create the asset "${Id}"`, signal);
    }
  }

  async function packagingGroup(id: string, signal?: AbortSignal): Promise<PackagingGroup> {
    const { sdk, client } = await connected(clients);
    try {
      return await client.send(new sdk.DescribePackagingGroupCommand({ Id: id }), signal && { abortSignal: signal });
    } catch (error) {
      throw awsFailure(error, `describe the packaging group "${id}"`, signal);
    }
  }

  /** Before an asset is created that is in storage already, or whose place is taken. */
  async function lookInPlace(request: AssetRequest, signal?: AbortSignal): Promise<EndpointInPlace[]> {
    const configurationIds = await configurationsOf(request.packagingGroupId, signal).catch((error: unknown) => {
      // The right to list them is not needed otherwise; what else is wrong with the group, its creation tells.
      if (error instanceof Failure && error.code === 'mediapackage_refused') return [];
      throw error;
    });
    return endpointsInPlace(openStore, request, { configurationIds, signal });
  }

  async function configurationsOf(PackagingGroupId: string, signal?: AbortSignal): Promise<string[]> {
    const { sdk, client } = await connected(clients);
    const ids: string[] = [];
    try {
      const http = signal && { abortSignal: signal };
      for await (const page of sdk.paginateListPackagingConfigurations({ client }, { PackagingGroupId }, http))
        ids.push(...(page.PackagingConfigurations ?? []).flatMap(({ Id }) => Id ?? []));
      return ids;
    } catch (error) {
      throw awsFailure(error, `list the configurations of the packaging group "${PackagingGroupId}"`, signal);
    }
  }

  return {
    findInPlace: async (request, signal) => ((await describe(request.id, signal)) ? [] : lookInPlace(request, signal)),

    async prepare(request, inPlace, signal) {
      const { region } = await connected(clients);
      const { SourceArn } = sourceOfAsset(request, region);
      const existing = await describe(request.id, signal);
      const left = existing ? [] : inPlace;
      if (left.length > 0 && left.every(({ standing }) => standing)) return left;
      const asset = existing ?? (await create(request, signal));
      refuseOtherAsset(asset, request, SourceArn);
      const ids = (asset.EgressEndpoints ?? []).flatMap((endpoint) => endpoint.PackagingConfigurationId ?? []);
      if (ids.length > 0)
        return ids.map((id) => left.find((each) => each.configurationId === id) ?? { configurationId: id });
      throw new Failure(
        'mediapackage_refused',
        `The asset "${request.id}" has no endpoints: its packaging group "${request.packagingGroupId}" has no packaging configurations.`,
      );
    },

    async waitUntilPlayable(endpoint, signal) {
      await refuseForeignFolder(openStore, endpoint);
      const look = async () => lookAt(await describe(endpoint.assetId, signal), endpoint);
      const seen = await lookUntilReady(look, { deadline: endpoint.deadline, pauses, signal });
      if (seen.ready !== undefined) return seen.ready;
      throw neverPlayable(endpoint, seen);
    },

    async findComplete(job) {
      const { url, signal } = job;
      const mirror = await standingMirror({ ...folderOf(openStore, job), ...(url !== undefined && { url }) }, signal);
      return mirror ? endpointResult(mirror) : null;
    },

    harvest: (job, report) => harvestEndpoint(options, job, { report, packagingGroup }),
  };
}

async function connected(clients: AwsClients): ReturnType<AwsClients['mediaPackage']> {
  try {
    return await clients.mediaPackage();
  } catch (error) {
    throw awsFailure(error, 'let itself be asked');
  }
}

/** MediaPackage's assets never change: an id that stands for something else must not be harvested in this one's place. */
function refuseOtherAsset(asset: DescribeAssetResponse, request: AssetRequest, sourceArn: string): void {
  const changed = [
    ...(asset.PackagingGroupId === request.packagingGroupId
      ? []
      : [`packaging group ${asset.PackagingGroupId ?? 'none'}, asked for: ${request.packagingGroupId}`]),
    ...(sameObject(asset.SourceArn, sourceArn) ? [] : [`source ${asset.SourceArn ?? 'none'}, asked for: ${sourceArn}`]),
  ];
  if (changed.length === 0) return;
  throw new Failure(
    'conflict',
    `MediaPackage has the asset "${request.id}" with another ${changed.join('; another ')}.`,
    {
      details: { asset: request.id, changed },
    },
  );
}

function endpointOf(
  asset: DescribeAssetResponse | undefined,
  { configurationId }: ManagedEndpoint,
): EgressEndpoint | undefined {
  return asset?.EgressEndpoints?.find((endpoint) => endpoint.PackagingConfigurationId === configurationId);
}

/** @throws Failure endpoint_failed; not_found when asset or endpoint went away */
function lookAt(asset: DescribeAssetResponse | undefined, endpoint: ManagedEndpoint): Look<PlayableEndpoint> {
  const found = endpointOf(asset, endpoint);
  const { assetId, configurationId } = endpoint;
  if (!found)
    throw new Failure(
      'not_found',
      `MediaPackage has no endpoint "${configurationId}" of an asset "${assetId}" (any more).`,
    );
  const { Status: status, Url: url } = found;
  const details = { status: status ?? 'unknown', ...(url !== undefined && { url }) };
  if (status === 'FAILED')
    throw new Failure(
      'endpoint_failed',
      `MediaPackage failed to make the endpoint "${configurationId}" of "${assetId}".`,
      { details: { asset: assetId, endpoint: configurationId, ...details } },
    );
  const unready = { notYet: `it is ${status ?? 'without a status'}`, details };
  if (url === undefined || url === '') return unready;
  if (status === 'PLAYABLE') return { ready: { url, status } };
  const created = Date.parse(asset?.CreatedAt ?? '');
  const old = Number.isNaN(created) || Date.now() - created > statuslessAge;
  return status === undefined && old ? { ready: { url, status } } : unready;
}

function neverPlayable({ assetId, configurationId }: ManagedEndpoint, { notYet, details }: NotYet): Failure {
  return new Failure(
    'endpoint_not_playable',
    `The endpoint "${configurationId}" of "${assetId}" did not become playable in time; ${notYet}`.replace(/\.?$/, '.'),
    { details: { asset: assetId, endpoint: configurationId, ...details } },
  );
}

interface EndpointHarvest {
  readonly report: ReportProgress;
  readonly packagingGroup: (id: string, signal?: AbortSignal) => Promise<PackagingGroup>;
}

async function harvestEndpoint(
  { clients, harvesting, openStore }: MediaPackageVodOptions,
  job: ManagedEndpointJob,
  { report, packagingGroup }: EndpointHarvest,
): Promise<EndpointResult> {
  const { url, signal } = job;
  const { at, subject } = folderOf(openStore, job);
  const result = await harvest(
    harvesting,
    {
      url,
      subject,
      ...at,
      // Read when they are needed, and again when they are refused.
      credentials: cdnCredentials(() => packagingGroup(job.packagingGroupId, signal), clients.readSecret, signal),
      ...(signal && { signal }),
    },
    ({ objectsDone, objectsTotal, bytes }) =>
      report({ segmentsDone: objectsDone, segmentsTotal: objectsTotal, bytesRead: bytes, bytesWritten: bytes }),
  );
  return endpointResult(result);
}
