import type { ByteRange } from '../../manifest/hls/media-playlist.js';
import { PackagerError } from '../errors.js';
import { concat } from '../isobmff/box.js';
import { maximumReferences, sidx } from '../isobmff/boxes/sidx.js';
import type { SegmentFacts } from './planned-manifest.js';
import type { ListedPeriod, ListedStream, Presentation, SingleFile } from './presentation.js';

/** A period whose segments go into one object; until then they have objects of their own, by their names. */
export interface FilePeriod extends ListedPeriod {
  readonly file: SingleFile;
}

/**
 * The same presentation with all segments in single files, but for those of text that is no fragments.
 * @throws PackagerError configuration_unsupported when a stream has more segments than its index can list
 */
export function inSingleFiles(presentation: Presentation): Presentation {
  const initSegments = new Map(presentation.initSegments.map((segment) => [segment.name, segment]));
  const joined = <Period extends ListedPeriod>(id: string, periods: readonly Period[]): Period[] =>
    periods.map((period, index) => {
      const { initSegment: name, ...rest } = period;
      const init = name === undefined ? undefined : initSegments.get(name);
      const isStream = period.media.endsWith('.ts');
      if (!init && !isStream) return period;
      refuseTooMany(id, period);
      const file: SingleFile = {
        name: `${id}/${index === 0 ? 'media' : `media_${index + 1}`}.${isStream ? 'ts' : 'mp4'}`,
        contentType: init?.contentType ?? 'video/mp2t',
        ...(init && { initSegment: init.bytes }),
      };
      return { ...rest, file } as Period & FilePeriod;
    });
  return {
    ...presentation,
    tracks: presentation.tracks.map((track) => ({ ...track, periods: joined(track.id, track.periods) })),
    texts: presentation.texts.map((text) => ({ ...text, periods: joined(text.id, text.periods) })),
    initSegments: [],
  };
}

function refuseTooMany(id: string, { segments }: ListedPeriod): void {
  if (segments.length <= maximumReferences) return;
  throw new PackagerError(
    'configuration_unsupported',
    `SINGLE_FILE allows ${maximumReferences} segments in a file; ${id} has ${segments.length}: choose a larger SegmentDurationSeconds`,
    { field: 'SegmentLayout' },
  );
}

/** What is to become single files. */
export function filePeriods({ tracks, texts }: Pick<Presentation, 'tracks' | 'texts'>): FilePeriod[] {
  return [...tracks, ...texts].flatMap(({ periods }: ListedStream) => periods.filter(isInFile));
}

export function isInFile(period: ListedPeriod): period is FilePeriod {
  return period.file !== undefined;
}

/** What stands before the segments, and where all of it is. */
export interface FileLayout {
  /** Init segment and index; empty in transport streams. */
  readonly head: Uint8Array;
  readonly initSegment: ByteRange;
  readonly index: ByteRange;
  readonly segments: readonly ByteRange[];
  /** bytes */
  readonly size: number;
}

/** @param facts of the period's segments */
export function layOut(period: FilePeriod, facts: SegmentFacts): FileLayout {
  const sizes = period.segments.map(({ name }) => {
    const size = facts.get(name)?.size;
    if (size === undefined) throw new Error(`the size of ${name} is needed before its place is known`);
    return size;
  });
  const { initSegment } = period.file;
  const index = initSegment ? segmentIndex(period, sizes) : new Uint8Array();
  const head = concat(initSegment ?? new Uint8Array(), index);
  let offset = head.length;
  const segments = sizes.map((length): ByteRange => {
    const range = { offset, length };
    offset += length;
    return range;
  });
  const before = head.length - index.length;
  return {
    head,
    initSegment: { offset: 0, length: before },
    index: { offset: before, length: index.length },
    segments,
    size: offset,
  };
}

/** A subsegment lasts until the next one begins. */
function segmentIndex({ segments, track: { timescale } }: ListedPeriod, sizes: readonly number[]): Uint8Array {
  const references = segments.map(({ start, end, sap }, at) => ({
    size: sizes[at] ?? 0,
    duration: (segments[at + 1]?.start ?? end) - start,
    sap,
  }));
  return sidx({ timescale, earliestPresentationTime: segments[0]?.start ?? 0, references });
}

/** Where a playlist finds the segments of a period. */
export interface SegmentPlaces {
  /** EXT-X-MAP */
  readonly map?: { readonly uri: string; readonly byteRange?: ByteRange };
  /** Of each segment. */
  readonly segments: readonly { readonly uri: string; readonly byteRange?: ByteRange }[];
}

export function segmentPlaces(period: ListedPeriod, facts: SegmentFacts): SegmentPlaces {
  if (!isInFile(period)) {
    const { initSegment: uri, segments } = period;
    return { ...(uri !== undefined && { map: { uri } }), segments: segments.map(({ name }) => ({ uri: name })) };
  }
  const { file } = period;
  const layout = layOut(period, facts);
  return {
    ...(file.initSegment && { map: { uri: file.name, byteRange: layout.initSegment } }),
    segments: layout.segments.map((byteRange) => ({ uri: file.name, byteRange })),
  };
}

/** Are its segments in single files? */
export function isSingleFile({ periods }: ListedStream): boolean {
  return periods.some(isInFile);
}
