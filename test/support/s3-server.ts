import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Error } from './s3-error.js';
import { getObject, listObjects, md5, putObject, type S3Request, type StandInObject } from './s3-objects.js';
import { readPayload, type Payload } from './s3-payload.js';
import { checkSignature } from './s3-signature.js';
import { multipartUploads, type StandInUpload } from './s3-uploads.js';
import { sendError, sendXml } from './s3-xml.js';

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
  const multipart = multipartUploads(uploads, pageSize);
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
        return multipart.create(request, response);
      case 'PUT uploadId':
        if (request.headers['x-amz-copy-source'] !== undefined)
          return multipart.copyPart(request, () => copySource(request).object, response);
        return multipart.putPart(request, payload, response);
      case 'POST uploadId':
        return multipart.complete(request, objects, payload, response);
      case 'DELETE uploadId':
        return multipart.abort(request, response);
      default:
        throw new S3Error(501, 'NotImplemented', `${route} is not implemented`);
    }
  }

  function bucketRequest(request: S3Request, response: ServerResponse): void {
    const { method, bucket, query, headers } = request;
    if (method === 'PUT') {
      if (!buckets.has(bucket)) buckets.set(bucket, new Map());
      return void response.writeHead(200, { location: `/${bucket}` }).end();
    }
    const objects = bucketOf(bucket);
    if (method === 'HEAD') return void response.writeHead(200).end();
    if (method === 'GET' && query.has('uploads')) return multipart.list(request, response);
    if (method === 'GET' && query.get('list-type') === '2') return listObjects(request, objects, pageSize, response);
    throw new S3Error(501, 'NotImplemented', `${method} of a bucket with ${headers.host} is not implemented`);
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

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return Object.assign(state, { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
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
