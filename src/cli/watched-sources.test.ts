import { describe, expect, it } from 'vitest';
import type { StoredObject } from '../storage/object-store.js';
import { watching } from './watched-sources.js';

const texts: Record<string, string> = {
  'a/index.m3u8': '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI="sound.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv%20ideo.m3u8\n',
  'a/v ideo.m3u8': '#EXTM3U\n#EXTINF:4,\n1.ts\n',
  'a/sound.m3u8': '#EXTM3U\n#EXTINF:4,\n2.ts\n',
  'b/title.smil': '<smil><body><switch><video src="high.mp4"/><video name=\'low.mp4\'/></switch></body></smil>',
};
const files = [...Object.keys(texts), 'a/1.ts', 'b/high.mp4', 'b/low.mp4', 'c/Talk (1).mp4'];
/** seconds after the start of the test's clock */
const at = (second: number): number => Date.UTC(2026, 0, 1) + second * 1000;
const objects = (keys: readonly string[], second = 0, etag = 'one'): StoredObject[] =>
  keys.map((key) => ({ key, size: 3, etag, lastModified: new Date(at(second)) }));
const read = ({ key }: StoredObject) => Promise.resolve(texts[key]);

describe('a watched place', () => {
  it('has the sources that no other names, once nothing of them has changed for a while, each once', async () => {
    const watched = watching(30_000);
    expect(await watched.look(objects(files), read, at(10))).toEqual([]);
    const found = await watched.look(objects(files), read, at(31));
    expect(found.map(({ key }) => key)).toEqual(['a/index.m3u8', 'b/title.smil', 'c/Talk (1).mp4']);
    for (const { assetId } of found) expect(assetId).toMatch(/^[\w-]{1,256}$/);
    expect(await watched.look(objects(files), read, at(90))).toEqual([]);
  });

  it('has the same ids after a restart, and others when a part of a source is another one', async () => {
    const [before] = await watching(30_000).look(objects(files), read, at(60));
    expect((await watching(30_000).look(objects(files), read, at(500)))[0]).toEqual(before);
    const changed = objects(files).map((each) => (each.key === 'a/1.ts' ? { ...each, etag: 'two' } : each));
    expect((await watching(30_000).look(changed, read, at(60)))[0]!.assetId).not.toBe(before!.assetId);
  });

  it('waits while segments still arrive', async () => {
    const watched = watching(30_000);
    await watched.look(objects(['a/index.m3u8']), read, at(0));
    const more = [...objects(['a/index.m3u8']), ...objects(['a/1.ts'], 25)];
    expect(await watched.look(more, read, at(35))).toEqual([]);
    expect(await watched.look(more, read, at(60))).toHaveLength(1);
  });

  it('has no source in what Reelway made, finished or not', async () => {
    const made = objects([...files, 'a/.reelway/inventory.json', 'b/.reelway/journal.jsonl']);
    expect((await watching(0).look(made, read, at(60))).map(({ key }) => key)).toEqual(['c/Talk (1).mp4']);
  });
});
