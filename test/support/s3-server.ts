import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Error } from './s3-error.js';
import { crc32Of, readPayload, type Payload } from './s3-payload.js';
import { checkSignature } from './s3-signature.js';

/**
 * A stand-in for Amazon S3 on 127.0.0.1 that enforces its rules, so that what works here works there: signatures, checksums of bodies,
 * conditional writes, multipart uploads with their minimum sizes, listing in pages, ranges, copies, and errors as XML. Path-style only, in memory.
 */
export interface S3Server {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Temporary credentials that it takes, too, by access key id: only with their token. */
  readonly sessions: Map<string, { readonly secretAccessKey: string; readonly sessionToken: string }>;
  readonly buckets: Map<string, Map<string, StandInObject>>;
  /** Multipart uploads under way, by id. */
  readonly uploads: Map<string, StandInUpload>;
  /** `PUT bucket/key?query names`, in the order they came */
  readonly requests: string[];
  /** Set by a test: what goes wrong instead of an answer. */
  fault: ((request: S3Request) => Fault | undefined) | undefined;
  /** milliseconds that its clock is ahead of the machine's */
  clockAhead: number;
  stop(): Promise<void>;
}

export interface StandInObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly contentType: string;
  readonly modified: Date;
  /** of the whole object; absent after a multipart upload, whose checksum is one of checksums */
  readonly crc32?: string;
}

export interface StandInUpload {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly checksum: string | undefined;
  initiated: Date;
  readonly parts: Map<number, { bytes: Buffer; etag: string; checksums: Payload['checksums'] }>;
}

export interface S3Request {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export type Fault =
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string;
      readonly headers?: Record<string, string>;
    }
  /** The connection ends, before the request's body is read or after so many bytes of the answer. */
  | { readonly kind: 'cut'; readonly afterBytes?: number }
  /** No answer, ever. */
  | { readonly kind: 'silence' }
  /** All is well, only late. */
  | { readonly kind: 'late'; readonly milliseconds: number };

/** bytes of a part that is not the last */
const minimumPart = 5 * 1024 * 1024;

export interface S3ServerOptions {
  /** objects in a page of a listing */
  readonly pageSize?: number;
  /** bytes that CopyObject takes; S3: 5 GiB */
  readonly largestCopy?: number;
}

