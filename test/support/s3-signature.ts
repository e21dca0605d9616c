import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from './s3-error.js';

/** AWS Signature Version 4 as S3 (API Reference, "Authenticating Requests") and other services check it, in headers and in presigned URLs. */

export interface SignedRequest {
  readonly method: string;
  /** as on the request line, percent-encoded */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** of the credential scope; default `s3` */
  readonly service?: string;
  /** hex SHA-256 of the body, where the service does not want it as a header (all but S3) */
  readonly bodyHash?: string;
}

interface Claim {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260102T030405Z` */
  readonly date: string;
  /** hex SHA-256 of the body, or one of the words that stand for it */
  readonly payloadHash: string;
}

/** milliseconds a clock may be off */
const allowedSkew = 15 * 60_000;

/**
 * Checks the signature and returns what is said of the body's hash.
 * @param secrets secret by access key id
 * @param now milliseconds
 */
export function checkSignature(request: SignedRequest, secrets: ReadonlyMap<string, string>, now: number): string {
  const presigned = request.query.has('X-Amz-Signature');
  const claim = presigned ? claimOfQuery(request, now) : claimOfHeaders(request, now);
  const secret = secrets.get(claim.accessKeyId);
  if (secret === undefined) throw new S3Error(403, 'InvalidAccessKeyId', 'The access key id is not known');
  const unsigned = Object.keys(request.headers).filter(
    (name) =>
      (name === 'host' || name.startsWith('x-amz-') || name === 'content-md5') && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0)
    throw new S3Error(403, 'AccessDenied', `Headers present which were not signed: ${unsigned.join()}`);
  const expected = signatureOf(claim, request, secret);
  const given = Buffer.from(claim.signature.padEnd(64).slice(0, 64));
  if (!timingSafeEqual(given, Buffer.from(expected))) {
    throw new S3Error(403, 'SignatureDoesNotMatch', 'The signature does not match the one calculated here');
  }
  return claim.payloadHash;
}

function claimOfHeaders({ headers, bodyHash }: SignedRequest, now: number): Claim {
  const authorization = headers.authorization;
  if (authorization === undefined) throw new S3Error(403, 'AccessDenied', 'Access Denied');
  const [, accessKeyId, scope, signedHeaders, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+?), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    ) ?? [];
  const date = headers['x-amz-date'];
  const payloadHash = bodyHash ?? headers['x-amz-content-sha256'];
  if (!accessKeyId || !scope || !signedHeaders || !signature || typeof date !== 'string')
    throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed');
  if (typeof payloadHash !== 'string') throw new S3Error(400, 'InvalidRequest', 'Missing x-amz-content-sha256');
  if (Math.abs(timeOf(date) - now) > allowedSkew)
    throw new S3Error(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large',
    );
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature, date, payloadHash };
}

function claimOfQuery({ query, method }: SignedRequest, now: number): Claim {
  const field = (name: string): string => query.get(`X-Amz-${name}`) ?? '';
  const [accessKeyId = '', ...scope] = field('Credential').split('/');
  const expires = Number(field('Expires'));
  if (field('Algorithm') !== 'AWS4-HMAC-SHA256' || !(expires >= 1 && expires <= 604_800) || scope.length !== 4)
    throw new S3Error(400, 'AuthorizationQueryParametersError', 'The query parameters of the signature are malformed');
  const start = timeOf(field('Date'));
  if (start - now > allowedSkew) throw new S3Error(403, 'AccessDenied', 'Request is not valid yet');
  if (now > start + expires * 1000) throw new S3Error(403, 'AccessDenied', 'Request has expired');
  return {
    accessKeyId,
    scope: scope.join('/'),
    signedHeaders: field('SignedHeaders').split(';'),
    signature: field('Signature'),
    date: field('Date'),
    payloadHash: method === 'PUT' ? (query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD') : 'UNSIGNED-PAYLOAD',
  };
}

function signatureOf(
  claim: Claim,
  { method, path, query, headers, service: expected = 's3' }: SignedRequest,
  secret: string,
): string {
  const canonical = [
    method,
    path
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    [...query]
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...claim.signedHeaders.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    claim.signedHeaders.join(';'),
    claim.payloadHash,
  ].join('\n');
  const [day = '', region = '', service = '', end = ''] = claim.scope.split('/');
  if (service !== expected || end !== 'aws4_request' || !claim.date.startsWith(day))
    throw new S3Error(400, 'AuthorizationHeaderMalformed', 'The credential scope is malformed');
  const key = [day, region, service, end].reduce<string | Buffer>((sofar, part) => hmac(sofar, part), `AWS4${secret}`);
  const hash = createHash('sha256').update(canonical).digest('hex');
  return hmac(key, ['AWS4-HMAC-SHA256', claim.date, claim.scope, hash].join('\n')).toString('hex');
}

function timeOf(date: string): number {
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(time)) throw new S3Error(403, 'AccessDenied', 'The date of the signature is malformed');
  return time;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** RFC 3986's unreserved characters stay. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
