import { z } from 'zod';

/** Letters, digits, `_`, `-`: MediaPackage VOD's rule for ids of assets, groups and configurations. */
export const identifierSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,256}$/, 'letters, digits, _ and - are allowed, 1 to 256 of them');

/** A source that is to become an asset of a packaging group. The business key is `id`. */
export const assetRequestSchema = z.object({
  id: identifierSchema,
  packagingGroupId: identifierSchema,
  /** `s3://bucket/key`, `https://...`, `file:///...` or an absolute path */
  source: z.string(),
  /** The role that reads the source: MediaPackage assumes it, and the embedded packager does when REELWAY_SOURCE_ROLES lists it. */
  sourceRoleArn: z.string().optional(),
  /** Where the asset's endpoints go: `<path>/<asset id>/<configuration id>/...` in the bucket. */
  destination: z.object({
    /** absent: the storage of the settings */
    bucket: z.string().optional(),
    /** key prefix without leading or trailing slash; may be empty */
    path: z.string(),
  }),
});

export type AssetRequest = z.infer<typeof assetRequestSchema>;

export function jobIdOfAsset(assetId: string): string {
  return `asset:${assetId}`;
}

export function jobIdOfEndpoint(assetId: string, configurationId: string): string {
  return `asset:${assetId}:${configurationId}`;
}

interface Created {
  readonly id: string;
  readonly createdAt: Date;
}

/**
 * The job that gives an asset the endpoint of a configuration that its packaging group got later. By when both were there: either, made anew under its id,
 * is another one.
 */
export function jobIdOfAddedEndpoint(asset: Created, configuration: Created): string {
  return `asset:${asset.id}+${configuration.id}#${Math.max(Number(asset.createdAt), Number(configuration.createdAt))}`;
}

/** Key prefix of an endpoint, without trailing slash. Same layout as packaged-vod-downloader: `Path/Id/ConfigurationId`. */
export function endpointPrefix(request: Pick<AssetRequest, 'id' | 'destination'>, configurationId: string): string {
  return [request.destination.path, request.id, configurationId].filter((part) => part !== '').join('/');
}
