import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { layOut, multiplex, pictures, unitsEach } from '../../../test/support/made-stream.js';
import { memorySource } from '../../../test/support/memory-source.js';
import { videoPid } from '../../../test/support/transport-stream.js';
import { decryptingSource } from '../../transfer/decrypting-source.js';
import { indexSource } from './asset-index.js';

const entry = 'mem://source/index.m3u8';
const key = Buffer.alloc(16, 7);

function encrypted(plain: Uint8Array, sequence: number, by = key): Buffer {
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(sequence, 12);
  const cipher = createCipheriv('aes-128-cbc', by, iv);
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

const units = pictures(45);
function segment(part: number): Buffer {
  const own = units.slice(part * 15, part * 15 + 15);
  return Buffer.concat(multiplex([layOut(videoPid, own, unitsEach(own, 1))]));
}

const tag = '#EXT-X-KEY:METHOD=AES-128,URI="1.key"';
const playlist = (...tags: string[]) =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:1', '#EXT-X-MEDIA-SEQUENCE:5', ...tags]
    .concat(...[0, 1, 2].map((part) => ['#EXTINF:0.6,', `${part}.ts`]), '#EXT-X-ENDLIST', '')
    .join('\n');

/** Three segments, the first of the number 5. */
function source(changes: Record<string, Uint8Array | string> = {}) {
  return decryptingSource(
    memorySource({
      [entry]: playlist(tag),
      'mem://source/1.key': key,
      ...Object.fromEntries([0, 1, 2].map((part) => [`mem://source/${part}.ts`, encrypted(segment(part), part + 5)])),
      ...changes,
    }),
  );
}

describe('a playlist that is encrypted with AES-128', () => {
  it('is read with the IV of its media sequence numbers', async () => {
    const { renditions } = await indexSource(source(), entry);
    const [period] = renditions[0]!.periods;
    expect(period!.segments).toHaveLength(3);
    expect(period!.segments[1]!.source.encryption).toEqual({
      ...{ method: 'AES-128', key: 'mem://source/1.key', iv: `${'0'.repeat(31)}6`, offset: 0 },
    });
  });

  it('is read with the key of KEYFORMAT identity where there are several', async () => {
    const other = '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"';
    const identity = `${tag},KEYFORMAT="identity",KEYFORMATVERSIONS="1"`;
    const { renditions } = await indexSource(source({ [entry]: playlist(other, identity) }), entry);
    expect(renditions[0]!.periods[0]!.segments).toHaveLength(3);
  });

  it.each([
    {
      name: 'SAMPLE-AES',
      tags: ['#EXT-X-KEY:METHOD=SAMPLE-AES,URI="1.key"'],
      code: 'source_encrypted',
      message: 'EXT-X-KEY with METHOD SAMPLE-AES; only AES-128',
    },
    {
      name: 'SAMPLE-AES-CTR',
      tags: ['#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="1.key"'],
      code: 'source_encrypted',
      message: 'METHOD SAMPLE-AES-CTR',
    },
    {
      name: 'a KEYFORMAT of a DRM system',
      tags: [`${tag},KEYFORMAT="com.example.drm"`],
      code: 'source_encrypted',
      message: 'METHOD AES-128 (com.example.drm); only',
    },
    { name: 'an IV that is no number', tags: [`${tag},IV=12345`], code: 'source_invalid', message: 'IV must be 0x' },
    {
      name: 'a map that is encrypted without an IV',
      tags: [tag, '#EXT-X-MAP:URI="init.mp4"'],
      code: 'source_invalid',
      message: 'EXT-X-KEY that applies to EXT-X-MAP needs an IV',
    },
    {
      name: 'a key URI that is none',
      tags: ['#EXT-X-KEY:METHOD=AES-128,URI="http://[x"'],
      code: 'source_invalid',
      message: 'not a URI',
    },
  ])('is refused with $name', async ({ tags, code, message }) => {
    const failure = await failureOf(source({ [entry]: playlist(...tags) }));
    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect((failure as Error).message).toContain('segment 1');
  });

  // Larger than what is read of a head, so that no padding tells that the key is wrong.
  const large = Buffer.concat(Array.from({ length: 8 }, () => segment(0)));
  const broken: { name: string; changes: Record<string, Uint8Array>; message: string }[] = [
    {
      name: 'a wrong key',
      changes: { 'mem://source/1.key': Buffer.alloc(16, 8) },
      message: 'mem://source/0.ts cannot be deciphered with the key mem://source/1.key',
    },
    {
      name: 'a segment that is clear',
      changes: { 'mem://source/0.ts': segment(0).subarray(0, 188 * 3) },
      message: 'mem://source/0.ts is said to be encrypted with AES-128, and ends after 564 bytes',
    },
    {
      name: 'a wrong key of a large segment',
      changes: { 'mem://source/1.key': Buffer.alloc(16, 8), 'mem://source/0.ts': encrypted(large, 5) },
      message:
        'something else was found; it was deciphered with the key mem://source/1.key: is that, and its IV, the right one? ' +
        '(rendition r1, segment 1, mem://source/0.ts)',
    },
  ];
  it.each(broken)('names segment and key with $name', async ({ changes, message }) => {
    expect(large.length).toBeGreaterThan(65_536);
    expect(((await failureOf(source(changes))) as Error).message).toContain(message);
  });

  it('gives what the reader says of a key that is not there', async () => {
    const failure = await failureOf(source({ [entry]: playlist('#EXT-X-KEY:METHOD=AES-128,URI="none.key"') }));
    expect((failure as Error).message).toContain('not found: mem://source/none.key');
  });
});

async function failureOf(reader: ReturnType<typeof source>): Promise<unknown> {
  return indexSource(reader, entry).then(
    () => undefined,
    (error: unknown) => error,
  );
}
