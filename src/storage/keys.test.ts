import { describe, expect, it } from 'vitest';
import { checkKey, checkPrefix, isReservedKey, joinKey } from './keys.js';

const refused: readonly [name: string, key: string, reason: RegExp][] = [
  ['the empty key', '', /empty/],
  ['an absolute path', '/etc/passwd', /part between slashes is empty/],
  ['a parent part', 'a/../b', /"\.\."/],
  ['a leading parent part', '../a', /"\.\."/],
  ['a lone parent part', '..', /"\.\."/],
  ['a dot part', 'a/./b', /"\."/],
  ['a double slash', 'a//b', /part between slashes is empty/],
  ['a trailing slash', 'a/b/', /part between slashes is empty/],
  ['a NUL', 'a\0b', /control/],
  ['a newline', 'a\nb', /control/],
  ['DEL', 'a\u007fb', /control/],
  ['a C1 control', 'a\u0085b', /control/],
  ['a backslash', 'a\\..\\b', /backslash/],
  ['half a surrogate pair', 'a\ud800b', /Unicode/],
  ['more than 1024 bytes', `${'a/'.repeat(512)}ab`, /1024/],
  ['more than 1024 bytes in fewer characters', 'ééé/'.repeat(200) + 'a', /1024/],
  ['a part of more than 255 bytes', 'a'.repeat(256), /255/],
  ['the name of an unfinished file', 'a/.reelway-tmp-1', /reserved/],
];

const allowed: readonly string[] = [
  'a',
  'a/b/c.m4s',
  '...',
  'a/..b/c..',
  'a b/ü/日本.mp4',
  'QualityLevels(1)/Fragments(video=0)',
  'a%2e%2e/b',
  '.reelway/inventory.json',
  'a'.repeat(255),
  `${'a/'.repeat(511)}ab`,
];

describe('keys', () => {
  it.each(refused)('refuses %s', (_name, key, reason) => {
    expect(() => checkKey(key)).toThrow(reason);
    expect(() => checkKey(key)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it.each(allowed)('accepts %s', (key) => {
    expect(checkKey(key)).toBe(key);
    expect(checkPrefix(`${key}/`)).toBe(`${key}/`);
  });

  it('takes the empty prefix for the whole store and refuses one without a slash at its end', () => {
    expect(checkPrefix('')).toBe('');
    expect(() => checkPrefix('a')).toThrow(/ends in \//);
    expect(() => checkPrefix('../')).toThrow(/"\.\."/);
    expect(() => checkPrefix('/')).toThrow(/empty/);
  });

  it('joins parts, leaves out empty ones and checks the whole', () => {
    expect(joinKey('vod', '', 'a1', 'video_1/1.m4s')).toBe('vod/a1/video_1/1.m4s');
    expect(() => joinKey('vod', '../b')).toThrow(/"\.\."/);
    expect(() => joinKey('', '')).toThrow(/empty/);
    expect(() => joinKey('vod/', 'a')).toThrow(/empty/);
  });

  it('knows the folder that is never served', () => {
    expect(isReservedKey('vod/a/.reelway/inventory.json')).toBe(true);
    expect(isReservedKey('vod/a/.reelway')).toBe(true);
    expect(isReservedKey('vod/a/x.reelway/inventory.json')).toBe(false);
  });
});
