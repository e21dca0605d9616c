import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from './s3-error.js';
import { crc32Of, type Payload } from './s3-payload.js';
import { sendXml, xml } from './s3-xml.js';

export interface StandInObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly contentType: string;
  readonly modified: Date;
  /** of the whole object; absent after a multipart upload, whose checksum is one of checksums */
  readonly crc32?: string;
}

export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export function putObject(
  request: S3Request,
  objects: Map<string, StandInObject>,
  { bytes, checksums }: Payload,
  response: ServerResponse,
): void {
  const { 'content-length': length, 'x-amz-decoded-content-length': decodedLength } = request.headers;
  if (length === undefined && decodedLength === undefined)
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  checkCondition(request, objects);
  const etag = `"${md5(bytes)}"`;
  const contentType = request.headers['content-type'] ?? 'binary/octet-stream';
  objects.set(request.key, { bytes, etag, contentType, modified: new Date(), crc32: crc32Of(bytes) });
  response.writeHead(200, { etag, ...checksums }).end();
}

export function checkCondition({ key, headers }: S3Request, objects: ReadonlyMap<string, StandInObject>): void {
  const absent = headers['if-none-match'];
  const match = headers['if-match'];
  if (absent !== undefined && absent !== '*')
    throw new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
  const existing = objects.get(key);
  if ((absent === '*' && existing) || (match !== undefined && match !== existing?.etag))
    throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

export function getObject(
  { method, key, headers }: S3Request,
  objects: ReadonlyMap<string, StandInObject>,
  response: ServerResponse,
): void {
  const object = objects.get(key);
  if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
  const size = object.bytes.length;
  const facts: Record<string, string> = {
    etag: object.etag,
    'content-type': object.contentType,
    'last-modified': object.modified.toUTCString(),
    'accept-ranges': 'bytes',
  };
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (from === '' && to === '') {
    if (headers['x-amz-checksum-mode'] === 'ENABLED' && object.crc32) facts['x-amz-checksum-crc32'] = object.crc32;
    response.writeHead(200, { ...facts, 'content-length': String(size) });
    return void response.end(method === 'HEAD' ? undefined : object.bytes);
  }
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size || end < start) {
    throw new S3Error(416, 'InvalidRange', 'The requested range is not satisfiable', {
      'content-range': `bytes */${size}`,
    });
  }
  const range = { 'content-range': `bytes ${start}-${end}/${size}`, 'content-length': String(end - start + 1) };
  response.writeHead(206, { ...facts, ...range });
  response.end(method === 'HEAD' ? undefined : object.bytes.subarray(start, end + 1));
}

/** @param pageSize objects in a page, at most */
export function listObjects(
  { bucket, query }: S3Request,
  objects: ReadonlyMap<string, StandInObject>,
  pageSize: number,
  response: ServerResponse,
): void {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const size = Math.min(Number(query.get('max-keys') ?? 1000), pageSize);
  const delimiter = query.get('delimiter') ?? '';
  const cut = (key: string) => (delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length));
  // A folder counts once, in place of all that is in it.
  const entries = new Set(
    [...objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => (cut(key) < 0 ? key : key.slice(0, cut(key) + delimiter.length))),
  );
  const found = [...entries]
    .filter((entry) => after === '' || Buffer.compare(Buffer.from(entry), Buffer.from(after)) > 0)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const page = found.slice(0, size);
  const truncated = found.length > page.length;
  const contents = page.map((entry) => {
    if (cut(entry) >= 0) return `<CommonPrefixes><Prefix>${xml(entry)}</Prefix></CommonPrefixes>`;
    const { etag, bytes, modified } = objects.get(entry)!;
    const facts = `<LastModified>${modified.toISOString()}</LastModified><ETag>${xml(etag)}</ETag><Size>${bytes.length}</Size>`;
    return `<Contents><Key>${xml(entry)}</Key>${facts}<StorageClass>STANDARD</StorageClass></Contents>`;
  });
  const next = Buffer.from(page.at(-1) ?? '').toString('base64url');
  sendXml(response, 'ListBucketResult', [
    `<Name>${bucket}</Name><Prefix>${xml(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${size}</MaxKeys>`,
    `<IsTruncated>${truncated}</IsTruncated>${truncated ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}`,
    ...contents,
  ]);
}

export const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
