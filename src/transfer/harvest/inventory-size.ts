import { Failure } from '../../domain/failure.js';
import type { InventoryObject } from '../../domain/inventory.js';
import { maxInventoryBytes } from '../inventory.js';

/**
 * An inventory is one JSON document, which has to be read back: whether it will fit is told before anything is brought over, from the keys, and
 * from the most that everything else takes. So facts that origins and stores may make as long as they like are kept only up to a length.
 */

/** bytes in JSON, without quotation marks: a SHA-256 in hex, in quotation marks of its own */
const longestTag = 70;
/** An HTTP date, RFC 9110 §5.6.7, has 29. */
const longestDate = 40;
const longestType = 64;

/** Without them it would only be asked for, or read, once more. */
export const fittingTag = (tag: string | undefined): string | undefined => fitting(tag, longestTag);
export const fittingDate = (date: string | undefined): string | undefined => fitting(date, longestDate);
export const fittingType = (type: string | undefined): string | undefined => fitting(type, longestType);

function fitting(text: string | undefined, longest: number): string | undefined {
  return text !== undefined && bytesOf(text) - 2 <= longest ? text : undefined;
}

const longestFacts: InventoryObject = {
  key: '',
  size: Number.MAX_SAFE_INTEGER,
  digest: `sha256:${'f'.repeat(64)}`,
  contentType: 'x'.repeat(longestType),
  etag: 'x'.repeat(longestTag),
  origin: { etag: 'x'.repeat(longestTag), lastModified: 'x'.repeat(longestDate) },
};
/** bytes of an object without its key, with its comma */
const objectBytes = bytesOf(longestFacts) - 1;
/** bytes of all that stands there once: addresses, digests, names */
const frameBytes = 64 * 1024;

/**
 * @param keys of all objects
 * @param former of objects of earlier versions that may be left in place
 * @throws Failure source_too_large when the inventory might not be read back
 */
export function checkInventorySize(
  { keys, former }: { readonly keys: readonly string[]; readonly former: readonly string[] },
  allowed = maxInventoryBytes,
): void {
  let bytes = frameBytes + keys.length * objectBytes;
  for (const each of [keys, former]) for (const key of each) bytes += bytesOf(key) + 1;
  if (bytes <= allowed) return;
  const most = Math.floor((allowed * keys.length) / bytes);
  throw new Failure(
    'source_too_large',
    `The presentation has ${keys.length} objects, whose inventory may have ${bytes} bytes: at most ${allowed} are allowed (maxInventoryBytes), about ${most} objects with such addresses.`,
    { details: { allowed, given: bytes } },
  );
}

function bytesOf(json: unknown): number {
  return Buffer.byteLength(JSON.stringify(json));
}
