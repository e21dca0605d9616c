import { childrenOf, type ReadElement } from '../../manifest/xml-reader.js';
import { ManifestError } from '../../manifest/manifest-error.js';
import { maxResources } from './resource.js';

/** One segment as a template names it. */
export interface SegmentAddress {
  readonly number: number;
  /** ticks of the template's timescale; absent where it says durations without a timeline and the time cannot be told */
  readonly time: bigint;
  /** SubNumbers 1 to this, ISO/IEC 23009-1 §5.3.9.6.4: parts of a segment sequence; usually 1 */
  readonly subSegments: number;
  /** By rounding it may lie behind the end of what there is. */
  readonly optional?: true;
}

/** What a SegmentTemplate or SegmentList says of the time of its segments, attributes inherited and merged. */
export interface SegmentTiming {
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly timeline: ReadElement | undefined;
  /** seconds; undefined where the MPD does not say how long the Period is */
  readonly periodDuration: number | undefined;
  readonly line: number;
}

/**
 * Segments by number and time, ISO/IEC 23009-1 §5.3.9.5 and §5.3.9.6: a SegmentTimeline, or equal durations up to the end of the Period, or
 * one segment where neither is said.
 * @throws ManifestError for a repetition or a duration without an end, or more than maxResources segments
 */
export function* segmentAddresses(timing: SegmentTiming): Generator<SegmentAddress> {
  const { attributes, timeline, line } = timing;
  const startNumber = readWhole(attributes, 'startNumber', line) ?? 1;
  const endNumber = readWhole(attributes, 'endNumber', line);
  if (timeline) yield* timelineSegments(timing, timeline, { startNumber, endNumber });
  else if (attributes.duration !== undefined) yield* equalSegments(timing, { startNumber, endNumber });
  else {
    const last = endNumber ?? startNumber;
    checkCount(last - startNumber + 1, line);
    for (let number = startNumber; number <= last; number++) yield { number, time: 0n, subSegments: 1 };
  }
}

interface Numbers {
  readonly startNumber: number;
  readonly endNumber: number | undefined;
}

function* timelineSegments(timing: SegmentTiming, timeline: ReadElement, numbers: Numbers): Generator<SegmentAddress> {
  const runs = runsOf(timeline);
  let number = numbers.startNumber;
  let time = 0n;
  let count = 0;
  for (const [index, run] of runs.entries()) {
    number = run.number ?? number;
    time = run.time ?? time;
    const open = run.repeat < 0 ? openEnd(timing, { run, next: runs[index + 1], time }) : undefined;
    const times = open?.times ?? run.repeat + 1;
    const others = count > 0 || times > 1;
    const doubtful = open?.doubtful === true && others && numbers.endNumber === undefined;
    count += times * run.subSegments;
    checkCount(count, run.line);
    for (let i = 0; i < times; i++) {
      if (numbers.endNumber !== undefined && number > numbers.endNumber) return;
      const { subSegments } = run;
      yield { number: number++, time, subSegments, ...(doubtful && i === times - 1 && { optional: true }) };
      time += run.duration;
    }
  }
}

/** S, §5.3.9.6.2 */
interface Run {
  readonly number: number | undefined;
  readonly time: bigint | undefined;
  readonly duration: bigint;
  /** negative: until the next S@t or the end of the Period */
  readonly repeat: number;
  readonly subSegments: number;
  readonly line: number;
}

/** A timeline is read once, however many Representations share it. */
const timelines = new WeakMap<ReadElement, readonly Run[]>();

function runsOf(timeline: ReadElement): readonly Run[] {
  const known = timelines.get(timeline);
  if (known) return known;
  const runs = childrenOf(timeline, 'S').map(readRun);
  timelines.set(timeline, runs);
  return runs;
}

function readRun(element: ReadElement): Run {
  const { attributes, line } = element;
  const duration = readTicks(attributes, 'd', line);
  if (duration === undefined || duration === 0n)
    throw new ManifestError('invalid', 'S@d must be a positive number of ticks', line);
  const repeat = attributes.r ?? '0';
  if (!/^\s*-?\d{1,15}\s*$/.test(repeat))
    throw new ManifestError('invalid', `S@r must be an integer; given: ${repeat.slice(0, 60)}`, line);
  return {
    number: readWhole(attributes, 'n', line),
    time: readTicks(attributes, 't', line),
    duration,
    repeat: Number(repeat),
    subSegments: readWhole(attributes, 'k', line) ?? 1,
    line,
  };
}

