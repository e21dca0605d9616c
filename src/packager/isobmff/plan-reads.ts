import type { SampleTable } from '../model/sample-table.js';
import type { SourceRange, SourceResource } from '../model/source-reader.js';

/** Bytes between two stretches that are read along: one read of a little more is faster than two. */
const smallGap = 64 * 1024;
/** Reads for one segment: as many as there may be tracks in stretches of their own, and some. */
export const maximumReads = 24;

interface Stretch {
  readonly offset: number;
  end: number;
}

/** Few large reads that hold all samples of these tables, in the order of the resource. */
export function planReads(resource: SourceResource, tables: readonly SampleTable[]): [SourceRange, ...SourceRange[]] {
  const runs = tables.flatMap(runsOf).sort((a, b) => a.offset - b.offset);
  let reads = merged(runs, smallGap);
  for (let gap = smallGap * 4; reads.length > maximumReads; gap *= 4) reads = merged(reads, gap);
  const [first = { ...resource, offset: 0, length: 0 }, ...others] = reads.map(({ offset, end }) => ({
    ...resource,
    offset,
    length: end - offset,
  }));
  return [first, ...others];
}

function runsOf({ runs }: SampleTable): Stretch[] {
  return Array.from({ length: runs.length / 2 }, (_, run) => {
    const offset = runs[run * 2] as number;
    return { offset, end: offset + (runs[run * 2 + 1] as number) };
  });
}

function merged(sorted: readonly Stretch[], gap: number): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { offset, end } of sorted) {
    const last = stretches.at(-1);
    if (last && offset - last.end <= gap) last.end = Math.max(last.end, end);
    else stretches.push({ offset, end });
  }
  return stretches;
}
