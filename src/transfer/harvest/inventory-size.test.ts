import { describe, expect, it } from 'vitest';
import type { InventoryObject } from '../../domain/inventory.js';
import { checkInventorySize, fittingDate, fittingTag, fittingType } from './inventory-size.js';

const keys = ['a/1.ts', 'ü/日本 "2".ts', 'x'.repeat(800), '.m'];

/** As long as facts may be. */
const object = (key: string): InventoryObject => ({
  key,
  size: Number.MAX_SAFE_INTEGER,
  digest: `sha256:${'f'.repeat(64)}`,
  contentType: fittingType('t'.repeat(64))!,
  etag: fittingTag(`"${'e'.repeat(66)}"`)!,
  origin: { etag: fittingTag('é'.repeat(35))!, lastModified: fittingDate('d'.repeat(40))! },
});

describe('the size of an inventory', () => {
  it('is never above what was said before', () => {
    const bytes = Buffer.byteLength(JSON.stringify({ objects: keys.map(object), former: keys }));
    expect(() => checkInventorySize({ keys, former: keys }, bytes - 20)).toThrow('maxInventoryBytes');
    expect(() => checkInventorySize({ keys, former: keys }, bytes + 64 * 1024)).not.toThrow();
  });

  it('is that of half a million objects, but not of a million', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, n) => `0123456789abcdef0123456789abcdef/index_video_1_0_${n}.mp4`);
    expect(() => checkInventorySize({ keys: many(500_000), former: [] })).not.toThrow();
    expect(() => checkInventorySize({ keys: many(1_000_000), former: [] })).toThrow(
      expect.objectContaining({ code: 'source_too_large' }) as Error,
    );
  });

  it('does not grow by facts that others make long', () => {
    expect(fittingTag(`"${'e'.repeat(67)}"`)).toBeUndefined();
    expect(fittingTag('é'.repeat(36))).toBeUndefined();
    expect(fittingDate('d'.repeat(41))).toBeUndefined();
    expect(fittingType('t'.repeat(65))).toBeUndefined();
    expect(fittingTag(undefined)).toBeUndefined();
  });
});