interface OpenRun {
  readonly run: Run;
  readonly next: Run | undefined;
  /** where it begins */
  readonly time: bigint;
}

/** How many segments a run with a negative @r stands for, §5.3.9.6.3; `doubtful`: the last of them is a short rest, see `isShortRest`. */
function openEnd(timing: SegmentTiming, { run, next, time }: OpenRun): { times: number; doubtful: boolean } {
  const end = next?.time ?? periodEnd(timing);
  if (end === undefined)
    throw new ManifestError('invalid', 'S@r="-1" has no end: no S@t follows, and the Period has no duration', run.line);
  if (end <= time) return { times: 0, doubtful: false };
  const spans = Number(end - time) / Number(run.duration);
  const times = Number((end - time + run.duration - 1n) / run.duration);
  // The next S@t is exact, the end of the Period is rounded.
  return { times, doubtful: next?.time === undefined && isShortRest(spans) };
}

/** The end of the Period in the ticks of its media. */
function periodEnd({ attributes, periodDuration, line }: SegmentTiming): bigint | undefined {
  if (periodDuration === undefined) return undefined;
  const timescale = readWhole(attributes, 'timescale', line) ?? 1;
  const offset = readTicks(attributes, 'presentationTimeOffset', line) ?? 0n;
  return offset + BigInt(Math.round(periodDuration * timescale));
}

/** Seconds' fractions are written rounded: what is less than this of a segment is no segment. */
const roundingTolerance = 1e-6;

function* equalSegments(timing: SegmentTiming, { startNumber, endNumber }: Numbers): Generator<SegmentAddress> {
  const { attributes, periodDuration, line } = timing;
  const duration = readWhole(attributes, 'duration', line) ?? 0;
  const timescale = readWhole(attributes, 'timescale', line) ?? 1;
  if (duration === 0 || timescale === 0)
    throw new ManifestError('invalid', '@duration and @timescale must be positive', line);
  if (endNumber === undefined && periodDuration === undefined)
    throw new ManifestError('invalid', '@duration without an end: neither @endNumber nor a Period duration', line);
  const spans = ((periodDuration ?? 0) * timescale) / duration;
  const count = endNumber === undefined ? Math.ceil(spans - roundingTolerance) : endNumber - startNumber + 1;
  checkCount(count, line);
  const doubtful = endNumber === undefined && count > 1 && spans < count && isShortRest(spans);
  for (let i = 0; i < count; i++) {
    const time = BigInt(i) * BigInt(duration);
    yield { number: startNumber + i, time, subSegments: 1, ...(doubtful && i === count - 1 && { optional: true }) };
  }
}

/** Real durations differ by up to half a segment from the nominal one (DASH-IF IOP 3.2.7.1): a short rest may have no segment of its own. */
function isShortRest(spans: number): boolean {
  const rest = spans - Math.floor(spans);
  return rest > 0 && rest < 0.5;
}

function checkCount(count: number, line: number): void {
  if (count > maxResources)
    throw new ManifestError('too_large', `more than ${maxResources} segments (maxResources)`, line);
}

/** @throws ManifestError for what is no whole number */
function readWhole(
  attributes: Readonly<Record<string, string | undefined>>,
  name: string,
  line: number,
): number | undefined {
  const text = attributes[name]?.trim();
  if (text === undefined) return undefined;
  const value = Number(text);
  // Some write @duration with a fraction of zero.
  if (/^\d{1,16}(\.0*)?$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new ManifestError('invalid', `@${name} must be a whole number; given: ${text.slice(0, 60)}`, line);
}

/** 64-bit times: epoch times in 100 ns do not fit a double. */
function readTicks(
  attributes: Readonly<Record<string, string | undefined>>,
  name: string,
  line: number,
): bigint | undefined {
  const text = attributes[name]?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,20}$/.test(text)) return BigInt(text);
  throw new ManifestError('invalid', `@${name} must be a whole number; given: ${text.slice(0, 60)}`, line);
}
