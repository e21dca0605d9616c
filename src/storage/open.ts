import { Failure } from '../domain/failure.js';
import { parseLocation, type StorageLocation } from './location.js';
import { localStore, type LocalStoreOptions } from './local.js';
import type { ObjectStore } from './object-store.js';
import { s3Store } from './s3.js';

/**
 * Opens the store at a location: `./folder`, `file:./folder`, `s3://bucket/prefix`. Nothing is touched yet, and the AWS SDK not loaded.
 * @param options.dedicated the calling thread does nothing but package (a local folder only)
 * @throws Failure usage when the text is no location
 */
export function openStore(
  location: string | StorageLocation,
  options: Pick<LocalStoreOptions, 'dedicated'> = {},
): ObjectStore {
  const parsed = typeof location === 'string' ? parseLocation(location) : location;
  if (!parsed) {
    throw new Failure(
      'usage',
      `${JSON.stringify(location)} is no storage: a folder, file:<folder> or s3://<bucket>/<prefix> is allowed.`,
    );
  }
  return parsed.kind === 'file' ? localStore({ folder: parsed.folder, ...options }) : s3Store(parsed);
}
