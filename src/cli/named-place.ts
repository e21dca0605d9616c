import { resolve } from 'node:path';
import { parseLocation, type StorageLocation } from '../storage/location.js';

/** `scheme:`, of two letters at least: `C:` is a drive. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(text);
}

/**
 * The place that a word of the command line names: `s3://bucket/prefix`, `file:...`, or a folder as one writes it where one stands. Undefined for any
 * other address, and for nothing at all: that is a variable of a script that is not set, not the folder that one stands in.
 */
export function namedPlace(text: string, cwd: string): StorageLocation | undefined {
  if (text === '') return undefined;
  return isAddress(text) ? parseLocation(text) : { kind: 'file', folder: resolve(cwd, text) };
}
