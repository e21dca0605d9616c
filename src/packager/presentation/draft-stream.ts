import type { PlannedDateRange } from './date-range-cues.js';
import { withParameterSetsInBand as inBand } from '../codec/nal-codec.js';
import { PackagerError } from '../errors.js';
import type { IndexedPeriod, IndexedRendition } from '../model/asset-index.js';
import type { MetadataFormat } from '../model/timed-metadata.js';
import { isNal, type Track } from '../model/track.js';
import type { SegmentGroup } from './group-segments.js';
import type { SegmentTemplateFormat } from './planned-manifest.js';
import type { PlannedStream } from './planned-streams.js';
import type { PlannedSegment, PlannedTrack, PlannedTrackPeriod, TrackDescription } from './presentation.js';
import type { DateOf } from './program-date-time.js';
import type { PlannedQualityLevel } from './quality-levels.js';
import { segmentExtent } from './segment-extent.js';
import { fragmentNames, segmentName, segmentNames } from './segment-names.js';
import type { FragmentContent, MediaContent, PlannedOutput, TransportStreamContent } from './segment-task.js';
import type { Carrier, SourceTrack } from './source-tracks.js';

export interface SegmentPlanOptions {
  readonly container: MediaContent['container'];
  /** Of Smooth Streaming, by stream. */
  readonly qualityLevels?: ReadonlyMap<string, PlannedQualityLevel>;
  /** IncludeEncoderConfigurationInSegments */
  readonly parameterSetsInBand: boolean;
  /** seconds; 0: as the source is cut */
  readonly segmentDuration: number;
  readonly segmentTemplateFormat: SegmentTemplateFormat;
  readonly dateOf: DateOf;
  /** A manifest wants the source's advertisement markers. */
  readonly markers: boolean;
  /** Of the source. */
  readonly dateRanges?: readonly PlannedDateRange[] | undefined;
  /** What of the source's timed metadata is written into segments. */
  readonly metadata: readonly MetadataFormat[];
  /** A manifest wants the source's messages of SCTE 35. */
  readonly splices: boolean;
}

export interface Planning extends SegmentPlanOptions {
  readonly clocks: readonly (number | 'source')[];
  /** Whose segments carry timed metadata. */
  readonly leading: Track['kind'] | undefined;
}

/** A stream with the rendition it is taken from, while its segments are being listed. */
export interface Draft {
  readonly stream: PlannedStream;
  readonly rendition: IndexedRendition;
  /** Of each member, main first: for each period, its index in `period.tracks`. */
  readonly positions: readonly (readonly number[])[];
  readonly periods: (PlannedTrackPeriod & { readonly segments: PlannedSegment[] })[];
  /** Of each period: what its outputs have in common. */
  readonly shared: SharedContent[];
  /** Segments so far, over all periods. */
  count: number;
}

/** Fields that few streams have stand apart, in `extras`, so that outputs (72,000 of ten hours) are small plain objects. */
type SharedContent = { readonly contentType: string } & (
  | (Pick<FragmentContent, 'container' | 'track'> & {
      readonly extras: Omit<FragmentContent, 'container' | 'track' | 'sequenceNumber' | 'end'>;
    })
  | (Pick<TransportStreamContent, 'container' | 'tracks' | 'clock'> & {
      readonly extras: Omit<TransportStreamContent, 'container' | 'tracks' | 'clock'>;
    })
);

export function isPicture({ stream }: Draft): boolean {
  return stream.members[0].kind === 'video';
}

/**
 * Audio that several renditions carry is taken from one that is read anyway, if it can be; for transport streams from one that holds nothing
 * else, which may be used as it is.
 */
export function openDrafts(streams: readonly PlannedStream[], container: SegmentPlanOptions['container']): Draft[] {
  const read = new Set(
    streams.flatMap(({ members: [main] }) =>
      main.carriers.length === 1 ? main.carriers.map(({ rendition }) => rendition) : [],
    ),
  );
  return streams.flatMap((stream) => {
    const [main] = stream.members;
    const alone = ({ rendition }: Carrier) =>
      container === 'mpegts' && rendition.periods.every(({ tracks }) => tracks.length === stream.members.length);
    const carrier =
      main.carriers.find(alone) ?? main.carriers.find(({ rendition }) => read.has(rendition)) ?? main.carriers[0];
    if (!carrier) return [];
    const positions = stream.members.map((member) => positionsIn(member, carrier));
    return [{ stream, rendition: carrier.rendition, positions, periods: [], shared: [], count: 0 }];
  });
}

