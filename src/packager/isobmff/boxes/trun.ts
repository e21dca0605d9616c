import { fullBox, u32 } from '../box.js';

const flag = {
  dataOffset: 0x001,
  firstSampleFlags: 0x004,
  sampleDuration: 0x100,
  sampleSize: 0x200,
  sampleFlags: 0x400,
  sampleCompositionOffset: 0x800,
};

/** A column of values for each sample; absent: the default of `tfhd` holds (or 0 for composition offsets). */
export interface TrackRun {
  readonly sampleCount: number;
  /** From the first byte of `moof` to the first sample's, bytes. */
  readonly dataOffset: number;
  /** Overrides the default flags for the first sample alone; not together with `flags`. */
  readonly firstSampleFlags?: number;
  readonly durations?: readonly number[];
  readonly sizes?: readonly number[];
  readonly flags?: readonly number[];
  /** signed */
  readonly compositionOffsets?: readonly number[];
}

/** Track run, ISO/IEC 14496-12 §8.8.8, version 1: composition offsets are signed. */
export function trun(run: TrackRun): Uint8Array {
  const { sampleCount, dataOffset, firstSampleFlags, durations, sizes, flags, compositionOffsets } = run;
  return fullBox(
    'trun',
    1,
    flag.dataOffset |
      (firstSampleFlags === undefined ? 0 : flag.firstSampleFlags) |
      (durations ? flag.sampleDuration : 0) |
      (sizes ? flag.sampleSize : 0) |
      (flags ? flag.sampleFlags : 0) |
      (compositionOffsets ? flag.sampleCompositionOffset : 0),
    u32(sampleCount),
    u32(dataOffset),
    ...(firstSampleFlags === undefined ? [] : [u32(firstSampleFlags)]),
    // In this order for each sample.
    interleaved(
      sampleCount,
      [durations, sizes, flags, compositionOffsets].filter((column) => column !== undefined),
    ),
  );
}

/** 32 bits of every column for sample 0, then for sample 1, ...; negative numbers as two's complement. */
function interleaved(rows: number, columns: readonly (readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(rows * columns.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [column, values] of columns.entries())
    for (let row = 0; row < rows; row++) view.setUint32((row * columns.length + column) * 4, values[row] ?? 0);
  return bytes;
}
