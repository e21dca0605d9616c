import { PackagerError } from '../errors.js';
import type { Samples } from '../model/samples.js';
import { box, concat } from './box.js';
import { styp } from './boxes/ftyp.js';
import { mdatHeader } from './boxes/mdat.js';
import { mfhd } from './boxes/mfhd.js';
import { sampleFlags } from './boxes/sample-flags.js';
import { tfdt } from './boxes/tfdt.js';
import { type SampleDefaults, tfhd } from './boxes/tfhd.js';
import { type TrackRun, trun } from './boxes/trun.js';
import { trackId } from './init-segment.js';

export interface MediaSegment {
  readonly sequenceNumber: number;
  readonly samples: Samples;
  /** Decode time of the first sample after the segment, ticks: the last sample lasts until then. */
  readonly end: number;
  /** `emsg` boxes, which stand before the first fragment. */
  readonly events?: Uint8Array;
}

/**
 * A media segment of one fragment, ISO/IEC 23000-19 §7.3.2:
 *
 *     styp
 *     emsg, as many as there are events
 *     moof: mfhd, traf: tfhd, tfdt, trun
 *     mdat
 *
 * @returns a gather list: all that stands before the samples, then the samples' own bytes, which are not copied
 * @throws PackagerError source_invalid when there are no samples, or their times do not rise
 */
export function mediaSegment(segment: MediaSegment): Uint8Array[] {
  return mediaFragment({ ...segment, isFirst: true });
}

/** One fragment of a segment; `styp` stands before the first. */
export function mediaFragment({
  sequenceNumber,
  samples,
  end,
  events,
  isFirst,
}: MediaSegment & { readonly isFirst: boolean }): Uint8Array[] {
  const { defaults, run } = describeSamples(samples, durations(samples.decodeTimes, end));
  const [start = 0] = samples.decodeTimes;
  const payload = samples.data.reduce((sum, part) => sum + part.length, 0);
  const dataHeader = mdatHeader(payload);
  const fragment = (dataOffset: number) =>
    box('moof', mfhd(sequenceNumber), box('traf', tfhd(trackId, defaults), tfdt(start), trun({ ...run, dataOffset })));
  // The offset of the data is the size of the box that states it; the size does not depend on the offset.
  const dataOffset = fragment(0).length + dataHeader.length;
  const type = isFirst ? [styp(), ...(events ? [events] : [])] : [];
  return [concat(...type, fragment(dataOffset), dataHeader), ...samples.data];
}

/** From each sample to the next. */
function durations(decodeTimes: readonly number[], end: number): number[] {
  if (decodeTimes.length === 0)
    throw new PackagerError('source_invalid', 'the segment has no sample: nothing of the track can be decoded from it');
  return decodeTimes.map((time, index) => {
    const duration = (decodeTimes[index + 1] ?? end) - time;
    if (duration <= 0 || duration >= 2 ** 32)
      throw new PackagerError(
        'source_invalid',
        `decode times must rise from sample to sample, by less than 2^32 ticks; sample ${index + 1} of ${decodeTimes.length} ` +
          `at tick ${time} is followed by ${time + duration}`,
      );
    return duration;
  });
}

/** What all samples share goes into `tfhd`, the rest into `trun`. */
function describeSamples(
  { sizes, sync, compositionOffsets }: Samples,
  sampleDurations: readonly number[],
): { defaults: SampleDefaults; run: Omit<TrackRun, 'dataOffset'> } {
  const flags = describeFlags(sync);
  const duration = shared(sampleDurations);
  const size = shared(sizes);
  return {
    defaults: {
      ...(duration !== undefined && { duration }),
      ...(size !== undefined && { size }),
      ...flags.defaults,
    },
    run: {
      sampleCount: sizes.length,
      ...(duration === undefined && { durations: sampleDurations }),
      ...(size === undefined && { sizes }),
      ...flags.run,
      ...(shared(compositionOffsets) === 0 ? {} : { compositionOffsets }),
    },
  };
}

/**
 * One default when all flags are equal; a first one of its own when all the others are; otherwise one for each, because a fragment may hold
 * several groups of pictures and every sync sample keeps its flag.
 */
function describeFlags(sync: readonly boolean[]): {
  defaults: Pick<SampleDefaults, 'flags'>;
  run: Pick<TrackRun, 'flags' | 'firstSampleFlags'>;
} {
  const flags = sync.map((isSync) => (isSync ? sampleFlags.sync : sampleFlags.nonSync));
  const [first, ...rest] = flags;
  const others = shared(rest) ?? (rest.length === 0 ? first : undefined);
  if (first === undefined || others === undefined) return { defaults: {}, run: { flags } };
  return { defaults: { flags: others }, run: first === others ? {} : { firstSampleFlags: first } };
}

/** The value that all have, undefined when they differ or there are none. */
function shared(values: readonly number[]): number | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
}
