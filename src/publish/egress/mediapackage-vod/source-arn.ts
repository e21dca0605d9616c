import type { AssetRequest } from '../../../domain/asset.js';
import { Failure } from '../../../domain/failure.js';
import { readS3Address, s3Arn } from '../../../domain/s3-address.js';

/**
 * The source as MediaPackage VOD names it: the ARN of an object in S3.
 * @param region decides the partition
 * @throws Failure invalid_request when the source is none, or the role that reads it is missing
 */
export function sourceOfAsset(
  { source, sourceRoleArn }: Pick<AssetRequest, 'source' | 'sourceRoleArn'>,
  region: string,
): { SourceArn: string; SourceRoleArn: string } {
  const object = readS3Address(source);
  const problems = [
    ...(object === undefined ? ['SourceArn: MediaPackage reads from S3; arn:aws:s3:::bucket/key is needed'] : []),
    ...(sourceRoleArn === undefined ? ['SourceRoleArn: MediaPackage needs a role that may read the source'] : []),
  ];
  if (object === undefined || sourceRoleArn === undefined)
    throw new Failure('invalid_request', problems.join('; '), { details: { problems } });
  return { SourceArn: s3Arn(object, partitionOf(region)), SourceRoleArn: sourceRoleArn };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Do two ARNs name the same object, whatever their partition? */
export function sameObject(a: string | undefined, b: string): boolean {
  const objectOf = (arn: string | undefined): string | undefined => arn?.split(':').slice(5).join(':');
  return objectOf(a) === objectOf(b);
}
