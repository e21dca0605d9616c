import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { S3Error } from './s3-error.js';
import { checkCondition, md5, type S3Request, type StandInObject } from './s3-objects.js';
import type { Payload } from './s3-payload.js';
import { element, sendXml, xml } from './s3-xml.js';

export interface StandInUpload {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly checksum: string | undefined;
  initiated: Date;
  readonly parts: Map<number, { bytes: Buffer; etag: string; checksums: Payload['checksums'] }>;
}

/** bytes of a part that is not the last */
const minimumPart = 5 * 1024 * 1024;

/**
 * The requests about multipart uploads, over those under way.
 * @param pageSize uploads in a page of a listing
 */
export function multipartUploads(uploads: Map<string, StandInUpload>, pageSize: number) {
  function uploadOf({ bucket, key, query }: S3Request): StandInUpload {
    const found = uploads.get(query.get('uploadId') ?? '');
    if (!found || found.bucket !== bucket || found.key !== key)
      throw new S3Error(404, 'NoSuchUpload', 'The specified upload does not exist.');
    return found;
  }

  function createUpload({ bucket, key, headers }: S3Request, response: ServerResponse): void {
    const id = randomBytes(12).toString('hex');
    const algorithm = headers['x-amz-checksum-algorithm'];
    uploads.set(id, {
      bucket,
      key,
      contentType: headers['content-type'] ?? 'binary/octet-stream',
      checksum: typeof algorithm === 'string' ? `x-amz-checksum-${algorithm.toLowerCase()}` : undefined,
      initiated: new Date(),
      parts: new Map(),
    });
    sendXml(response, 'InitiateMultipartUploadResult', [
      `<Bucket>${bucket}</Bucket><Key>${xml(key)}</Key><UploadId>${id}</UploadId>`,
    ]);
  }

  function putPart(request: S3Request, { bytes, checksums }: Payload, response: ServerResponse): void {
    const upload = uploadOf(request);
    const number = Number(request.query.get('partNumber'));
    if (!(Number.isInteger(number) && number >= 1 && number <= 10_000))
      throw new S3Error(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    if (upload.checksum && checksums[upload.checksum] === undefined)
      throw new S3Error(400, 'InvalidRequest', `Checksum Type mismatch occurred, expected ${upload.checksum}`);
    const etag = `"${md5(bytes)}"`;
    upload.parts.set(number, { bytes, etag, checksums });
    response.writeHead(200, { etag, ...checksums }).end();
  }

  function copyPart(request: S3Request, source: () => StandInObject, response: ServerResponse): void {
    const upload = uploadOf(request);
    const object = source();
    const [, first = '', last = ''] =
      /^bytes=(\d+)-(\d+)$/.exec(String(request.headers['x-amz-copy-source-range'])) ?? [];
    if (first === '' || Number(first) > Number(last) || Number(last) >= object.bytes.length)
      throw new S3Error(
        400,
        'InvalidArgument',
        `Range specified is not valid for source object of size: ${object.bytes.length}`,
      );
    const bytes = object.bytes.subarray(Number(first), Number(last) + 1);
    const etag = `"${md5(bytes)}"`;
    upload.parts.set(Number(request.query.get('partNumber')), { bytes, etag, checksums: {} });
    sendXml(response, 'CopyPartResult', [
      `<ETag>${xml(etag)}</ETag><LastModified>${object.modified.toISOString()}</LastModified>`,
    ]);
  }

  function completeUpload(
    request: S3Request,
    objects: Map<string, StandInObject>,
    { bytes: body }: Payload,
    response: ServerResponse,
  ): void {
    const upload = uploadOf(request);
    const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, inner = '']) => ({
      number: Number(element(inner, 'PartNumber')),
      etag: element(inner, 'ETag')?.replaceAll('&quot;', '"') ?? '',
      crc32: element(inner, 'ChecksumCRC32'),
    }));
    if (named.length === 0) throw new S3Error(400, 'MalformedXML', 'The XML names no part');
    if (named.some(({ number }, i) => i > 0 && number <= named[i - 1]!.number))
      throw new S3Error(400, 'InvalidPartOrder', 'The list of parts was not in ascending order');
    const parts = named.map(({ number, etag, crc32 }) => {
      const part = upload.parts.get(number);
      const checksum = upload.checksum && part?.checksums[upload.checksum];
      if (!part || part.etag.replaceAll('"', '') !== etag.replaceAll('"', '') || (checksum && checksum !== crc32))
        throw new S3Error(
          400,
          'InvalidPart',
          `Part ${number} could not be found, or its entity tag or checksum does not match`,
        );
      return part;
    });
    if (parts.slice(0, -1).some(({ bytes }) => bytes.length < minimumPart))
      throw new S3Error(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    checkCondition(request, objects);
    const etag = `"${md5(Buffer.concat(parts.map((part) => Buffer.from(part.etag.slice(1, -1), 'hex'))))}-${parts.length}"`;
    const bytes = Buffer.concat(parts.map((part) => part.bytes));
    objects.set(request.key, { bytes, etag, contentType: upload.contentType, modified: new Date() });
    uploads.delete(request.query.get('uploadId') ?? '');
    sendXml(response, 'CompleteMultipartUploadResult', [
      `<Bucket>${request.bucket}</Bucket><Key>${xml(request.key)}</Key><ETag>${xml(etag)}</ETag>`,
    ]);
  }

  /** In pages, by key and then by id, as Amazon's. */
  function listUploads({ bucket, query }: S3Request, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? '';
    const place = `${query.get('key-marker') ?? ''}\n${query.get('upload-id-marker') ?? ''}`;
    const found = [...uploads]
      .filter(([, at]) => at.bucket === bucket && at.key.startsWith(prefix))
      .map(([id, { key, initiated }]) => ({ id, key, initiated, place: `${key}\n${id}` }))
      .filter((upload) => !query.has('key-marker') || upload.place > place)
      .sort((a, b) => (a.place < b.place ? -1 : 1));
    const page = found.slice(0, pageSize);
    const next = found.length > page.length ? page.at(-1) : undefined;
    sendXml(response, 'ListMultipartUploadsResult', [
      `<Bucket>${bucket}</Bucket><IsTruncated>${next !== undefined}</IsTruncated>`,
      ...(next
        ? [`<NextKeyMarker>${xml(next.key)}</NextKeyMarker><NextUploadIdMarker>${next.id}</NextUploadIdMarker>`]
        : []),
      ...page.map(
        ({ id, key, initiated }) =>
          `<Upload><Key>${xml(key)}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
      ),
    ]);
  }

  function abort(request: S3Request, response: ServerResponse): void {
    uploadOf(request);
    uploads.delete(request.query.get('uploadId') ?? '');
    response.writeHead(204).end();
  }

  return { create: createUpload, putPart, copyPart, complete: completeUpload, list: listUploads, abort };
}
