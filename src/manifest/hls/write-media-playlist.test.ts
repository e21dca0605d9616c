import { describe, expect, it } from 'vitest';
import type { MediaPlaylist } from './media-playlist.js';
import { readMediaPlaylist } from './read-media-playlist.js';
import { writeMediaPlaylist } from './write-media-playlist.js';

const map = { uri: 'init.mp4', byteRange: { offset: 5, length: 7 } };
const keys = [{ method: 'AES-128', uri: 'k', iv: '0x00', keyFormat: 'identity', keyFormatVersions: '1' }];

const playlist: MediaPlaylist = {
  version: 7,
  targetDuration: 6,
  mediaSequence: 3,
  discontinuitySequence: 2,
  playlistType: 'VOD',
  endList: true,
  iFramesOnly: true,
  independentSegments: true,
  segments: [
    { uri: 'a', duration: 6, map, keys, byteRange: { offset: 0, length: 9 } },
    { uri: 'a', duration: 6, map: { ...map }, keys: [...keys], byteRange: { offset: 9, length: 9 } },
    { uri: 'b', duration: 5.5, map: { uri: 'init2.mp4' }, discontinuity: true, gap: true },
    { uri: 'd', duration: 5.5, map: { uri: 'init3.mp4', keys }, keys },
    { uri: 'c', duration: 1.25, map: { uri: 'init2.mp4' }, programDateTime: '2026-01-01T00:00:00.000Z' },
  ],
};

describe('a media playlist that is written', () => {
  it('reads back as it was', () => {
    const read = readMediaPlaylist(writeMediaPlaylist(playlist));
    expect({ ...read, segments: read.segments.map(({ line: _, ...segment }) => segment) }).toEqual(playlist);
  });

  it.each(['', '#t=1', ' a', 'a\n#EXT-X-ENDLIST'])(
    'is refused for the URI %j, which would be read as something else',
    (uri) => {
      const write = () => writeMediaPlaylist({ ...playlist, segments: [{ uri, duration: 1 }] });
      expect(write).toThrow('a playlist cannot name the URI');
    },
  );

  it('is refused for a key whose method is no word', () => {
    const key = { method: 'AES-128,URI=x', uri: 'k' };
    const write = () => writeMediaPlaylist({ ...playlist, segments: [{ uri: 'a', duration: 1, keys: [key] }] });
    expect(write).toThrow('attribute METHOD may hold no quote, comma or space');
  });

  it('has date ranges as they were read, whatever variables put around them', () => {
    const text = '#EXTM3U\n#EXT-X-DEFINE:NAME="v",VALUE=" ID=1 "\n#EXT-X-DATERANGE:{$v}\n';
    const read = readMediaPlaylist(text);
    expect(readMediaPlaylist(writeMediaPlaylist(read))).toEqual(read);
  });

  it('states maps and keys only where they change', () => {
    const text = writeMediaPlaylist(playlist);
    expect(text.match(/#EXT-X-MAP/g)).toHaveLength(4);
    expect(text.match(/#EXT-X-KEY:.*/g)).toEqual([
      '#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x00,KEYFORMAT="identity",KEYFORMATVERSIONS="1"',
      '#EXT-X-KEY:METHOD=NONE',
      '#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x00,KEYFORMAT="identity",KEYFORMATVERSIONS="1"',
      '#EXT-X-KEY:METHOD=NONE',
    ]);
  });
});
