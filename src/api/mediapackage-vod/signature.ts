import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from './service-error.js';

/** AWS Signature Version 4 in the Authorization header (AWS General Reference, "Signing AWS API requests"). */

export interface SignedRequest {
  readonly method: string;
  /** path and query as on the request line */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** Who may sign. */
export interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** milliseconds that a client's clock may be off */
const allowedSkew = 5 * 60_000;
const service = 'mediapackage-vod';
/** Headers that decide what a request means; a signature that leaves them out covers too little. */
const mustBeSigned = ['host', 'x-amz-date'];

/**
 * @param now milliseconds
 * @returns the access key id
 * @throws ServiceError 403 that says what is wrong, and not what would be right
 */
export function checkSignature(request: SignedRequest, keys: readonly AwsKey[], now = Date.now()): string {
  const claim = readClaim(request);
  const key = keys.find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (!key)
    throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const time = timeOf(claim.date);
  if (Number.isNaN(time) || Math.abs(time - now) > allowedSkew)
    throw new ServiceError(
      'InvalidSignatureException',
      'The date of the signature is too far from the time of the server.',
    );
  const expected = Buffer.from(signatureOf(claim, request, key.secretAccessKey));
  const given = Buffer.from(claim.signature);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return key.accessKeyId;
  throw new ServiceError(
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided. Check your secret access key and signing method.',
  );
}

interface Claim {
  readonly accessKeyId: string;
  /** date, region, service, `aws4_request` */
  readonly scope: readonly [string, string, string, string];
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260102T030405Z` */
  readonly date: string;
}

const authorizationForm =
  /^AWS4-HMAC-SHA256 Credential=([\w+=,.@-]{1,128})\/(\d{8})\/([a-z0-9-]{1,40})\/([a-z0-9-]{1,40})\/aws4_request, ?SignedHeaders=([a-z0-9;-]{1,2000}), ?Signature=([0-9a-f]{64})$/;

function readClaim({ headers }: SignedRequest): Claim {
  if (headers.authorization === undefined)
    throw new ServiceError('MissingAuthenticationTokenException', 'The request is not signed.');
  const [, accessKeyId, day, region, signedService, signedHeaders, signature] =
    authorizationForm.exec(headers.authorization) ?? [];
  const date = headers['x-amz-date'];
  if (!accessKeyId || !day || !region || !signedHeaders || !signature || typeof date !== 'string')
    throw new ServiceError(
      'IncompleteSignatureException',
      'The Authorization header is not one of Signature Version 4.',
    );
  if (signedService !== service || !date.startsWith(day))
    throw new ServiceError(
      'InvalidSignatureException',
      `The credential must be scoped to the service ${service} and to its date.`,
    );
  const names = signedHeaders.split(';');
  if (mustBeSigned.some((name) => !names.includes(name)))
    throw new ServiceError('InvalidSignatureException', `The headers ${mustBeSigned.join(' and ')} must be signed.`);
  return { accessKeyId, scope: [day, region, service, 'aws4_request'], signedHeaders: names, signature, date };
}

function signatureOf(claim: Claim, { method, url, headers, body }: SignedRequest, secret: string): string {
  const [path = '', query = ''] = splitOnce(url, '?');
  const canonical = [
    method,
    // Services other than S3 sign the path encoded once more.
    path.split('/').map(encode).join('/'),
    canonicalQuery(query),
    ...claim.signedHeaders.map(
      (name) =>
        `${name}:${String(headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    claim.signedHeaders.join(';'),
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const key = claim.scope.reduce<string | Buffer>((sofar, part) => hmac(sofar, part), `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', claim.date, claim.scope.join('/'), hash].join('\n')).toString('hex');
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join('&');
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** RFC 3986's unreserved characters stay. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
