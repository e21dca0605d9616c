import { z } from 'zod';

/** Letters, digits, `_`, `-`: MediaPackage VOD's rule for ids of assets, groups and configurations. */
export const identifierSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,256}$/, 'letters, digits, _ and - are allowed, 1 to 256 of them');

/** A source that is to become an asset of a packaging group. The business key is `id`. */
export interface AssetRequest {
  readonly id: string;
  readonly packagingGroupId: string;
  /** `s3://bucket/key`, `https://...`, `file:///...` or an absolute path */
  readonly source: string;
  /** The role that reads the source, where AWS does; kept for the MediaPackage adapter. */
  readonly sourceRoleArn?: string;
  readonly destination: Destination;
}

/** Where the asset's endpoints go: `<path>/<asset id>/<configuration id>/...` in the bucket. */
export interface Destination {
  /** absent: the storage of the settings */
  readonly bucket?: string;
  /** key prefix without leading or trailing slash; may be empty */
  readonly path: string;
}

export function jobIdOfAsset(assetId: string): string {
  return `asset:${assetId}`;
}

export function jobIdOfEndpoint(assetId: string, configurationId: string): string {
  return `asset:${assetId}:${configurationId}`;
}

/** Key prefix of an endpoint, without trailing slash. Same layout as packaged-vod-downloader: `Path/Id/ConfigurationId`. */
export function endpointPrefix(request: Pick<AssetRequest, 'id' | 'destination'>, configurationId: string): string {
  return [request.destination.path, request.id, configurationId].filter((part) => part !== '').join('/');
}
