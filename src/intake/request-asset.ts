import { z } from 'zod';
import { identifierSchema, type AssetRequest } from '../domain/asset.js';
import { Failure } from '../domain/failure.js';
import { readS3Address, readS3Arn, s3Address } from '../domain/s3-address.js';

/** packaged-vod-downloader's input, as its Step Functions execution takes it. */
const createAssetRequestSchema = z.strictObject({
  createAssetRequest: z.strictObject({
    Id: identifierSchema,
    PackagingGroupId: identifierSchema,
    SourceArn: z.string().min(1).max(2048),
    SourceRoleArn: z.string().max(2048).optional(),
    DestinationBucket: z.string().min(1).max(255).optional(),
    DestinationPath: z.string().max(900),
  }),
});

/** The same in Reelway's own words. */
const nativeRequestSchema = z.strictObject({
  id: identifierSchema,
  packagingGroupId: identifierSchema,
  source: z.string().min(1).max(2048),
  sourceRoleArn: z.string().max(2048).optional(),
  destination: z
    .strictObject({ bucket: z.string().min(1).max(255).optional(), path: z.string().max(900).default('') })
    .default({ path: '' }),
});

/** Bucket names: letters, digits, dots and hyphens (S3), so that one can also be a folder name. */
const bucketPattern = /^[a-zA-Z0-9][a-zA-Z0-9.-]{1,253}[a-zA-Z0-9]$/;

/**
 * Decides whether the request is work.
 * @throws Failure invalid_request naming every field that is wrong, what is allowed and what was given
 */
export function requestAsset(json: unknown): AssetRequest {
  const isPredecessors = typeof json === 'object' && json !== null && 'createAssetRequest' in json;
  const parsed = isPredecessors ? createAssetRequestSchema.safeParse(json) : nativeRequestSchema.safeParse(json);
  if (!parsed.success)
    throw invalid(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`));
  const request =
    'createAssetRequest' in parsed.data ? fromPredecessor(parsed.data.createAssetRequest) : fromNative(parsed.data);
  const problems = [...destinationProblems(request), ...sourceProblems(request.source)];
  if (problems.length > 0) throw invalid(problems);
  return request;
}

/** What of an asset that was made through MediaPackage VOD's API makes the request. */
interface VodAsset {
  readonly id: string;
  readonly groupId: string;
  /** the document, in PascalCase */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The request for it: its endpoints lie in `mediapackage-vod/<asset>/<configuration>/` of the storage. */
export function requestOfVodAsset({ id, groupId, body }: VodAsset): object {
  const { SourceArn: source, SourceRoleArn: sourceRoleArn } = body;
  return { id, packagingGroupId: groupId, source, sourceRoleArn, destination: { path: 'mediapackage-vod' } };
}

function fromPredecessor(given: z.infer<typeof createAssetRequestSchema>['createAssetRequest']): AssetRequest {
  return {
    id: given.Id,
    packagingGroupId: given.PackagingGroupId,
    source: sourceAddress(given.SourceArn),
    ...(given.SourceRoleArn !== undefined && { sourceRoleArn: given.SourceRoleArn }),
    destination: {
      ...(given.DestinationBucket !== undefined && { bucket: given.DestinationBucket }),
      path: trimSlashes(given.DestinationPath),
    },
  };
}

function fromNative(given: z.infer<typeof nativeRequestSchema>): AssetRequest {
  return {
    id: given.id,
    packagingGroupId: given.packagingGroupId,
    source: sourceAddress(given.source),
    ...(given.sourceRoleArn !== undefined && { sourceRoleArn: given.sourceRoleArn }),
    destination: {
      ...(given.destination.bucket !== undefined && { bucket: given.destination.bucket }),
      path: trimSlashes(given.destination.path),
    },
  };
}

/** Objects of S3 by one address, however they were named; everything else as it is. */
function sourceAddress(source: string): string {
  const object = readS3Arn(source) ?? readS3Address(source);
  return object ? s3Address(object) : source;
}

function trimSlashes(path: string): string {
  return path.replace(/^\/{1,900}/, '').replace(/\/{1,900}$/, '');
}

function destinationProblems({ destination }: AssetRequest): string[] {
  const problems: string[] = [];
  if (destination.bucket !== undefined && !bucketPattern.test(destination.bucket)) {
    problems.push(
      `destination bucket: 3 to 255 letters, digits, dots and hyphens are allowed; given: ${JSON.stringify(destination.bucket)}`,
    );
  }
  const parts = destination.path === '' ? [] : destination.path.split('/');
  if (
    parts.some(
      (part) => part === '' || part === '.' || part === '..' || part === '.reelway' || /[\p{Cc}\\]/u.test(part),
    )
  ) {
    problems.push(
      `destination path: parts between slashes may not be empty, ".", "..", ".reelway" or hold control characters or backslashes; given: ${JSON.stringify(destination.path)}`,
    );
  }
  return problems;
}

function sourceProblems(source: string): string[] {
  if (/^s3:\/\//.test(source) && !readS3Address(source))
    return [
      `source: an s3://bucket/key address is percent-encoded as URLs are (# is %23, ? is %3F, % is %25); given: ${JSON.stringify(source)}`,
    ];
  if (/^(s3|https?|file):\/\//.test(source) || source.startsWith('/')) return [];
  return [
    `source: an S3 ARN, s3://, https:// or file:// address or an absolute path is allowed; given: ${JSON.stringify(source)}`,
  ];
}

function invalid(problems: readonly string[]): Failure {
  return new Failure('invalid_request', problems.join('; '), { details: { problems } });
}