export async function startS3Server({
  pageSize = 1000,
  largestCopy = 5 * 1024 ** 3,
}: S3ServerOptions = {}): Promise<S3Server> {
  const credentials = { accessKeyId: 'TESTKEY', secretAccessKey: randomBytes(16).toString('hex') };
  const buckets: S3Server['buckets'] = new Map();
  const uploads: S3Server['uploads'] = new Map();
  const server = createServer((request, response) => void handle(request, response));
  server.on('checkContinue', (request, response) => void handle(request, response));

  const state: S3Server = {
    endpoint: '',
    credentials,
    sessions: new Map(),
    buckets,
    uploads,
    requests: [],
    fault: undefined,
    clockAhead: 0,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const method = request.method ?? 'GET';
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const asked: S3Request = { method, bucket, key, query: url.searchParams, headers: request.headers };
    state.requests.push(`${method} ${bucket}/${key}?${[...url.searchParams.keys()].join('&')}`);
    try {
      const fault = state.fault?.(asked);
      if (fault?.kind === 'cut' || fault?.kind === 'silence') return breakOff(request, response, fault);
      if (fault?.kind === 'error') throw new S3Error(fault.status, fault.code, 'A test asked for this', fault.headers);
      const signed = { method, path: url.pathname, query: url.searchParams, headers: request.headers };
      const payloadHash = checkSignature(signed, secretsFor(request), Date.now() + state.clockAhead);
      if (request.headers.expect === '100-continue') response.writeContinue();
      const payload = await readPayload(request, payloadHash);
      if (fault) await sleep(fault.milliseconds);
      answer(asked, payload, response);
    } catch (error) {
      sendError(asked, error, response);
    }
  }

  function secretsFor({ headers }: IncomingMessage): ReadonlyMap<string, string> {
    const sessions = [...state.sessions]
      .filter(([, { sessionToken }]) => headers['x-amz-security-token'] === sessionToken)
      .map(([id, { secretAccessKey }]) => [id, secretAccessKey] as const);
    return new Map([[credentials.accessKeyId, credentials.secretAccessKey] as const, ...sessions]);
  }

  function answer(request: S3Request, payload: Payload, response: ServerResponse): void {
    const { method, bucket, key, query } = request;
    if (key === '') return bucketRequest(request, response);
    const objects = bucketOf(bucket);
    const route = `${method}${query.has('uploads') ? ' uploads' : query.has('uploadId') ? ' uploadId' : ''}`;
    switch (route) {
      case 'PUT':
        if (request.headers['x-amz-copy-source'] !== undefined) return copyObject(request, objects, response);
        return putObject(request, objects, payload, response);
      case 'GET':
      case 'HEAD':
        return getObject(request, objects, response);
      case 'DELETE':
        objects.delete(key);
        return void response.writeHead(204).end();
      case 'POST uploads':
        return createUpload(request, response);
      case 'PUT uploadId':
        if (request.headers['x-amz-copy-source'] !== undefined) return copyPart(request, response);
        return putPart(request, payload, response);
      case 'POST uploadId':
        return completeUpload(request, objects, payload, response);
      case 'DELETE uploadId':
        uploadOf(request);
        uploads.delete(query.get('uploadId') ?? '');
        return void response.writeHead(204).end();
      default:
        throw new S3Error(501, 'NotImplemented', `${route} is not implemented`);
    }
  }

  function bucketRequest({ method, bucket, query, headers }: S3Request, response: ServerResponse): void {
    if (method === 'PUT') {
      if (!buckets.has(bucket)) buckets.set(bucket, new Map());
      return void response.writeHead(200, { location: `/${bucket}` }).end();
    }
    const objects = bucketOf(bucket);
    if (method === 'HEAD') return void response.writeHead(200).end();
    if (method === 'GET' && query.has('uploads')) return listUploads(bucket, query, response);
    if (method === 'GET' && query.get('list-type') === '2') return listObjects(bucket, objects, query, response);
    throw new S3Error(501, 'NotImplemented', `${method} of a bucket with ${headers.host} is not implemented`);
  }

  function listObjects(
    bucket: string,
    objects: ReadonlyMap<string, StandInObject>,
    query: URLSearchParams,
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

  /** In pages, by key and then by id, as Amazon's. */
  function listUploads(bucket: string, query: URLSearchParams, response: ServerResponse): void {
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

  function copySource({ headers }: S3Request): { bucket: string; key: string; object: StandInObject } {
    const source = decodeURIComponent(String(headers['x-amz-copy-source'])).replace(/^\//, '');
    const [bucket = '', ...rest] = source.split('/');
    const key = rest.join('/');
    const object = bucketOf(bucket).get(key);
    if (!object) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
    const match = headers['x-amz-copy-source-if-match'];
    if (match !== undefined && match !== object.etag)
      throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    return { bucket, key, object };
  }

  function copyPart(request: S3Request, response: ServerResponse): void {
    const upload = uploadOf(request);
    const { object } = copySource(request);
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

  function copyObject(request: S3Request, objects: Map<string, StandInObject>, response: ServerResponse): void {
    const { bucket, key, object: found } = copySource(request);
    if (found.bytes.length > largestCopy)
      throw new S3Error(400, 'InvalidRequest', 'The specified copy source is larger than the maximum allowable size');
    if (bucket === request.bucket && key === request.key && request.headers['x-amz-metadata-directive'] !== 'REPLACE')
      throw new S3Error(
        400,
        'InvalidRequest',
        'This copy request is illegal because it is trying to copy an object to itself',
      );
    const modified = new Date();
    objects.set(request.key, { ...found, etag: `"${md5(found.bytes)}"`, modified });
    sendXml(response, 'CopyObjectResult', [
      `<ETag>"${md5(found.bytes)}"</ETag><LastModified>${modified.toISOString()}</LastModified>`,
    ]);
  }

  function bucketOf(name: string): Map<string, StandInObject> {
    const found = buckets.get(name);
    if (!found) throw new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
    return found;
  }

  function uploadOf({ bucket, key, query }: S3Request): StandInUpload {
    const found = uploads.get(query.get('uploadId') ?? '');
    if (!found || found.bucket !== bucket || found.key !== key)
      throw new S3Error(404, 'NoSuchUpload', 'The specified upload does not exist.');
    return found;
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(state, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function putObject(
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

function checkCondition({ key, headers }: S3Request, objects: ReadonlyMap<string, StandInObject>): void {
  const absent = headers['if-none-match'];
  const match = headers['if-match'];
  if (absent !== undefined && absent !== '*')
    throw new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
  const existing = objects.get(key);
  if ((absent === '*' && existing) || (match !== undefined && match !== existing?.etag))
    throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
}

function getObject(
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

function breakOff(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Extract<Fault, { kind: 'cut' | 'silence' }>,
): void {
  if (fault.kind === 'silence') return void request.resume();
  if (fault.afterBytes === undefined) return void request.socket.destroy();
  request.resume();
  response.writeHead(200, { 'content-length': String(fault.afterBytes * 2), etag: '"cut"' });
  response.write(Buffer.alloc(fault.afterBytes), () => request.socket.destroy());
}

function sendError({ method, bucket, key }: S3Request, error: unknown, response: ServerResponse): void {
  const problem =
    error instanceof S3Error
      ? error
      : new S3Error(500, 'InternalError', error instanceof Error ? error.message : 'unknown');
  if (response.headersSent || response.destroyed) return void response.destroy();
  response.writeHead(problem.status, { 'content-type': 'application/xml', connection: 'close', ...problem.headers });
  const body = `<Code>${problem.code}</Code><Message>${xml(problem.message)}</Message><Resource>/${xml(bucket)}/${xml(key)}</Resource>`;
  response.end(method === 'HEAD' ? undefined : `${declaration}<Error>${body}<RequestId>0</RequestId></Error>`);
}

function sendXml(response: ServerResponse, root: string, elements: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(`${declaration}<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${elements.join('')}</${root}>`);
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function element(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(text)?.[1];
}

const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');

function xml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
