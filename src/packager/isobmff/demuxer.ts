import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import type { TabledSegment } from '../model/asset-index.js';
import type { SampleTable } from '../model/sample-table.js';
import type { Samples } from '../model/samples.js';
import type { SourceRange } from '../model/source-reader.js';
import { withoutParameterSets } from './in-band-sets.js';
import { withLongLengths } from './nal-lengths.js';

/**
 * The samples of one segment of an MP4, for each track of its period, in order. Nothing is copied: the result holds views of the bytes.
 * @param bytes of each of the segment's reads, in that order
 * @throws PackagerError where NAL units do not fill their sample
 */
export function tabledSamples(segment: TabledSegment, bytes: readonly Uint8Array[]): Samples[] {
  const reads = [segment.source, ...segment.more];
  return segment.samples.map((table, track) =>
    samplesOf(table, segment.tracks[track]?.start ?? 0, (offset, length) => view(reads, bytes, { offset, length })),
  );
}

type ViewOf = (offset: number, length: number) => Uint8Array;

function view(
  reads: readonly SourceRange[],
  bytes: readonly Uint8Array[],
  { offset, length }: { offset: number; length: number },
): Uint8Array {
  for (const [index, read] of reads.entries()) {
    const from = offset - (read.offset ?? 0);
    if (from >= 0 && from + length <= (read.length ?? 0))
      return (bytes[index] as Uint8Array).subarray(from, from + length);
  }
  throw new Error(`no read holds the ${length} bytes at ${offset}`);
}

function samplesOf(table: SampleTable, start: number, viewOf: ViewOf): Samples {
  const { sizes, durations, compositionOffsets, sync, runs } = table;
  const decodeTimes: number[] = [];
  let time = start;
  for (let sample = 0; sample < sizes.length; sample += 1) {
    decodeTimes.push(time);
    time += (durations.length === 1 ? durations[0] : durations[sample]) as number;
  }
  const data: Uint8Array[] = [];
  for (let run = 0; run < runs.length; run += 2) data.push(viewOf(runs[run] as number, runs[run + 1] as number));
  return {
    ...located(() => rewritten(data, table), runs[0]),
    decodeTimes,
    compositionOffsets: compositionOffsets ? Array.from(compositionOffsets) : decodeTimes.map(() => 0),
    sync: sync ? Array.from(sync, (flag) => flag === 1) : decodeTimes.map(() => true),
  };
}

/** With lengths of four bytes, and without parameter sets that are in the sample entry. */
function rewritten(
  data: Uint8Array[],
  { sizes, nalLengthSize, inBandSets }: SampleTable,
): { data: Uint8Array[]; sizes: number[] } {
  const long =
    nalLengthSize === undefined ? { data, sizes: Array.from(sizes) } : withLongLengths(data, sizes, nalLengthSize);
  return inBandSets ? withoutParameterSets(long, inBandSets) : long;
}

function located<T>(work: () => T, byteOffset = 0): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new PackagerError('source_invalid', error.message, { byteOffset });
  }
}
