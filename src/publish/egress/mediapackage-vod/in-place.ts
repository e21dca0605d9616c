import { endpointPrefix, type AssetRequest } from '../../../domain/asset.js';
import type { ObjectStore } from '../../../storage/object-store.js';
import { ownFolder, type MirrorFolder } from '../../../transfer/harvest/destination.js';
import type { HarvestResult } from '../../../transfer/harvest/harvest-result.js';
import { hasStood } from '../../../transfer/harvest/standing.js';
import type { EndpointJob, EndpointResult } from '../egress.js';
import type { EndpointInPlace, ManagedEndpoint } from '../managed-egress.js';

export type OpenStore = (bucket: string | undefined) => ObjectStore;

/**
 * Of which of an asset's endpoints earlier runs left something in storage.
 * @throws Failure destination_occupied when one of their folders is somebody else's
 */
export async function endpointsInPlace(
  openStore: OpenStore,
  request: AssetRequest,
  { configurationIds, signal }: { configurationIds: readonly string[]; signal: AbortSignal | undefined },
): Promise<EndpointInPlace[]> {
  const found: EndpointInPlace[] = [];
  for (const configurationId of configurationIds) {
    const { bucket } = request.destination;
    const destination = endpointPrefix(request, configurationId);
    const endpoint = { assetId: request.id, configurationId, destination, ...(bucket !== undefined && { bucket }) };
    signal?.throwIfAborted();
    found.push({ configurationId, harvested: await hasStood(folderOf(openStore, endpoint)) });
  }
  return found;
}

/** @throws Failure destination_occupied when the endpoint's folder is somebody else's */
export async function refuseForeignFolder(openStore: OpenStore, endpoint: PlacedEndpoint): Promise<void> {
  await ownFolder(folderOf(openStore, endpoint));
}

type PlacedEndpoint = ManagedEndpoint & Pick<EndpointJob, 'bucket' | 'destination'>;

export function folderOf(openStore: OpenStore, endpoint: PlacedEndpoint): Pick<MirrorFolder, 'at' | 'subject'> {
  return { at: { store: openStore(endpoint.bucket), folder: endpoint.destination }, subject: subjectOf(endpoint) };
}

/** Whose folder it is. */
function subjectOf({ assetId, configurationId }: ManagedEndpoint): string {
  return `${assetId}/${configurationId}`;
}

export function endpointResult({ status, manifest, objects, bytes, durationMs }: HarvestResult): EndpointResult {
  return {
    status: status === 'refreshed' ? 'repaired' : status,
    manifests: [manifest],
    ...{ objects, bytes, durationMs },
  };
}