function positionsIn(member: SourceTrack, { rendition }: Carrier): readonly number[] {
  const carrier = member.carriers.find((candidate) => candidate.rendition === rendition);
  if (!carrier) throw new Error(`${member.id} is not in rendition ${rendition.id}`);
  return carrier.tracks;
}

export function openPeriod(draft: Draft, period: number, planning: Planning): void {
  const { container, segmentTemplateFormat } = planning;
  const source = draft.rendition.periods[period]?.tracks[draft.positions[0]?.[period] ?? -1];
  if (!source) throw new Error(`${draft.stream.id} has no track in period ${period + 1}`);
  const track = planning.parameterSetsInBand ? withParameterSetsInBand(source) : source;
  const qualityLevel = planning.qualityLevels?.get(draft.stream.id);
  const names = qualityLevel
    ? fragmentNames(qualityLevel)
    : segmentNames(draft.stream.id, period + 1, { container, format: segmentTemplateFormat });
  draft.periods.push({ track, ...names, segments: [] });
  draft.shared.push(
    container === 'cmaf' ? sharedFragment(draft, period, planning) : sharedStream(draft, period, planning),
  );
}

/** As manifests and the init segment are to say it. */
function withParameterSetsInBand(track: Track): Track {
  if (track.kind !== 'video' || !isNal(track.configuration)) return track;
  return { ...track, configuration: inBand(track.configuration) };
}

function sharedFragment(draft: Draft, periodIndex: number, planning: Planning): SharedContent {
  const { stream, positions } = draft;
  const { kind } = stream.members[0];
  return {
    contentType: `${kind}/mp4`,
    container: 'cmaf',
    track: positions[0]?.[periodIndex] ?? -1,
    extras: {
      ...(stream.trickOf !== undefined ? { iFrames: 'only' } : stream.iFramesMarked && { iFrames: 'marked' }),
      ...(planning.parameterSetsInBand && kind === 'video' && { parameterSetsInBand: true }),
      ...(carriedFormats(draft, periodIndex, planning).includes('id3') && { metadata: true }),
      ...marksSplices(draft, periodIndex, planning),
    },
  };
}

function sharedStream(draft: Draft, periodIndex: number, planning: Planning): SharedContent {
  const { stream, positions } = draft;
  const clock = planning.clocks[periodIndex] ?? 'source';
  const written = clock === 'source' ? [] : carriedFormats(draft, periodIndex, planning);
  return {
    contentType: 'video/mp2t',
    container: 'mpegts',
    tracks: stream.members.map(({ language }, index) => ({
      track: positions[index]?.[periodIndex] ?? -1,
      ...(language !== undefined && { language }),
    })),
    clock,
    extras: {
      ...(stream.iFramesMarked && { iFrames: 'marked' }),
      ...(written.length > 0 && { metadata: written }),
      ...marksSplices(draft, periodIndex, planning),
    },
  };
}

/** What the segments of a stream carry of the source's timed metadata: those of the picture do, or where there is none of the sound. */
function carriedFormats({ stream, rendition }: Draft, periodIndex: number, planning: Planning): MetadataFormat[] {
  if (stream.members[0].kind !== planning.leading || stream.trickOf !== undefined || planning.qualityLevels) return [];
  const carried = rendition.periods[periodIndex]?.metadata ?? [];
  return planning.metadata.filter((wanted) => carried.some(({ format }) => format === wanted));
}

function marksSplices(
  { stream, rendition }: Draft,
  periodIndex: number,
  planning: Planning,
): { readonly splices?: 'marked' } {
  if (!planning.splices || stream.members[0].kind !== planning.leading || stream.trickOf !== undefined) return {};
  const carried = rendition.periods[periodIndex]?.metadata ?? [];
  return carried.some(({ format }) => format === 'scte35') ? { splices: 'marked' } : {};
}

