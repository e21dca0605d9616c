import type { SampleTable } from '../model/sample-table.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';

interface TableSource {
  readonly columns: SampleColumns;
  readonly delay: number;
  readonly nalLengthSize?: 1 | 2;
  readonly inBandSets?: readonly Uint8Array[];
}

/** The table of the samples from one to before another. */
export function tableOf(
  { columns, delay, nalLengthSize, inBandSets }: TableSource,
  from: number,
  to: number,
): SampleTable {
  const durations = columns.durations.slice(from, to);
  const offsets = columns.compositionOffsets.slice(from, to).map((offset) => offset - delay);
  const sync = columns.sync.slice(from, to);
  return {
    sizes: columns.sizes.slice(from, to),
    durations: durations.every((duration) => duration === durations[0]) ? durations.slice(0, 1) : durations,
    ...(offsets.some((offset) => offset !== 0) && { compositionOffsets: offsets }),
    ...(sync.includes(0) && { sync }),
    runs: runsOf(columns, from, to),
    ...(nalLengthSize !== undefined && { nalLengthSize }),
    ...(inBandSets && { inBandSets }),
  };
}

/** Samples that lie one after the other are one run. */
function runsOf({ positions, sizes }: SampleColumns, from: number, to: number): Float64Array<ArrayBuffer> {
  const runs: number[] = [];
  let due = -1;
  for (let sample = from; sample < to; sample += 1) {
    const [position, size] = [positions[sample] as number, sizes[sample] as number];
    if (position === due) runs[runs.length - 1] = (runs.at(-1) as number) + size;
    else runs.push(position, size);
    due = position + size;
  }
  return Float64Array.from(runs);
}
