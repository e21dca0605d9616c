import { describe, expect, it } from 'vitest';
import { rollUp, writeCaptionSei } from '../../../test/support/caption-writer.js';
import { annexB } from '../../../test/support/h264-writer.js';
import { pictures } from '../../../test/support/made-stream.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { TransportStreamWriter, videoPid } from '../../../test/support/transport-stream.js';
import { indexSource } from './asset-index.js';

const gop = 100;
const seis = [writeCaptionSei(rollUp(0, 1)), writeCaptionSei([...rollUp(1, 1), [3, 0x02, 0x22], [2, 0x41, 0x42]])];

/** Two segments of 100 pictures with captions where `captioned` says so. */
function source(captioned: (picture: number) => boolean, media = '', attribute = '') {
  const writer = new TransportStreamWriter();
  const units = pictures(2 * gop, { gop, delimiters: false });
  const segments = [0, 1].map((segment) => {
    const from = writer.packets.length;
    writer.tables([{ pid: videoPid, streamType: 0x1b }]);
    for (const [index, { bytes, pts, dts }] of units.slice(segment * gop, (segment + 1) * gop).entries()) {
      const sei = captioned(segment * gop + index) ? annexB(seis) : new Uint8Array();
      writer.pes(videoPid, new Uint8Array(Buffer.concat([sei, bytes])), { pts, dts, unbounded: true });
    }
    return new Uint8Array(Buffer.concat(writer.packets.slice(from)));
  });
  const lines = [
    '#EXTM3U',
    '#EXT-X-TARGETDURATION:4',
    '#EXTINF:4.0,',
    '0.ts',
    '#EXTINF:4.0,',
    '1.ts',
    '#EXT-X-ENDLIST',
  ];
  return memorySource({
    'file:///index.m3u8': `#EXTM3U\n${media}\n#EXT-X-STREAM-INF:BANDWIDTH=1000${attribute}\nv.m3u8\n`,
    'file:///v.m3u8': lines.join('\n'),
    'file:///0.ts': segments[0]!,
    'file:///1.ts': segments[1]!,
  });
}

const indexed = async (...parameters: Parameters<typeof source>) =>
  (await indexSource(source(...parameters), 'file:///index.m3u8')).captions;

describe('captions that no playlist announces', () => {
  const unsaid = { default: false, autoselect: false };
  const all = ['CC1', 'CC3', 'SERVICE1'].map((instreamId) => ({ instreamId, name: instreamId, ...unsaid }));

  it.each<[string, (picture: number) => boolean]>([
    ['in all pictures', () => true],
    ['at the head of a segment alone', (picture) => picture < 10],
    ['late in the last segment alone', (picture) => picture > 2 * gop - 10],
  ])('are found %s', async (_, captioned) => {
    expect(await indexed(captioned)).toEqual(all);
  });

  it('are not there where pictures have none', async () => {
    expect(await indexed(() => false)).toBeUndefined();
  });

  it('do not count where the playlist says what there is', async () => {
    const media = '#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="English",LANGUAGE="en",INSTREAM-ID="CC1"';
    expect(await indexed(() => true, media, ',CLOSED-CAPTIONS="cc"')).toMatchObject([
      { instreamId: 'CC1', name: 'English' },
    ]);
    expect(await indexed(() => true, '', ',CLOSED-CAPTIONS=NONE')).toBe('none');
  });
});
