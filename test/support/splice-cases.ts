import type { SpliceInfo } from '../../src/packager/codec/scte35/splice-info-section.js';
import { writeSpliceInsert, writeSpliceNull, writeTimeSignal } from './splice-writer.js';

const insert = { eventId: 1, out: true, autoReturn: false };
const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const good = writeTimeSignal(1000, { segmentations: [{ typeId: 0x34 }] });

/** splice_info_sections that can be read, with what they say, and others; the valid ones seed the fuzzer. */
export const spliceSections: {
  readonly valid: readonly { readonly name: string; readonly section: Uint8Array; readonly info: SpliceInfo }[];
  readonly broken: readonly { readonly name: string; readonly section: Uint8Array; readonly message: string }[];
} = {
  valid: [
    {
      name: 'a time_signal() with a segmentation, as an encoder wrote it',
      section: bytes('/DA0AAAAAAAAAAAABQb+ADAQ6QAeAhxDVUVJQAAAO3/PAAEUrEoICAAAAAAg+2UBNAAANvrtoQ=='),
      info: {
        ptsTime: 3_150_057,
        segmentations: [
          {
            ...{ eventId: 0x4000003b, typeId: 0x34, duration: 18_132_042, upidType: 8 },
            upid: Uint8Array.of(0, 0, 0, 0, 0x20, 0xfb, 0x65, 0x01),
          },
        ],
      },
    },
    {
      name: 'a splice_insert() that leaves and returns by itself',
      section: writeSpliceInsert({ pts: 2 ** 32 + 5, duration: 2 ** 32 + 1 }),
      info: { ptsTime: 2 ** 32 + 5, insert: { ...insert, duration: 2 ** 32 + 1, autoReturn: true }, segmentations: [] },
    },
    {
      name: 'a time that pts_adjustment takes beyond 33 bits',
      section: writeSpliceInsert({ pts: 2 ** 33 - 100, out: false }, { ptsAdjustment: 300 }),
      info: { ptsTime: 200, insert: { ...insert, out: false }, segmentations: [] },
    },
    {
      name: 'an immediate splice_insert()',
      section: writeSpliceInsert({}),
      info: { insert, segmentations: [] },
    },
    {
      name: 'a splice of components',
      section: writeSpliceInsert({ components: [700, 701] }),
      info: { ptsTime: 700, insert, segmentations: [] },
    },
    {
      name: 'a cancelled splice_insert()',
      section: writeSpliceInsert({ cancelled: true }),
      info: { segmentations: [], cancelled: ['insert 1'] },
    },
    {
      name: 'segmentations of components, and none that is cancelled',
      section: writeTimeSignal(undefined, {
        segmentations: [
          { typeId: 0x31, cancelled: true },
          { typeId: 0x31, eventId: 9, components: 2 },
        ],
      }),
      info: {
        segmentations: [{ eventId: 9, typeId: 0x31, upidType: 0, upid: new Uint8Array() }],
        cancelled: ['segmentation 1'],
      },
    },
    { name: 'a splice_null()', section: writeSpliceNull(), info: { segmentations: [] } },
  ],
  broken: [
    { name: 'another table', section: good.with(0, 0xfd), message: 'table_id 0xfc; given: 0xfd' },
    { name: 'a wrong CRC', section: good.with(9, 1), message: 'wrong CRC' },
    { name: 'a section that is cut off', section: good.subarray(0, -1), message: 'says that it has' },
    { name: 'nothing', section: new Uint8Array(), message: 'table_id' },
    { name: 'an encrypted message', section: writeSpliceInsert({}, { encrypted: true }), message: 'encrypted' },
  ],
};
