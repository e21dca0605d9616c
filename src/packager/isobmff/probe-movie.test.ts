import { describe, expect, it } from 'vitest';
import { box, smallMp4 } from '../../../test/support/small-mp4.js';
import { probeMovie } from './probe-movie.js';

const probe = (bytes: Buffer) =>
  probeMovie({
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  });

describe('looking into an MP4 file', () => {
  it.each([true, false])('finds duration and tracks, wherever moov lies (last: %s)', async (moovLast) => {
    expect(await probe(smallMp4({ durationMs: 61_234, moovLast }))).toEqual({ durationMs: 61_234, tracks: 1 });
  });

  it('reads the wide fields of version 1', async () => {
    const mvhd = Buffer.alloc(112);
    mvhd.writeUInt8(1, 0);
    mvhd.writeUInt32BE(90_000, 20);
    mvhd.writeBigUInt64BE(90_000n * 40_000n, 24);
    const file = Buffer.concat([box('ftyp'), box('moov', box('mvhd', mvhd), box('trak')), box('mdat')]);
    expect(await probe(file)).toEqual({ durationMs: 40_000_000, tracks: 1 });
  });

  it('does not make a duration up', async () => {
    expect((await probe(smallMp4({ durationMs: 0xffff_ffff }))).durationMs).toBeUndefined();
  });

  const whole = smallMp4();
  it.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /no moov/],
    ['a page', Buffer.from('<!DOCTYPE html><html>'), /has 1008813135 bytes|begins with/],
    ['one that was cut off', whole.subarray(0, -1), /mdat at \d+ has \d+ bytes, \d+ are left/],
    ['one with more behind it', Buffer.concat([whole, Buffer.from('abc')]), /3 bytes are left/],
    [
      'one without media',
      Buffer.concat([box('ftyp'), box('moov', box('mvhd', Buffer.alloc(100)), box('trak'))]),
      /timescale 0/,
    ],
    ['one without moov', Buffer.concat([box('ftyp'), box('mdat')]), /no moov/],
    [
      'one without tracks',
      Buffer.concat([box('ftyp'), box('moov', box('mvhd', Buffer.alloc(100))), box('mdat')]),
      /no track/,
    ],
  ])('says what is wrong with %s', async (_, bytes, problem) => {
    await expect(probe(bytes)).rejects.toThrow(problem);
  });
});
