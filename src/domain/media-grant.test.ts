import { describe, expect, it } from 'vitest';
import { grantedPath, isGranted } from './media-grant.js';

const secret = 'secret';
const now = Date.UTC(2026, 10, 22);
const expires = now / 1000 + 60;
const grantOf = (path: string): string => path.split('/')[2] ?? '';

describe('a grant to read media', () => {
  const path = grantedPath('recordings/1/a b.mp4', { depth: 3, expires }, secret);

  it('is part of the path, whose last part keeps its name', () => {
    expect(path).toMatch(/^\/media\/3\.\d+\.[0-9a-f]{64}\/recordings\/1\/a%20b\.mp4$/);
    expect(isGranted(grantOf(path), 'recordings/1/a b.mp4', secret, now)).toBe(true);
  });

  it.each<[string, string, string, number]>([
    ['another object', 'recordings/1/b.mp4', secret, now],
    ['a shorter key', 'recordings/1', secret, now],
    ['another secret', 'recordings/1/a b.mp4', 'other', now],
    ['a later time', 'recordings/1/a b.mp4', secret, now + 61_000],
  ])('does not open with %s', (_, key, its, at) => {
    expect(isGranted(grantOf(path), key, its, at)).toBe(false);
  });

  it('of a folder opens what lies below it and nothing beside it', () => {
    const grant = grantOf(grantedPath('recordings/1/a.mp4', { depth: 2, expires }, secret));
    expect(isGranted(grant, 'recordings/1/deep/b.mp4', secret, now)).toBe(true);
    expect(isGranted(grant, 'recordings/10/b.mp4', secret, now)).toBe(false);
  });

  it.each(['', '0.1.', `0.${expires}.${'0'.repeat(64)}`, `3.${expires}.${'0'.repeat(63)}`, '../..'])(
    '"%s" is none',
    (grant) => {
      expect(isGranted(grant, 'recordings/1/a b.mp4', secret, now)).toBe(false);
    },
  );
});
