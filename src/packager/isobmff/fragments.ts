import { ByteReader } from '../bits/byte-reader.js';
import { MalformedError } from '../bits/malformed.js';
import { PackagerError } from '../errors.js';
import { boxesOf, bytesOf, findBox, type ReadBox } from './box-reader.js';
import { type FragmentDefaults, needed, noDefaults } from './movie.js';
import { readTfxd } from './read-tfxd.js';
import type { SampleColumns } from './sample-columns.js';

/** A track whose samples are being gathered from fragments. */
export interface FragmentedTrack {
  readonly timescale: number;
  readonly columns: SampleColumns;
  /** Text: nothing is shown where fragments leave a gap, which a sample of no bytes stands for. */
  readonly sparse?: boolean;
}

/** The tracks of a movie, by track_ID. */
export interface FragmentedMovie {
  /** Those whose samples are gathered. */
  readonly tracks: ReadonlyMap<number, FragmentedTrack>;
  /** Of the others too: how long their data are tells where the next ones' begin. */
  readonly defaults: ReadonlyMap<number, FragmentDefaults>;
}

export interface FragmentOptions {
  /** Offset of the fragment in the resource. */
  readonly position: number;
  /** Samples of one track. */
  readonly maximum: number;
}

const tfhdFlags = {
  baseDataOffset: 0x1,
  description: 0x2,
  duration: 0x8,
  size: 0x10,
  flags: 0x20,
  baseIsMoof: 0x2_0000,
};
const trunFlags = { dataOffset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, offset: 0x800 };
/** sample_is_non_sync_sample, ISO/IEC 14496-12 §8.8.3.1 */
const nonSync = 0x1_0000;
/** Seconds that may be missing between two fragments: a gap in the source, during which the last sample lasts on. */
const largestGap = 10;

/**
 * Adds the samples of a movie fragment, ISO/IEC 14496-12 §8.8.4, to those of the movie's tracks. Tracks that are not gathered are passed over.
 * @throws MalformedError; PackagerError source_too_large
 */
export function addFragment(
  moof: ReadBox,
  { tracks, defaults: ofMovie }: FragmentedMovie,
  { position, maximum }: FragmentOptions,
): void {
  // Without any flag the first track's data are counted from the fragment, and those of each further one go on from there.
  let dataEnd = position;
  for (const traf of boxesOf(moof.children, 'traf')) {
    const header = trackFragmentHeader(needed(traf, 'tfhd'));
    const usual = usualOf(header, ofMovie.get(header.trackId));
    const track = tracks.get(header.trackId);
    const base = header.baseDataOffset ?? (header.baseIsMoof ? position : dataEnd);
    dataEnd = base;
    if (!track) {
      dataEnd = skipRuns(traf, base, usual);
      continue;
    }
    if (usual.description !== 1)
      throw new PackagerError(
        'source_unsupported',
        `track ${header.trackId} uses sample description ${usual.description}: the codec's configuration may not change within a track`,
      );
    const runs = boxesOf(traf.children, 'trun').map(readRun);
    const count = runs.reduce((sum, run) => sum + run.count, 0);
    if (track.columns.count + count > maximum)
      throw new PackagerError(
        'source_too_large',
        `more than ${maximum} samples in one track: maximumSamples, or one for each byte of the file`,
      );
    beginAt(track, decodeTime(traf) ?? absoluteTime(traf, runs[0], track), { trackId: header.trackId, position });
    track.columns.reserve(count);
    for (const run of runs) dataEnd = addRun(track, run, { trackId: header.trackId, usual, base, dataEnd });
  }
}

interface TrackFragmentHeader {
  readonly trackId: number;
  readonly baseDataOffset?: number;
  readonly baseIsMoof: boolean;
  readonly description?: number;
  readonly duration?: number;
  readonly size?: number;
  readonly flags?: number;
}

/** §8.8.7 */
function trackFragmentHeader(tfhd: ReadBox): TrackFragmentHeader {
  const reader = new ByteReader(bytesOf(tfhd));
  const present = reader.u32() & 0xff_ffff;
  const trackId = reader.u32();
  const given = <Name extends string>(flag: number, name: Name): Partial<Record<Name, number>> =>
    (present & flag) === 0 ? {} : ({ [name]: reader.u32() } as Record<Name, number>);
  return {
    trackId,
    baseIsMoof: (present & tfhdFlags.baseIsMoof) !== 0,
    ...((present & tfhdFlags.baseDataOffset) !== 0 && { baseDataOffset: reader.u64() }),
    ...given(tfhdFlags.description, 'description'),
    ...given(tfhdFlags.duration, 'duration'),
    ...given(tfhdFlags.size, 'size'),
    ...given(tfhdFlags.flags, 'flags'),
  };
}

/** The fragment's own defaults, else the movie's. */
function usualOf(header: TrackFragmentHeader, ofMovie: FragmentDefaults = noDefaults): FragmentDefaults {
  return {
    description: header.description ?? ofMovie.description,
    duration: header.duration ?? ofMovie.duration,
    size: header.size ?? ofMovie.size,
    flags: header.flags ?? ofMovie.flags,
  };
}

/** §8.8.12; undefined: it goes on from the fragment before. */
function decodeTime(traf: ReadBox): number | undefined {
  const tfdt = findBox(traf.children, 'tfdt');
  if (!tfdt) return undefined;
  const reader = new ByteReader(bytesOf(tfdt));
  const version = reader.u8();
  reader.skip(3);
  return version === 1 ? reader.u64() : reader.u32();
}

