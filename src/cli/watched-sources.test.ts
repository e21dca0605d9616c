import { beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../domain/failure.js';
import type { StoredObject } from '../storage/object-store.js';
import { referenceReader } from './watched-references.js';
import { watching } from './watched-sources.js';

const media = (segment: string): string => `#EXTM3U\n#EXTINF:4,\n${segment}\n`;
const texts: Record<string, string> = {
  'a/index.m3u8': '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI="sound.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv%20ideo.m3u8\n',
  'a/v ideo.m3u8': media('1.ts'),
  'a/sound.m3u8': media('2.ts'),
  'b/title.smil': '<smil><body><switch><video src="high.mp4"/><video name=\'low.mp4\'/></switch></body></smil>',
};
const files = [...Object.keys(texts), 'a/1.ts', 'a/2.ts', 'b/high.mp4', 'b/low.mp4', 'c/Talk (1).mp4'];
/** seconds after the start of the test's clock */
const at = (second: number): number => Date.UTC(2026, 0, 1) + second * 1000;
const objects = (keys: readonly string[], second = 0, etag = 'one'): StoredObject[] =>
  keys.map((key) => ({ key, size: 3, etag, lastModified: new Date(at(second)) }));

let reads: string[];
beforeEach(() => void (reads = []));
/** @param more texts beside those of all tests */
const watcher = (settledMs = 30_000, more: Record<string, string> = {}) =>
  watching(
    settledMs,
    referenceReader(({ key }) => {
      reads.push(key);
      return Promise.resolve({ ...texts, ...more }[key]);
    }),
  );
const idsOf = async (there: readonly StoredObject[], more: Record<string, string> = {}) => {
  const found = await watcher(0, more).look(there, at(60));
  return new Map(found.map(({ key, assetId }) => [key, assetId]));
};

describe('a watched place', () => {
  it('has the sources that no other names, once nothing of them has changed for a while, each once', async () => {
    const watched = watcher();
    expect(await watched.look(objects(files), at(10))).toEqual([]);
    const found = await watched.look(objects(files), at(31));
    expect(found.map(({ key }) => key)).toEqual(['a/index.m3u8', 'b/title.smil', 'c/Talk (1).mp4']);
    for (const { assetId } of found) expect(assetId).toMatch(/^[\w-]{1,256}$/);
    expect(await watched.look(objects(files), at(90))).toEqual([]);
  });

  it.each(['a/index.m3u8', 'a/v ideo.m3u8', 'a/2.ts'])(
    'has the same ids after a restart, and another when %s, which is a part of the source, is another one',
    async (part) => {
      const before = await idsOf(objects(files));
      expect(await idsOf(objects(files, 40))).toEqual(before);
      const changed = objects(files).map((each) => (each.key === part ? { ...each, etag: 'two' } : each));
      const after = await idsOf(changed);
      expect(after.get('a/index.m3u8')).not.toBe(before.get('a/index.m3u8'));
      expect(after.get('b/title.smil')).toBe(before.get('b/title.smil'));
    },
  );

  it('has the same ids when something is put beside its sources, or another source is', async () => {
    const flat = {
      'one.m3u8': media('one.ts'),
      'two.smil': '<smil><video src="two.mp4"/></smil>',
      'three.smil': '<smil><video src="three.mp4"/></smil>',
    };
    const before = await idsOf(objects(['one.m3u8', 'one.ts', 'two.smil', 'two.mp4']), flat);
    expect([...before.keys()]).toEqual(['one.m3u8', 'two.smil']);
    const keys = ['one.m3u8', 'one.ts', 'two.smil', 'two.mp4', 'three.smil', 'three.mp4', 'notes.txt', 'later/x.ts'];
    const after = await idsOf(objects(keys), flat);
    expect([...after.keys()]).toEqual(['one.m3u8', 'two.smil', 'three.smil']);
    for (const [key, id] of before) expect(after.get(key)).toBe(id);
  });

  it('waits while segments still arrive, and not for what is none of the source', async () => {
    const watched = watcher();
    const first = [...objects(['a/index.m3u8', 'a/v ideo.m3u8'])];
    await watched.look(first, at(0));
    const more = [...first, ...objects(['a/1.ts'], 25)];
    expect(await watched.look(more, at(35))).toEqual([]);
    const other = [...more, ...objects(['a/cover.jpg'], 55)];
    expect(await watched.look(other, at(60))).toHaveLength(1);
  });

  it('waits for what is copied with its old times as long as for what is new', async () => {
    const watched = watcher();
    await watched.look([], at(0));
    const first = objects(['a/index.m3u8', 'a/v ideo.m3u8'], -3600);
    expect(await watched.look(first, at(10))).toEqual([]);
    const all = [...first, ...objects(['a/1.ts'], -3600)];
    expect(await watched.look(all, at(20))).toEqual([]);
    expect(await watched.look(all, at(49))).toEqual([]);
    expect(await watched.look(all, at(50))).toHaveLength(1);
  });

  it('has the sources that can be read, and those with something that cannot once it can', async () => {
    let closed = ['b/title.smil', 'a/sound.m3u8'];
    const told: string[] = [];
    const reader = referenceReader(({ key }) =>
      closed.includes(key)
        ? Promise.reject(new Failure('storage_forbidden', 'not for us'))
        : Promise.resolve({ ...texts, 'd/x.m3u8': media('1.ts') }[key]),
    );
    const watched = watching(0, reader, (key, { code }) => told.push(`${key} ${code}`));
    const there = objects([...files, 'd/x.m3u8']);
    const keys = async () => (await watched.look(there, at(60))).map(({ key }) => key);
    expect(await keys()).toEqual(['c/Talk (1).mp4', 'd/x.m3u8']);
    expect(told.sort()).toEqual(['a/sound.m3u8 storage_forbidden', 'b/title.smil storage_forbidden']);
    closed = [];
    expect(await keys()).toEqual(['a/index.m3u8', 'b/title.smil']);
  });

  it('has sources beside what has a name that no store reads', async () => {
    const there = [...objects(files), ...objects(['a\\b.m3u8', 'a/c\n.smil'])];
    expect([...(await idsOf(there)).keys()]).toContain('a/index.m3u8');
    expect(reads.filter((key) => !files.includes(key))).toEqual([]);
  });

  it('is looked at once more when reading it failed for a moment', async () => {
    const away = new Failure('storage_unavailable', 'away');
    const watched = watching(
      0,
      referenceReader(() => Promise.reject(away)),
    );
    await expect(watched.look(objects(files), at(60))).rejects.toBe(away);
  });

  it('takes what lies on another server for none of its own', async () => {
    const linked = { 'x.m3u8': '#EXTM3U\nhttps://cdn.example/y.m3u8\n', 'y.m3u8': media('https://cdn.example/1.ts') };
    expect([...(await idsOf(objects(['x.m3u8', 'y.m3u8']), linked)).keys()]).toEqual(['x.m3u8', 'y.m3u8']);
  });

  it('has no source in what Reelway made, finished or not', async () => {
    const made = objects([...files, 'a/.reelway/inventory.json', 'b/.reelway/journal.jsonl']);
    expect([...(await idsOf(made)).keys()]).toEqual(['c/Talk (1).mp4']);
  });

  it('is read where it has changed since the last look, and only there', async () => {
    const watched = watcher();
    await watched.look(objects(files), at(10));
    expect(reads.sort()).toEqual(Object.keys(texts).sort());
    reads = [];
    await watched.look([...objects(files), ...objects(['d/new.ts', 'd/new.mp4'])], at(20));
    expect(reads).toEqual([]);
    const changed = objects(files).map((each) => (each.key === 'a/sound.m3u8' ? { ...each, size: 4 } : each));
    await watched.look(changed, at(30));
    expect(reads).toEqual(['a/sound.m3u8']);
  });

  it('is looked at in a time that grows with it, and reads a few at a time', async () => {
    const count = 20_000;
    const keys = Array.from({ length: count }, (_, n) => [`f${n}/index.m3u8`, `f${n}/1.ts`]).flat();
    let [under, most] = [0, 0];
    const reader = referenceReader(async () => {
      most = Math.max(most, ++under);
      await new Promise(setImmediate);
      under--;
      return media('1.ts');
    });
    const found = await watching(0, reader).look(objects(keys), at(60));
    expect(found).toHaveLength(count);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(20);
  });
});
