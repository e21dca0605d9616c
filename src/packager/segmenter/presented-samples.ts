import { PackagerError } from '../errors.js';
import type { Edit } from '../isobmff/edit-list.js';
import type { SampleColumns } from '../isobmff/sample-columns.js';
import { rescale } from '../timing/timescale.js';

/** The samples of a track that are packaged. */
export interface PresentedSamples {
  readonly first: number;
  readonly end: number;
  /** What is left out, the end of a sentence each. */
  readonly notes: readonly string[];
}

interface Presentation {
  readonly movieTimescale: number;
  readonly fragmented: boolean;
  readonly kind: 'video' | 'audio';
}

interface TrackTiming {
  readonly edit: Edit;
  readonly timescale: number;
}

/**
 * Audio that an edit hides at its start is what decoders need to begin (priming): so much of it is kept, in seconds, since it is no more than
 * encoders add.
 */
const longestPriming = 0.25;

/**
 * What an edit list leaves of a track's samples. Hidden ones are left out where none that is shown needs them.
 * @throws PackagerError source_invalid when nothing is left; source_unsupported when pictures would have to be decoded and not shown
 */
export function presentedSamples(columns: SampleColumns, track: TrackTiming, options: Presentation): PresentedSamples {
  const notes: string[] = [];
  const first = options.kind === 'video' ? firstPicture(columns, track, notes) : firstSound(columns, track, notes);
  const end = lastPresented(columns, track, options);
  if (end < columns.count) notes.push(`${columns.count - end} samples after the end of its edit list are left out.`);
  if (first < end) return { first, end, notes };
  throw new PackagerError('source_invalid', 'its edit list presents none of its samples');
}

function firstPicture(columns: SampleColumns, { edit, timescale }: TrackTiming, notes: string[]): number {
  const { sync, count, durations, compositionOffsets } = columns;
  const firstSync = sync.subarray(0, count).indexOf(1);
  if (firstSync < 0)
    throw new PackagerError('source_invalid', 'none of its pictures can be decoded without an earlier one (stss)');
  if (firstSync > 0)
    notes.push(`${firstSync} pictures before the first key frame are left out: they cannot be decoded.`);
  let first = firstSync;
  let hidden = 0;
  let time = columns.start;
  for (let sample = 0; sample < count; sample += 1) {
    const duration = durations[sample] as number;
    const isHidden = time + (compositionOffsets[sample] as number) + duration <= edit.mediaTime;
    if (sample > first && sync[sample] === 1 && hidden === sample - first) {
      first = sample;
      hidden = 0;
    }
    if (isHidden && sample >= first) hidden += 1;
    if (hidden < sample + 1 - first && time > edit.mediaTime + timescale) break;
    time += duration;
  }
  if (hidden === 0) {
    if (first > firstSync) notes.push(`${first - firstSync} pictures that its edit list hides are left out.`);
    return first;
  }
  throw new PackagerError(
    'source_unsupported',
    `its edit list begins inside a group of pictures: ${hidden} pictures would have to be decoded and not shown, which no manifest can say. ` +
      'Cut it at a key frame, or encode it anew.',
  );
}

function firstSound(columns: SampleColumns, { edit, timescale }: TrackTiming, notes: string[]): number {
  const { durations, count } = columns;
  let hidden = 0;
  let time = columns.start;
  while (hidden < count && time + (durations[hidden] as number) <= edit.mediaTime) {
    time += durations[hidden] as number;
    hidden += 1;
  }
  if (hidden === count) return count;
  if (time - columns.start <= longestPriming * timescale) return 0;
  // One frame overlaps with the next in all codecs that need any.
  const first = Math.max(0, hidden - 1);
  notes.push(`${first} audio frames that its edit list hides are left out.`);
  return first;
}

/** Those at the end, in decode order, that begin when the edit has ended, are not needed. */
function lastPresented(columns: SampleColumns, { edit, timescale }: TrackTiming, options: Presentation): number {
  // Of a fragmented file the movie box does not know the duration.
  if (edit.duration === undefined || options.fragmented) return columns.count;
  const rounding = Math.ceil(timescale / options.movieTimescale);
  const limit = edit.mediaTime + rescale(edit.duration, options.movieTimescale, timescale) + rounding;
  let end = columns.count;
  let time = columns.start + columns.duration;
  for (; end > 0; end -= 1) {
    time -= columns.durations[end - 1] as number;
    if (time + (columns.compositionOffsets[end - 1] as number) < limit) return end;
  }
  return end;
}
