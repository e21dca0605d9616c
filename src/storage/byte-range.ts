import { Failure } from '../domain/failure.js';
import type { GetOptions } from './object-store.js';

/**
 * The bytes of an object of `size` bytes that a get asks for, as RFC 9110 §14.1.2 reads a range: an end beyond the object is cut back to it.
 * @throws Failure invalid_request when no byte of the object lies in the range
 */
export function resolveRange(key: string, size: number, range: GetOptions['range']): { start: number; length: number } {
  if (!range) return { start: 0, length: size };
  const { start, end = Number.MAX_SAFE_INTEGER } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start || start >= size) {
    throw rangeOutside(key, range, size);
  }
  return { start, length: Math.min(end, size - 1) - start + 1 };
}

export function rangeOutside(key: string, range: NonNullable<GetOptions['range']>, size?: number): Failure {
  const given = `${range.start}-${range.end ?? ''}`;
  return new Failure(
    'invalid_request',
    `The range ${given} lies outside the object "${key}"${size === undefined ? '' : ` of ${size} bytes`}.`,
    { details: { key, given, ...(size !== undefined && { allowed: `0-${Math.max(size - 1, 0)}` }) } },
  );
}
