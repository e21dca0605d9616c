import { expect, it } from 'vitest';
import { lengthPrefixed } from '../../../test/support/h264-writer.js';
import type { Samples } from '../model/samples.js';
import { withoutDelimiters } from './access-unit-delimiters.js';
import type { NalCodec } from './nal-codec.js';

const avc = {
  aud: Uint8Array.of(9, 0xf0),
  sei: Uint8Array.of(6, 1, 2),
  sps: Uint8Array.of(7),
  slice: Uint8Array.of(0x65, 9),
};
const hevc = {
  aud: Uint8Array.of(70, 1, 0x50),
  sei: Uint8Array.of(78, 1),
  sps: Uint8Array.of(66, 1),
  slice: Uint8Array.of(38, 1),
};

/** @param views of all samples, joined, as many as sizes say */
const samples = (sizes: readonly number[], data: Uint8Array[]): Samples => ({
  ...{ data, sizes: [...sizes] },
  decodeTimes: sizes.map((_, index) => index),
  compositionOffsets: sizes.map(() => 0),
  sync: sizes.map(() => true),
});

it.each<[NalCodec, typeof avc]>([
  ['avc', avc],
  ['hevc', hevc],
])('leaves the delimiters of %s out, wherever they stand before a slice', (codec, { aud, sei, sps, slice }) => {
  const given = [[aud, slice], [sei, aud, sps, slice], [slice, slice], [aud]].map(lengthPrefixed);
  const wanted = [[slice], [sei, sps, slice], [slice, slice], [aud]].map(lengthPrefixed);
  const sizes = given.map(({ length }) => length);
  for (const data of [[Buffer.concat(given)], given, [given[0]!, Buffer.concat(given.slice(1))]]) {
    const kept = withoutDelimiters(samples(sizes, data), codec);
    expect(kept.sizes).toEqual(wanted.map(({ length }) => length));
    expect(Buffer.concat(kept.data).toString('hex')).toBe(Buffer.concat(wanted).toString('hex'));
  }
});

it('gives samples without any as they are, and those whose NAL units do not fill them', () => {
  const whole = lengthPrefixed([avc.sei, avc.slice]);
  for (const data of [whole, whole.subarray(0, 6), lengthPrefixed([avc.aud]).subarray(0, 5), new Uint8Array(3)]) {
    const given = samples([data.length], [data]);
    expect(withoutDelimiters(given, 'avc')).toBe(given);
  }
});