export interface GroupPlace {
  readonly period: IndexedPeriod;
  readonly periodIndex: number;
  readonly group: SegmentGroup;
}

/**
 * Lists the segment that a stream has of a group, and says what it is made of. Undefined when the group holds no sample of the stream: audio may
 * begin later and end earlier than video.
 */
export function addOutput(draft: Draft, place: GroupPlace, planning: Planning): PlannedOutput | undefined {
  const { period, periodIndex, group } = place;
  const [entry, shared] = [draft.periods[periodIndex], draft.shared[periodIndex]];
  if (!entry || !shared) return undefined;
  const members = draft.positions.map((position) => position[periodIndex] ?? -1);
  const extent = segmentExtent(group.segments, period.tracks, { members, isFirst: entry.segments.length === 0 });
  if (!extent) return undefined;
  const { start, end, sap } = extent;
  const number = ++draft.count;
  const name = segmentName(entry.media, number, start);
  const date = planning.dateOf(periodIndex, start / entry.track.timescale);
  // Further ones in the group only say that a break goes on: groups begin at all others.
  const { markers = [] } = (planning.markers && group.segments[0]) || {};
  const segment: PlannedSegment = { name, number, start, end, sap };
  endBefore(draft, entry.segments, start);
  entry.segments.push(
    date === undefined && markers.length === 0
      ? segment
      : {
          ...segment,
          ...(date !== undefined && { programDateTime: date }),
          ...(markers.length > 0 && { markers }),
        },
  );
  return outputOf(shared, name, { number, end }, group);
}

function outputOf(
  shared: SharedContent,
  name: string,
  { number, end }: { readonly number: number; readonly end: number },
  { segments }: SegmentGroup,
): PlannedOutput {
  const { contentType, extras } = shared;
  const plain = Object.keys(extras).length === 0;
  if (shared.container === 'cmaf') {
    const { container, track } = shared;
    const output = { name, contentType, container, track, sequenceNumber: number, end };
    return plain ? output : { ...output, ...shared.extras };
  }
  const { container, tracks, clock } = shared;
  if (clock === 'source' && segments.length > 1) throw new Error(`${name} is to be one source segment`);
  const output = { name, contentType, container, tracks, clock };
  return plain ? output : { ...output, ...shared.extras };
}

/** Of several tracks that share segments not all end at once: a segment lasts until the next one begins, so that nothing counts twice. */
function endBefore({ positions }: Draft, segments: PlannedSegment[], next: number): void {
  const last = segments.at(-1);
  if (last && positions.length > 1) segments[segments.length - 1] = { ...last, end: next };
}

export function plannedTrack(
  { stream, periods, rendition, positions }: Draft,
  qualityLevel: PlannedQualityLevel | undefined,
): PlannedTrack {
  const [{ variant, ...main }, ...others] = stream.members;
  for (const [index, { segments }] of periods.entries())
    if (segments.length === 0)
      throw new PackagerError('source_invalid', `${main.id} holds no samples in part ${index + 1} of the source`, {
        rendition: rendition.id,
        uri: rendition.uri,
      });
  const muxed = others.map((member, index) =>
    description(
      member,
      rendition.periods.flatMap(({ tracks }, period) => tracks[positions[index + 1]?.[period] ?? -1] ?? []),
    ),
  );
  return {
    ...description(main, []),
    id: stream.id,
    rendition: rendition.id,
    ...(stream.trickOf !== undefined && { trickOf: stream.trickOf }),
    ...(variant && { variant }),
    ...(qualityLevel && { qualityLevel }),
    muxed,
    periods,
  };
}

function description(
  { id, kind, language, media }: Omit<SourceTrack, 'carriers'>,
  tracks: readonly Track[],
): TrackDescription {
  return {
    id,
    kind,
    ...(language !== undefined && { language }),
    ...(media && { media }),
    periods: tracks.map((track) => ({ track })),
  };
}
