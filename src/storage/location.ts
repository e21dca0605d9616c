import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { s3Address } from '../domain/s3-address.js';

/** Where a store lies, as people write it. */
export type StorageLocation =
  | { readonly kind: 'file'; /** absolute path */ readonly folder: string }
  | {
      readonly kind: 's3';
      readonly bucket: string;
      /** without leading or trailing slash; may be empty */
      readonly prefix: string;
    };

/** Reads `./folder`, `file:./folder`, `file:///folder` (percent-encoded, as URLs are) or `s3://bucket/prefix`; undefined for anything else. */
export function parseLocation(text: string): StorageLocation | undefined {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(text) ?? [];
  if (scheme === undefined)
    return text === '' || text.includes('\0') ? undefined : { kind: 'file', folder: resolve(text) };
  if (scheme === 'file') return parseFile(text.slice('file:'.length));
  return scheme === 's3' ? parseS3(text) : undefined;
}

/** The address by which an object of the store is read as a source: an absolute path, or `s3://bucket/key`, percent-encoded. */
export function sourceAt(location: StorageLocation, key: string): string {
  if (location.kind === 'file') return join(location.folder, key);
  return s3Address({ bucket: location.bucket, key: location.prefix === '' ? key : `${location.prefix}/${key}` });
}

function parseFile(rest: string): StorageLocation | undefined {
  if (rest === '' || rest.includes('\0')) return undefined;
  if (!rest.startsWith('//')) return { kind: 'file', folder: resolve(rest) };
  try {
    return { kind: 'file', folder: resolve(fileURLToPath(`file:${rest}`)) };
  } catch {
    return undefined; // names another host
  }
}

function parseS3(text: string): StorageLocation | undefined {
  // Bucket names: 3 to 63 of lower case letters, digits, dots and hyphens.
  const [, bucket, rest = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(text) ?? [];
  const prefix = rest.replace(/\/$/, '');
  const bad = prefix !== '' && prefix.split('/').some((part) => ['', '.', '..'].includes(part));
  return bucket === undefined || bad ? undefined : { kind: 's3', bucket, prefix };
}
