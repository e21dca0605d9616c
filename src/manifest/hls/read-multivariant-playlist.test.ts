import { describe, expect, it } from 'vitest';
import { brokenMultivariantPlaylists, ladder } from '../../../test/support/playlist-cases.js';
import { readMultivariantPlaylist } from './read-multivariant-playlist.js';
import { playlistKind } from './tag.js';

describe('a multivariant playlist', () => {
  it('is read with everything that players forgive', () => {
    const playlist = readMultivariantPlaylist(ladder);
    expect(playlist.version).toBe(6);
    expect(playlist.independentSegments).toBe(true);
    expect(playlist.variants).toEqual([
      {
        uri: '720p.m3u8?t=1',
        bandwidth: 1280000,
        averageBandwidth: 1000000,
        codecs: 'avc1.64001f,mp4a.40.2',
        resolution: { width: 1280, height: 720 },
        frameRate: 29.97,
        audio: 'aac',
      },
      { uri: 'audio.m3u8', bandwidth: 64000 },
    ]);
    expect(playlist.iFrameVariants).toEqual([
      { uri: 'iframes.m3u8', bandwidth: 90000, resolution: { width: 1280, height: 720 } },
    ]);
    expect(playlist.media).toEqual([
      {
        type: 'AUDIO',
        groupId: 'aac',
        name: 'English',
        uri: 'audio.m3u8?t=1',
        language: 'en',
        default: true,
        autoselect: true,
        forced: false,
        channels: '2',
      },
      {
        type: 'CLOSED-CAPTIONS',
        groupId: 'cc',
        name: 'CC1',
        instreamId: 'CC1',
        default: false,
        autoselect: false,
        forced: false,
      },
    ]);
    expect([...playlist.variables]).toEqual([['token', 't=1']]);
  });

  it.each(brokenMultivariantPlaylists)('%j is refused', (text, message) => {
    expect(() => readMultivariantPlaylist(text)).toThrow(message);
  });

  it('has forced renditions among subtitles alone', () => {
    const media = (type: string) => `#EXT-X-MEDIA:TYPE=${type},GROUP-ID="a",NAME="b",FORCED=YES,URI="c"`;
    const read = readMultivariantPlaylist(`#EXTM3U\n${media('AUDIO')}\n${media('SUBTITLES')}\n`);
    expect(read.media.map(({ forced }) => forced)).toEqual([false, true]);
  });

  it('takes variables from the query of its own address', () => {
    const text = '#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM="s"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8?s={$s}';
    expect(readMultivariantPlaylist(text, 'https://a/b.m3u8?x=1&s=42#f').variants[0]?.uri).toBe('v.m3u8?s=42');
    expect(() => readMultivariantPlaylist(text, 'https://a/b.m3u8')).toThrow('no query parameter s');
  });

  it('does not let variables grow a few lines into gigabytes', () => {
    const value = 'x'.repeat(1_000_000);
    const uses = '#EXT-X-STREAM-INF:BANDWIDTH=1\n{$v}\n'.repeat(20);
    expect(() => readMultivariantPlaylist(`#EXTM3U\n#EXT-X-DEFINE:NAME="v",VALUE="${value}"\n${uses}`)).toThrow(
      'maxSubstitutedLength',
    );
  });
});

describe('the kind of a playlist', () => {
  it.each([
    ['#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\na.ts', 'media'],
    ['#EXTM3U\n\n#EXTINF:6\na.ts', 'media'],
    ['#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8', 'multivariant'],
    ['#EXTM3U\r\n#EXT-X-MEDIA-SEQUENCE:0\r\n', 'media'],
    ['#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="n"\n', 'multivariant'],
  ])('of %j is %s', (text, kind) => {
    expect(playlistKind(text)).toBe(kind);
  });

  it('is refused when nothing tells it', () => {
    expect(() => playlistKind('#EXTM3U\nfoo.ts')).toThrow('neither variants nor segments');
    expect(() => playlistKind('\0\0\0\x18ftyp')).toThrow('not a playlist');
  });
});
