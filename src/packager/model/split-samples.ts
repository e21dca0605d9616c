import type { Samples } from './samples.js';

/**
 * Cuts samples before those of these indexes. Nothing is copied: gather lists are cut into views.
 * @param starts ascending, each below the number of samples; the first part begins at the first of them
 */
export function splitSamples(samples: Samples, starts: readonly number[]): Samples[] {
  const count = samples.sizes.length;
  const cursor = { view: 0, offset: 0 };
  take(samples, cursor, bytesOf(samples.sizes, 0, starts[0] ?? 0));
  return starts.map((from, index) => {
    const to = starts[index + 1] ?? count;
    return {
      data: take(samples, cursor, bytesOf(samples.sizes, from, to)),
      sizes: samples.sizes.slice(from, to),
      decodeTimes: samples.decodeTimes.slice(from, to),
      compositionOffsets: samples.compositionOffsets.slice(from, to),
      sync: samples.sync.slice(from, to),
    };
  });
}

/** Indexes of the samples at which decoding can begin. */
export function syncIndexes({ sync }: Samples): number[] {
  return sync.flatMap((isSync, index) => (isSync ? [index] : []));
}

/** One after the other; their times are on one time line already. */
export function joinSamples(parts: readonly Samples[]): Samples {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return {
    data: parts.flatMap(({ data }) => data),
    sizes: parts.flatMap(({ sizes }) => sizes),
    decodeTimes: parts.flatMap(({ decodeTimes }) => decodeTimes),
    compositionOffsets: parts.flatMap(({ compositionOffsets }) => compositionOffsets),
    sync: parts.flatMap(({ sync }) => sync),
  };
}

function bytesOf(sizes: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += sizes[index] as number;
  return sum;
}

/** The next bytes of the gather list. */
function take({ data }: Samples, cursor: { view: number; offset: number }, length: number): Uint8Array[] {
  const views: Uint8Array[] = [];
  for (let left = length; left > 0;) {
    const view = data[cursor.view];
    if (!view) throw new Error(`the samples' bytes end ${left} bytes before their sizes do`);
    const share = Math.min(left, view.length - cursor.offset);
    if (share > 0) views.push(view.subarray(cursor.offset, cursor.offset + share));
    left -= share;
    cursor.offset += share;
    if (cursor.offset < view.length) continue;
    cursor.view += 1;
    cursor.offset = 0;
  }
  return views;
}
