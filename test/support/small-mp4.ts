import { randomFillSync } from 'node:crypto';

/** An MP4 file of just the boxes that make it one: `ftyp`, `moov` with one empty track, and `mdat` with bytes of no meaning. */
export function smallMp4({
  durationMs = 60_000,
  mediaBytes = 100_000,
  moovLast = false,
}: { durationMs?: number; mediaBytes?: number; moovLast?: boolean } = {}): Buffer {
  const mvhd = Buffer.alloc(100);
  mvhd.writeUInt32BE(1000, 12); // timescale
  mvhd.writeUInt32BE(durationMs, 16);
  const moov = box('moov', box('mvhd', mvhd), box('trak', box('tkhd', Buffer.alloc(84))));
  const mdat = box('mdat', randomFillSync(Buffer.alloc(mediaBytes)));
  const ftyp = box('ftyp', Buffer.from('isom\0\0\0\0isommp42', 'latin1'));
  return Buffer.concat(moovLast ? [ftyp, mdat, moov] : [ftyp, moov, mdat]);
}

export function box(type: string, ...payload: Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + payload.reduce((sum, part) => sum + part.length, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...payload]);
}
