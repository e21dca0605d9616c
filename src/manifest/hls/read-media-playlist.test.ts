import { describe, expect, it } from 'vitest';
import { brokenMediaPlaylists } from '../../../test/support/playlist-cases.js';
import { readMediaPlaylist } from './read-media-playlist.js';
import { maxPlaylistLength } from './tag.js';
import { writeMediaPlaylist } from './write-media-playlist.js';

describe('a media playlist', () => {
  it('keeps advertisement markers as they are with the segment that they stand before, up to a limit', () => {
    const markers = ['EXT-OATCLS-SCTE35:/DAlAAAA==', 'EXT-X-CUE-OUT:DURATION=30', 'EXT-X-CUE-IN'];
    const text = (tags: readonly string[]) =>
      `#EXTM3U\n#EXTINF:4,\na.ts\n${tags.map((tag) => `#${tag}\n`).join('')}#EXTINF:4,\nb.ts\n`;
    expect(readMediaPlaylist(text(markers)).segments.map((segment) => segment.markers)).toEqual([undefined, markers]);
    expect(() => readMediaPlaylist(text(new Array<string>(65).fill('EXT-X-CUE-IN')))).toThrow('maximumMarkers');
  });

  it('is read with what applies to every segment', () => {
    const playlist = readMediaPlaylist(
      [
        '#EXTM3U',
        '#EXT-X-VERSION:7',
        '#EXT-X-TARGETDURATION:6',
        '#EXT-X-MEDIA-SEQUENCE:3',
        '#EXT-X-DISCONTINUITY-SEQUENCE:1',
        '#EXT-X-PLAYLIST-TYPE:VOD',
        '#EXT-X-MAP:URI="all.mp4",BYTERANGE="100@0"',
        '#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678Z',
        '#EXTINF:6.006,a title, with comma',
        '#EXT-X-BYTERANGE:1000@100',
        'all.mp4',
        '#EXTINF:5',
        '#EXT-X-BYTERANGE:500',
        'all.mp4',
        '#EXT-X-DISCONTINUITY',
        '#EXT-X-MAP:URI="init2.mp4"',
        '#EXT-X-KEY:METHOD=AES-128,URI="k1"',
        '#EXT-X-KEY:METHOD=AES-128,URI="k2",KEYFORMAT="x",IV=0x01',
        '#EXTINF:4.5,',
        'b.mp4',
        '#EXT-X-KEY:METHOD=NONE',
        '#EXT-X-GAP',
        '#EXTINF:4.5,',
        'c.mp4',
        '#EXT-X-ENDLIST',
      ].join('\r\n'),
    );
    expect(playlist).toEqual({
      version: 7,
      targetDuration: 6,
      mediaSequence: 3,
      discontinuitySequence: 1,
      playlistType: 'VOD',
      endList: true,
      iFramesOnly: false,
      independentSegments: false,
      segments: [
        {
          uri: 'all.mp4',
          duration: 6.006,
          byteRange: { offset: 100, length: 1000 },
          map: { uri: 'all.mp4', byteRange: { offset: 0, length: 100 } },
          programDateTime: '2026-01-02T03:04:05.678Z',
          line: 11,
        },
        {
          uri: 'all.mp4',
          duration: 5,
          byteRange: { offset: 1100, length: 500 },
          map: { uri: 'all.mp4', byteRange: { offset: 0, length: 100 } },
          line: 14,
        },
        {
          uri: 'b.mp4',
          duration: 4.5,
          discontinuity: true,
          map: { uri: 'init2.mp4' },
          keys: [
            { method: 'AES-128', uri: 'k1' },
            { method: 'AES-128', uri: 'k2', keyFormat: 'x', iv: '0x01' },
          ],
          line: 20,
        },
        { uri: 'c.mp4', duration: 4.5, map: { uri: 'init2.mp4' }, gap: true, line: 24 },
      ],
    });
  });

  it('has keys until the next of their KEYFORMAT, or until NONE, and goes back to them when it is written', () => {
    const key = (uri: string, format = '') =>
      `#EXT-X-KEY:METHOD=AES-128,URI="${uri}"${format && `,KEYFORMAT="${format}"`}`;
    const segment = '#EXTINF:1,\na.ts';
    const text = ['#EXTM3U', key('a'), key('b', 'identity'), segment, key('c', 'x'), segment, key('d'), segment];
    const read = readMediaPlaylist([...text, '#EXT-X-KEY:METHOD=NONE', key('e', 'y'), segment].join('\n'));
    const uris = ({ segments }: typeof read) => segments.map(({ keys }) => keys?.map(({ uri }) => uri));
    expect(uris(read)).toEqual([['b'], ['b', 'c'], ['c', 'd'], ['e']]);
    expect(uris(readMediaPlaylist(writeMediaPlaylist(read)))).toEqual(uris(read));
    const many = Array.from({ length: 65 }, (_, at) => key('k', `f${at}`));
    expect(() => readMediaPlaylist(['#EXTM3U', ...many].join('\n'))).toThrow('maximumKeys');
  });

  it('recognises I-frame playlists', () => {
    expect(readMediaPlaylist('#EXTM3U\n#EXT-X-I-FRAMES-ONLY\n').iFramesOnly).toBe(true);
  });

  it('imports the variables of the multivariant playlist', () => {
    const text = '#EXTM3U\n#EXT-X-DEFINE:IMPORT="base"\n#EXTINF:1,\n{$base}/1.ts';
    const playlist = readMediaPlaylist(text, { variables: new Map([['base', 'https://cdn']]) });
    expect(playlist.segments[0]?.uri).toBe('https://cdn/1.ts');
  });

  it.each(brokenMediaPlaylists)('with %j is refused', (rest, message) => {
    expect(() => readMediaPlaylist(`#EXTM3U\n${rest}`)).toThrow(message);
  });

  it('of 1,000,000 lines is read', () => {
    const lines = Array.from({ length: 500_000 }, (_, index) => `#EXTINF:6.000000,\nsegment_${index}.ts`);
    const { segments } = readMediaPlaylist(`#EXTM3U\n${lines.join('\n')}\n#EXT-X-ENDLIST\n`);
    expect(segments).toHaveLength(500_000);
    expect(segments.at(-1)).toEqual({ uri: 'segment_499999.ts', duration: 6, line: 1_000_001 });
  });

  it('that is larger than the limit is refused with the name of the limit', () => {
    expect(() => readMediaPlaylist(`#EXTM3U\n${'\n'.repeat(maxPlaylistLength)}`)).toThrow('maxPlaylistLength');
  });
});
