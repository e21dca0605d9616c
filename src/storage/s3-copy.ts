import type { CompletedPart } from '@aws-sdk/client-s3';
import { withMultipartUpload, type S3Target, type Upload } from './s3-upload.js';

/**
 * Copying inside a bucket, without the bytes coming here. CopyObject takes objects up to 5 GiB; larger ones are copied in ranges
 * (UploadPartCopy), under the condition that the object stays what it was.
 */

/** bytes that one CopyObject takes, https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const largestWholeCopy = 5 * 1024 ** 3;
/** bytes of a range; S3 takes 5 MiB to 5 GiB, and 10 000 of them: more than its largest object */
const largestRange = 1024 ** 3;
/** Ranges under way at once. */
const rangeConcurrency = 4;

export interface S3CopySource {
  /** the whole key, prefix included */
  readonly key: string;
  /** bytes */
  readonly size: number;
  readonly etag: string | undefined;
  readonly contentType: string | undefined;
}

/** @param wholeUpTo bytes that the server copies in one request */
export async function copyObject(target: S3Target, source: S3CopySource, wholeUpTo: number): Promise<void> {
  const { sdk, client, bucket, key } = target;
  const CopySource = [bucket, ...source.key.split('/')].map(encodeURIComponent).join('/');
  if (source.size <= wholeUpTo) {
    await client.send(new sdk.CopyObjectCommand({ Bucket: bucket, Key: key, CopySource }));
    return;
  }
  const unchanged = { CopySource, ...(source.etag !== undefined && { CopySourceIfMatch: source.etag }) };
  const facts = source.contentType === undefined ? {} : { ContentType: source.contentType };
  await withMultipartUpload(target, facts, undefined, (upload) =>
    copyRanges(target, upload, unchanged, rangesOf(source.size, Math.min(largestRange, wholeUpTo))),
  );
}

async function copyRanges(
  { sdk, client }: S3Target,
  upload: Upload,
  from: { readonly CopySource: string; readonly CopySourceIfMatch?: string },
  ranges: readonly string[],
): Promise<CompletedPart[]> {
  const parts: CompletedPart[] = [];
  const waiting = ranges.entries();
  async function copySome(): Promise<void> {
    for (const [index, CopySourceRange] of waiting) {
      const request = { ...upload, ...from, CopySourceRange, PartNumber: index + 1 };
      const { CopyPartResult } = await client.send(new sdk.UploadPartCopyCommand(request));
      parts[index] = { PartNumber: index + 1, ETag: CopyPartResult?.ETag };
    }
  }
  const workers = Array.from({ length: rangeConcurrency }, copySome);
  try {
    await Promise.all(workers);
  } finally {
    await Promise.allSettled(workers); // a part that arrives after the abort would stay behind
  }
  return parts;
}

/** As UploadPartCopy wants them: `bytes=first-last`. */
function rangesOf(size: number, step: number): string[] {
  const ranges: string[] = [];
  for (let start = 0; start < size; start += step) ranges.push(`bytes=${start}-${Math.min(start + step, size) - 1}`);
  return ranges;
}
