import { endpointPrefix, type AssetRequest } from '../../../domain/asset.js';
import type { ObjectStore } from '../../../storage/object-store.js';
import { ownFolder } from '../../../transfer/harvest/destination.js';
import type { HarvestResult } from '../../../transfer/harvest/harvest-result.js';
import { standingMirror } from '../../../transfer/harvest/standing.js';
import type { EndpointResult } from '../egress.js';
import type { ManagedEndpoint, PreparedEndpoint } from '../managed-egress.js';

export type OpenStore = (bucket: string | undefined) => ObjectStore;

/**
 * What earlier runs left of an asset's endpoints in storage.
 * @throws Failure destination_occupied when one of their folders is somebody else's
 */
export async function endpointsInPlace(
  openStore: OpenStore,
  request: AssetRequest,
  { configurationIds, signal }: { configurationIds: readonly string[]; signal: AbortSignal | undefined },
): Promise<PreparedEndpoint[]> {
  const found: PreparedEndpoint[] = [];
  for (const configurationId of configurationIds) {
    const folder = endpointPrefix(request, configurationId);
    const subject = subjectOf({ assetId: request.id, configurationId });
    const at = { store: openStore(request.destination.bucket), folder };
    const mirror = await standingMirror({ at, subject }, signal);
    found.push({ configurationId, ...(mirror && { standing: endpointResult(mirror) }) });
  }
  return found;
}

/** @throws Failure destination_occupied when the endpoint's folder is somebody else's */
export async function refuseForeignFolder(
  openStore: OpenStore,
  endpoint: ManagedEndpoint & { readonly bucket?: string; readonly destination: string },
): Promise<void> {
  const at = { store: openStore(endpoint.bucket), folder: endpoint.destination };
  await ownFolder({ at, subject: subjectOf(endpoint) });
}

/** Whose folder it is. */
export function subjectOf({ assetId, configurationId }: ManagedEndpoint): string {
  return `${assetId}/${configurationId}`;
}

export function endpointResult({ status, manifest, objects, bytes, durationMs }: HarvestResult): EndpointResult {
  return {
    status: status === 'refreshed' ? 'repaired' : status,
    manifests: [manifest],
    ...{ objects, bytes, durationMs },
  };
}
