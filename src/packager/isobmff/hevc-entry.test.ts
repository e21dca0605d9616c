import { describe, expect, it } from 'vitest';
import { lengthPrefixed } from '../../../test/support/h264-writer.js';
import { writeHevcPps, writeHevcSlice, writeHevcSps, writeHevcVps } from '../../../test/support/h265-writer.js';
import { hevcConfiguration } from '../codec/h265/hevc-configuration.js';
import type { HevcConfiguration } from '../model/video.js';
import { fullBox, u32 } from './box.js';
import { readBoxes } from './box-reader.js';
import { hevcSampleEntry } from './boxes/hvc1.js';
import { hvcC } from './boxes/hvcc.js';
import { withoutParameterSets } from './in-band-sets.js';
import { readSampleEntry } from './read-sample-entry.js';

const [vps, sps, pps] = [writeHevcVps(), writeHevcSps({ bitDepth: 10 }), writeHevcPps()];
const slice = writeHevcSlice({ type: 20 });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const configuration = (inBand = false) => hevcConfiguration({ vps: [vps], sps: [sps], pps: [pps], sei: [] }, inBand);
const array = (type: number, set: Uint8Array) =>
  `${type.toString(16)}0001${set.length.toString(16).padStart(4, '0')}${hex(set)}`;

async function reread(made: HevcConfiguration, sample: Uint8Array, name?: string) {
  const bytes = hevcSampleEntry(made);
  if (name !== undefined) bytes.set(Buffer.from(name), 4);
  const [stsd] = readBoxes(fullBox('stsd', 0, 0, u32(1), bytes));
  return readSampleEntry(stsd!.children, () => Promise.resolve(sample));
}

describe('hvcC', () => {
  it('is the record of ISO/IEC 14496-15 with complete arrays', () => {
    expect(hex(hvcC(configuration())).slice(16)).toBe(
      `01022000000${'0b0000000000'}07b` + // version; profile 2, compatible with 2, constraints, level 123
        'f000fcfdfafa0000' + // no spatial segmentation, parallelism unknown, 4:2:0, 10 bits twice, no average frame rate
        `0f03${array(0xa0, vps)}${array(0xa1, sps)}${array(0xa2, pps)}`, // one layer, nested, lengths of 4 bytes
    );
  });

  it('has arrays that are not complete where samples bring their own', () => {
    expect(hex(hvcC(configuration(true)))).toContain(array(0x20, vps) + array(0x21, sps) + array(0x22, pps));
  });

  it('needs a set of each kind', () => {
    expect(() => hvcC({ ...configuration(), vps: [] })).toThrow('lacks a VPS');
  });
});

describe('a sample entry of HEVC', () => {
  const colour = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };
  const bright: HevcConfiguration = {
    ...configuration(),
    ...{ colour, sampleAspectRatio: [4, 3] },
    ...{ masteringDisplay: new Uint8Array(24).fill(7), contentLight: Uint8Array.of(3, 232, 1, 144) },
  };

  it('can be read back, with colour and what the picture was mastered on', async () => {
    expect((await reread(bright, lengthPrefixed([slice]))).configuration).toEqual(bright);
    expect(hex(hevcSampleEntry(bright))).toContain(
      `${hex(Buffer.from('colrnclx'))}00090010000900${'00000020'}${hex(Buffer.from('mdcv'))}${'07'.repeat(24)}0000000c${hex(Buffer.from('clli'))}03e80190`,
    );
  });

  it('is refused where its record calls something else a parameter set', async () => {
    const lying = { ...configuration(), pps: [Uint8Array.of(0x5e, 1, 0xc0, 0xc0)] };
    await expect(reread(lying, lengthPrefixed([slice]))).rejects.toThrow(
      'a NAL unit of type 47 among those of type 34',
    );
  });

  it.each([
    ['has none', [slice]],
    ['has those of the record', [vps, sps, pps, slice]],
  ])('hev1 becomes hvc1 when its first sample %s', async (_, units) => {
    const { configuration: read, inBandSets } = await reread(configuration(), lengthPrefixed(units), 'hev1');
    expect(read).toMatchObject({ codecString: 'hvc1.2.4.L123.B0', parameterSetsInBand: false });
    expect(inBandSets).toEqual([vps, sps, pps]);
  });

  it('hev1 stays so when its first sample has other parameter sets', async () => {
    const sample = lengthPrefixed([writeHevcSps({ width: 64 }), slice]);
    const { configuration: read, inBandSets } = await reread(configuration(), sample, 'hev1');
    expect(read).toMatchObject({ codecString: 'hev1.2.4.L123.B0', parameterSetsInBand: true });
    expect(inBandSets).toBeUndefined();
  });
});

describe('hvc1 whose samples bring parameter sets, which it must not', () => {
  it('loses those of the record', async () => {
    const { configuration: read, inBandSets } = await reread(configuration(), lengthPrefixed([vps, sps, pps, slice]));
    expect(read.codecString).toBe('hvc1.2.4.L123.B0');
    expect(inBandSets).toEqual([vps, sps, pps]);
    expect((await reread(configuration(), lengthPrefixed([slice]))).inBandSets).toBeUndefined();
  });

  it('is hev1 with others', async () => {
    const sample = lengthPrefixed([writeHevcSps({ width: 64 }), slice]);
    expect((await reread(configuration(), sample)).configuration).toMatchObject({
      codecString: 'hev1.2.4.L123.B0',
      parameterSetsInBand: true,
    });
  });
});

describe('withoutParameterSets', () => {
  it('leaves known ones out and copies nothing', () => {
    const data = [lengthPrefixed([vps, sps, pps, slice, slice]), lengthPrefixed([slice, pps, slice])];
    const sizes = data.map(({ length }) => length);
    const kept = withoutParameterSets({ data, sizes }, [vps, sps, pps]);
    expect(hex(Buffer.concat(kept.data))).toBe(hex(lengthPrefixed([slice, slice, slice, slice])));
    expect(kept.sizes).toEqual([lengthPrefixed([slice, slice]).length, lengthPrefixed([slice, slice]).length]);
  });

  it('gives samples without any as they are', () => {
    const joined = lengthPrefixed([slice, slice]);
    const samples = { data: [joined], sizes: [joined.length / 2, joined.length / 2] };
    expect(withoutParameterSets(samples, [vps]).data).toBe(samples.data);
  });

  it('refuses others, and NAL units that do not fill their sample', () => {
    const other = lengthPrefixed([writeHevcPps({ id: 3 }), slice]);
    expect(() => withoutParameterSets({ data: [other], sizes: [other.length] }, [vps])).toThrow(
      'change inside the file',
    );
    const short = lengthPrefixed([slice]).subarray(0, -1);
    expect(() => withoutParameterSets({ data: [short], sizes: [short.length] }, [])).toThrow('left in its sample');
  });
});
