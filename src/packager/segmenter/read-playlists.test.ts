import { describe, expect, it } from 'vitest';
import type { SourceReader } from '../model/source-reader.js';
import { defaultLimits } from './limits.js';
import { readPlaylists } from './read-playlists.js';

/** A source that is text only, by URI. */
function textReader(files: Readonly<Record<string, string>>): SourceReader {
  const bytesOf = (uri: string) => {
    const text = files[uri];
    if (text === undefined) throw new Error(`no ${uri}`);
    return new TextEncoder().encode(text);
  };
  return {
    read: ({ uri }) => Promise.resolve(bytesOf(uri)),
    readSome: ({ uri }, offset, length) => Promise.resolve(bytesOf(uri).subarray(offset, offset + length)),
    size: ({ uri }) => Promise.resolve(bytesOf(uri).length),
  };
}

const media = '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n1.ts\n#EXT-X-ENDLIST\n';

function read(multivariant: string) {
  const names = ['v.m3u8', 'en.m3u8', 'de.m3u8'].map((name) => [`https://a/${name}`, media]);
  const reader = textReader({ 'https://a/index.m3u8': multivariant, ...Object.fromEntries(names) });
  return readPlaylists('https://a/index.m3u8', { reader, limits: defaultLimits, concurrency: 2 });
}

describe('a multivariant playlist that names a URI more than once', () => {
  it('has one rendition with all audio groups of the variant', async () => {
    const { renditions } = await read(
      `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="lo",NAME="English",URI="en.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="hi",NAME="English",URI="en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="lo"
v.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=3,AUDIO="hi"
v.m3u8`,
    );
    expect(renditions.map(({ id, uri, variant, media: of }) => [id, uri, variant, of?.groupIds])).toEqual([
      ['r1', 'https://a/v.m3u8', { bandwidth: 2, audioGroups: ['lo', 'hi'] }, undefined],
      ['r2', 'https://a/en.m3u8', undefined, ['lo', 'hi']],
    ]);
  });

  it('has one rendition for audio that is offered alone and in a group', async () => {
    const { renditions } = await read(
      `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="a"
v.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
en.m3u8`,
    );
    expect(renditions.map(({ uri, variant, media: of }) => [uri, variant?.bandwidth, of?.name])).toEqual([
      ['https://a/v.m3u8', 2, undefined],
      ['https://a/en.m3u8', 1, 'English'],
    ]);
  });
});
