/** An object of S3. Sources name it by an address, percent-encoded as URLs are; ARNs and S3 itself have its key as it is. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

/** `s3://bucket/key`, whatever characters the key has. */
export function s3Address({ bucket, key }: S3Object): string {
  return `s3://${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
}

/** @returns undefined when it is no such address, or is not percent-encoded as URLs are: with `?`, `#` or a `%` that stands for itself */
export function readS3Address(address: string): S3Object | undefined {
  const [, bucket, path] = /^s3:\/\/([^/?#]+)\/([^?#]+)$/i.exec(address) ?? [];
  if (bucket === undefined || path === undefined) return undefined;
  try {
    return { bucket, key: decodeURIComponent(path) };
  } catch {
    return undefined;
  }
}

/** @returns undefined when it is no `arn:aws:s3:::bucket/key`, of any partition */
export function readS3Arn(arn: string): S3Object | undefined {
  const [, bucket, key] = /^arn:aws[a-z-]*:s3:::([^/]+)\/(.+)$/s.exec(arn) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

export function s3Arn({ bucket, key }: S3Object, partition = 'aws'): string {
  return `arn:${partition}:s3:::${bucket}/${key}`;
}
