import { createCipheriv, createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Encrypts the segments and the map of a media playlist with AES-128, as RFC 8216bis §4.4.4.4 says: each by itself, byte ranges too, which become
 * longer by their padding.
 */
export async function encryptSegments(playlist: string, how: 'IV and rotation' | 'sequence numbers'): Promise<void> {
  const folder = path.dirname(playlist);
  const lines: string[] = [];
  const files = new Map<string, Buffer[]>();
  let [range, sequence, keyNumber]: [string | undefined, number, number] = [undefined, 7, -1];
  let end = 0;
  const take = async (name: string, iv: Buffer): Promise<string | undefined> => {
    const whole = await readFile(path.join(folder, name));
    const [length, offset = end] = (range ?? `${whole.length}@0`).split('@').map(Number) as [number, number?];
    end = offset + length;
    const cipher = createCipheriv('aes-128-cbc', keyOf(keyNumber), iv);
    const bytes = Buffer.concat([cipher.update(whole.subarray(offset, end)), cipher.final()]);
    const parts = files.get(name) ?? [];
    const place = parts.reduce((sum, part) => sum + part.length, 0);
    files.set(name, [...parts, bytes]);
    return range === undefined ? undefined : `${bytes.length}@${place}`;
  };
  const useKey = async (number: number, iv: Buffer | undefined) => {
    keyNumber = number;
    await writeFile(path.join(folder, `${number}.key`), keyOf(number));
    const written = iv ? `,IV=0x${iv.toString('hex')}` : '';
    lines.push(`#EXT-X-KEY:METHOD=AES-128,URI="${number}.key"${written}`);
  };
  for (const line of (await readFile(playlist, 'utf8')).split('\n')) {
    const map = /^#EXT-X-MAP:URI="([^"]+)"(?:,BYTERANGE="([^"]+)")?/.exec(line);
    if (map) {
      const iv = ivOf(900);
      await useKey(90, iv);
      range = map[2];
      const place = await take(map[1]!, iv);
      lines.push(`#EXT-X-MAP:URI="${map[1]}"${place === undefined ? '' : `,BYTERANGE="${place}"`}`);
      range = undefined;
    } else if (line.startsWith('#EXT-X-BYTERANGE:')) range = line.slice('#EXT-X-BYTERANGE:'.length);
    else if (line.startsWith('#EXT-X-MEDIA-SEQUENCE')) lines.push(`#EXT-X-MEDIA-SEQUENCE:${sequence}`);
    else if (line === '' || line.startsWith('#')) lines.push(line);
    else {
      const own = how === 'IV and rotation' ? ivOf(sequence) : undefined;
      const extinf = lines.pop()!;
      if (own || keyNumber < 0) await useKey(own ? Math.floor(sequence / 2) : 0, own);
      const sequenceIv = Buffer.alloc(16);
      sequenceIv.writeUInt32BE(sequence, 12);
      const place = await take(line, own ?? sequenceIv);
      lines.push(extinf, ...(place === undefined ? [] : [`#EXT-X-BYTERANGE:${place}`]), line);
      range = undefined;
      sequence += 1;
    }
  }
  for (const [name, parts] of files) await writeFile(path.join(folder, name), Buffer.concat(parts));
  await writeFile(playlist, lines.join('\n'));
}

const digest = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16);
const keyOf = (number: number) => digest(`key ${number}`);
const ivOf = (number: number) => digest(`iv ${number}`);