/**
 * The same by `tfxd`, which means decode time to some and presentation time to others: when a track begins either will do, and from there on the two
 * differ by what the first samples' composition offsets do.
 */
function absoluteTime(traf: ReadBox, run: Run | undefined, { columns }: FragmentedTrack): number | undefined {
  const time = readTfxd(traf);
  if (time === undefined || columns.count === 0) return time;
  return time - firstOffset(run) + (columns.compositionOffsets[0] ?? 0);
}

function beginAt(
  { columns, timescale, sparse }: FragmentedTrack,
  time: number | undefined,
  { trackId, position }: { trackId: number; position: number },
): void {
  if (columns.count === 0) {
    columns.start = time ?? 0;
    return;
  }
  const end = columns.start + columns.duration;
  if (time === undefined || time === end) return;
  if (sparse && time > end) return columns.addEmpty(time - end, position);
  const last = columns.durations[columns.count - 1] ?? 0;
  if (end - time >= last || time - end > largestGap * timescale)
    throw new MalformedError(
      `track ${trackId}: a fragment begins at ${(time / timescale).toFixed(3)} s, where the one before ends at ${(end / timescale).toFixed(3)} s`,
      0,
    );
  columns.endLastAt(time);
}

interface Run {
  readonly version: number;
  readonly present: number;
  readonly count: number;
  readonly dataOffset?: number;
  readonly firstFlags?: number;
  readonly view: DataView;
  /** Of the first sample's fields in the view. */
  readonly from: number;
}

/** §8.8.8 */
function readRun(trun: ReadBox): Run {
  const reader = new ByteReader(bytesOf(trun));
  const version = reader.u8();
  const present = reader.u8() * 0x1_0000 + reader.u16();
  const count = reader.u32();
  const dataOffset = (present & trunFlags.dataOffset) === 0 ? {} : { dataOffset: reader.i32() };
  const firstFlags = (present & trunFlags.firstFlags) === 0 ? {} : { firstFlags: reader.u32() };
  const perSample = [trunFlags.duration, trunFlags.size, trunFlags.flags, trunFlags.offset].filter(
    (flag) => present & flag,
  );
  const from = trun.payload.byteLength - reader.left;
  if (count * perSample.length * 4 > reader.left)
    throw new MalformedError(
      `trun: need ${count * perSample.length * 4} bytes for ${count} samples, ${reader.left} left`,
      trun.offset,
    );
  return { version, present, count, ...dataOffset, ...firstFlags, view: trun.payload, from };
}

/** Composition offset of the first sample. */
function firstOffset(run: Run | undefined): number {
  if (!run || run.count === 0 || (run.present & trunFlags.offset) === 0) return 0;
  const before = [trunFlags.duration, trunFlags.size, trunFlags.flags].filter((flag) => run.present & flag).length;
  return run.view.getInt32(run.from + before * 4);
}

interface RunPlace {
  readonly trackId: number;
  /** What holds for samples of which the run does not say otherwise. */
  readonly usual: FragmentDefaults;
  readonly base: number;
  readonly dataEnd: number;
}

/** @returns where the run's data end */
function addRun({ columns, sparse = false }: FragmentedTrack, run: Run, place: RunPlace): number {
  const { present, view, count, version } = run;
  const { usual } = place;
  let position = run.dataOffset === undefined ? place.dataEnd : place.base + run.dataOffset;
  let at = run.from;
  const next = (flag: number, otherwise: number) => {
    if ((present & flag) === 0) return otherwise;
    at += 4;
    return view.getUint32(at - 4);
  };
  for (let sample = 0; sample < count; sample += 1) {
    const index = columns.count;
    const duration = next(trunFlags.duration, usual.duration);
    if (duration === 0 && !sparse)
      throw new MalformedError(`track ${place.trackId}: sample ${index + 1} lasts 0 ticks`, 0);
    const size = next(trunFlags.size, usual.size);
    const flags = next(trunFlags.flags, sample === 0 ? (run.firstFlags ?? usual.flags) : usual.flags);
    const offset = next(trunFlags.offset, 0) | 0; // version 0 is unsigned by the standard; none needs half of 2^32 ticks
    columns.sizes[index] = size;
    columns.durations[index] = duration;
    columns.compositionOffsets[index] = offset;
    columns.sync[index] = (flags & nonSync) === 0 ? 1 : 0;
    columns.positions[index] = position;
    columns.count += 1;
    columns.duration += duration;
    position += size;
  }
  return version <= 1 ? position : refuseVersion(version);
}

function refuseVersion(version: number): never {
  throw new MalformedError(`trun of version ${version}; 0 and 1 are known`, 0);
}

/** Where the data of a track end that is passed over: the next one's may begin there. */
function skipRuns(traf: ReadBox, base: number, { size }: FragmentDefaults): number {
  let end = base;
  for (const run of boxesOf(traf.children, 'trun').map(readRun)) {
    end = run.dataOffset === undefined ? end : base + run.dataOffset;
    const sizeAt = (run.present & trunFlags.duration) === 0 ? 0 : 4;
    const stride =
      4 *
      [trunFlags.duration, trunFlags.size, trunFlags.flags, trunFlags.offset].filter((flag) => run.present & flag)
        .length;
    if ((run.present & trunFlags.size) === 0) end += run.count * size;
    else
      for (let sample = 0; sample < run.count; sample += 1)
        end += run.view.getUint32(run.from + sample * stride + sizeAt);
  }
  return end;
}
