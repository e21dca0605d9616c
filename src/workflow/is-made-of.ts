import { jobIdOfAsset } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import type { AssetCatalog } from '../status/asset-catalog.js';
import type { AssetInput } from './package-asset.js';
import type { Jobs } from './jobs.js';

export interface MadeOfServices {
  readonly catalog: Pick<AssetCatalog, 'findAsset'>;
  readonly jobs: Pick<Jobs, 'show'>;
}

/** Is the asset made of this source, or is there a job that would make it so? */
export async function isMadeOf({ catalog, jobs }: MadeOfServices, assetId: string, source: string): Promise<boolean> {
  if ((await catalog.findAsset(assetId))?.request.source === source) return true;
  try {
    const { input } = await jobs.show(jobIdOfAsset(assetId));
    return (input as AssetInput).request.source === source;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return false;
    throw error;
  }
}
