import { describe, expect, it } from 'vitest';
import { SampleColumns } from '../isobmff/sample-columns.js';
import { cutMovies } from './cut-movies.js';
import { defaultLimits } from './limits.js';

describe('cutting MP4s', () => {
  it('takes time in proportion to the key pictures that there are', () => {
    const count = 600_000;
    const columns = new SampleColumns(count);
    columns.count = columns.duration = count;
    columns.sizes.fill(1);
    columns.durations.fill(1);
    columns.sync.fill(1);
    columns.positions.forEach((_, sample) => (columns.positions[sample] = sample));
    const track = { kind: 'video', id: 1, timescale: 25, columns, first: 0, end: count, delay: 0, start: 0 } as const;
    const [cut] = cutMovies([{ id: 'r1', uri: 'a.mp4', tracks: [track] }], defaultLimits);
    expect(cut!.segments.every(({ tracks: [only] }) => only!.sap === 1)).toBe(true);
    // A walk over all key pictures for each segment takes minutes.
  }, 30_000);
});
