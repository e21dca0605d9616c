import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { S3Error } from './s3-error.js';

/** The bodies of S3 requests: aws-chunked framing, hashes and checksums, each compared with what was received. */

export interface Payload {
  readonly bytes: Buffer;
  /** Checksum headers that were given and proved right, e.g. `x-amz-checksum-crc32`: base64. */
  readonly checksums: Readonly<Record<string, string>>;
}

/** Reads a request's body and checks it against all that the request says of it. */
export async function readPayload(request: IncomingMessage, payloadHash: string): Promise<Payload> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  if (!request.complete) throw new S3Error(400, 'IncompleteBody', 'The body ended early');
  const received = Buffer.concat(pieces);
  const { bytes, trailers } = decode(request, received, payloadHash);
  if (/^[0-9a-f]{64}$/.test(payloadHash) && createHash('sha256').update(bytes).digest('hex') !== payloadHash)
    throw new S3Error(
      400,
      'XAmzContentSHA256Mismatch',
      'The provided x-amz-content-sha256 does not match what was computed',
    );
  checkMd5(request.headers['content-md5']?.toString(), bytes);
  return { bytes, checksums: checkChecksums({ ...request.headers, ...trailers }, bytes) };
}

function decode(request: IncomingMessage, received: Buffer, payloadHash: string) {
  if (payloadHash === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return decodeChunks(request, received);
  if (payloadHash.startsWith('STREAMING-'))
    throw new S3Error(501, 'NotImplemented', `${payloadHash} is not implemented`);
  if (payloadHash !== 'UNSIGNED-PAYLOAD' && !/^[0-9a-f]{64}$/.test(payloadHash))
    throw new S3Error(400, 'InvalidArgument', 'x-amz-content-sha256 must be UNSIGNED-PAYLOAD or a valid sha256 value');
  return { bytes: received, trailers: {} };
}

/** `<hex size>\r\n<bytes>\r\n` ... `0\r\n<trailers>\r\n`; the trailer that was announced must come. */
function decodeChunks(request: IncomingMessage, received: Buffer): { bytes: Buffer; trailers: Record<string, string> } {
  const malformed = (): S3Error => new S3Error(400, 'InvalidRequest', 'The aws-chunked body is malformed');
  if (!/\baws-chunked\b/.test(String(request.headers['content-encoding']))) throw malformed();
  const pieces: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = received.indexOf('\r\n', at);
    const size = end < 0 ? NaN : Number.parseInt(received.toString('latin1', at, end), 16);
    if (Number.isNaN(size) || end + 2 + size > received.length) throw malformed();
    at = end + 2;
    if (size === 0) break;
    pieces.push(received.subarray(at, at + size));
    at += size;
    if (received.toString('latin1', at, at + 2) !== '\r\n') throw malformed();
    at += 2;
  }
  const lines = received
    .toString('latin1', at)
    .split('\r\n')
    .filter((line) => line !== '');
  const trailers = Object.fromEntries(
    lines.map((line): [string, string] => {
      const [name = '', value = ''] = line.split(':', 2);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  const bytes = Buffer.concat(pieces);
  for (const name of String(request.headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((text) => text.trim().toLowerCase())) {
    if (name !== '' && trailers[name] === undefined)
      throw new S3Error(400, 'MalformedTrailerError', `The trailer ${name} is missing`);
  }
  if (Number(request.headers['x-amz-decoded-content-length']) !== bytes.length)
    throw new S3Error(400, 'IncompleteBody', 'x-amz-decoded-content-length differs from the body');
  return { bytes, trailers };
}

function checkMd5(header: string | undefined, bytes: Buffer): void {
  if (header === undefined) return;
  if (Buffer.from(header, 'base64').length !== 16)
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 is not valid');
  if (createHash('md5').update(bytes).digest('base64') !== header)
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 did not match what was received');
}

const algorithms: Readonly<Record<string, (bytes: Buffer) => string>> = {
  'x-amz-checksum-crc32': crc32Of,
  'x-amz-checksum-sha256': (bytes) => createHash('sha256').update(bytes).digest('base64'),
  'x-amz-checksum-sha1': (bytes) => createHash('sha1').update(bytes).digest('base64'),
};

export function crc32Of(bytes: Buffer): string {
  return Buffer.from(crc32(bytes).toString(16).padStart(8, '0'), 'hex').toString('base64');
}

function checkChecksums(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  bytes: Buffer,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, given] of Object.entries(headers)) {
    if (!/^x-amz-checksum-(?!mode|algorithm|type)/.test(name) || typeof given !== 'string') continue;
    const algorithm = algorithms[name];
    if (!algorithm) throw new S3Error(501, 'NotImplemented', `${name} is not implemented`);
    if (algorithm(bytes) !== given)
      throw new S3Error(400, 'BadDigest', `The ${name} did not match what was received: ${algorithm(bytes)}`);
    found[name] = given;
  }
  return found;
}
