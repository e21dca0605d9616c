import { withParameterSetsInBand as inBand } from '../codec/nal-codec.js';
import { PackagerError } from '../errors.js';
import {
  type IndexedPeriod,
  type IndexedRendition,
  type IndexedSegment,
  type IndexedTrackSegment,
  segmentReads,
} from '../model/asset-index.js';
import type { MetadataFormat } from '../model/timed-metadata.js';
import { isNal, type Track } from '../model/track.js';
import { rescale } from '../timing/timescale.js';
import { groupSegments, outputDuration, type SegmentGroup, segmentsPerOutput } from './group-segments.js';
import type { SegmentTemplateFormat } from './planned-manifest.js';
import type { PlannedStream } from './planned-streams.js';
import type { PlannedSegment, PlannedTrack, TrackDescription } from './presentation.js';
import type { DateOf } from './program-date-time.js';
import type { PlannedQualityLevel } from './quality-levels.js';
import { fragmentNames, segmentName, segmentNames } from './segment-names.js';
import type { FragmentContent, MuxedTrackPlan, PlannedOutput, MediaContent, SegmentTask } from './segment-task.js';
import type { Carrier, SourceTrack } from './source-tracks.js';
import { maximumTaskBytes, taskTooLarge } from './task-limit.js';

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
  /** What of the source's timed metadata is written into segments. */
  readonly metadata: readonly MetadataFormat[];
  /** A manifest wants the source's messages of SCTE 35. */
  readonly splices: boolean;
}

export interface SegmentPlan {
  readonly tracks: readonly PlannedTrack[];
  readonly tasks: readonly SegmentTask[];
  /** Of each period: ticks of 90 kHz in transport streams at its time 0. */
  readonly clocks: readonly number[];
}

/** Time stamps of transport streams that are made begin here, 10 s in: room for decoding before the first presentation. */
const firstClock = 900_000;

/** A stream with the rendition it is taken from, while its segments are being listed. */
interface Draft {
  readonly stream: PlannedStream;
  readonly rendition: IndexedRendition;
  /** Of each member, main first: for each period, its index in `period.tracks`. */
  readonly positions: readonly (readonly number[])[];
  readonly periods: { track: Track; initSegment?: string; media: string; segments: PlannedSegment[] }[];
  /** Segments so far, over all periods. */
  count: number;
}

type PlacedTask = Omit<SegmentTask, 'id'> & { readonly position: readonly [period: number, group: number] };

/**
 * Lists the output segments of every stream, and the tasks that make them: one task for each group of source segments of a rendition, so
 * that no source byte is read twice.
 * @throws PackagerError source_invalid when a track holds no samples in a period
 */
export function planSegments(streams: readonly PlannedStream[], options: SegmentPlanOptions): SegmentPlan {
  const drafts = openDrafts(streams, options.container);
  const renditions = new Set(drafts.map(({ rendition }) => rendition));
  const main = (drafts.find(({ stream }) => stream.members[0].kind === 'video') ?? drafts[0])?.rendition;
  const segmentDuration = main ? outputDuration(main, options.segmentDuration) : 0;
  const asTheSourceIs = options.container === 'mpegts' && drafts.every((draft) => isAsInSource(draft, segmentDuration));
  const clocks = (main?.periods ?? []).map(({ origin }) => (asTheSourceIs ? origin : firstClock));
  const planning: Planning = {
    ...options,
    segmentDuration,
    leading: main ? (drafts.some(isPicture) ? 'video' : 'audio') : undefined,
    clocks: asTheSourceIs ? clocks.map(() => 'source') : clocks,
  };
  const tasks = [...renditions].flatMap((rendition) =>
    planRendition(
      rendition,
      drafts.filter((draft) => draft.rendition === rendition),
      planning,
    ),
  );
  // All renditions go forward together, so that what is done first is the beginning of the asset.
  tasks.sort((a, b) => a.position[0] - b.position[0] || a.position[1] - b.position[1]);
  return {
    tracks: drafts.map((draft) => finish(draft, options.qualityLevels?.get(draft.stream.id))),
    tasks: tasks.map(({ position: _, ...task }, id) => ({ id, ...task })),
    clocks,
  };
}

interface Planning extends SegmentPlanOptions {
  readonly clocks: readonly (number | 'source')[];
  /** Whose segments carry timed metadata. */
  readonly leading: Track['kind'] | undefined;
}

function isPicture({ stream }: Draft): boolean {
  return stream.members[0].kind === 'video';
}

/**
 * Audio that several renditions carry is taken from one that is read anyway, if it can be; for transport streams from one that holds nothing
 * else, which may be used as it is.
 */
function openDrafts(streams: readonly PlannedStream[], container: SegmentPlanOptions['container']): Draft[] {
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
    return [{ stream, rendition: carrier.rendition, positions, periods: [], count: 0 }];
  });
}

function positionsIn(member: SourceTrack, { rendition }: Carrier): readonly number[] {
  const carrier = member.carriers.find((candidate) => candidate.rendition === rendition);
  if (!carrier) throw new Error(`${member.id} is not in rendition ${rendition.id}`);
  return carrier.tracks;
}

/** Would every segment have the tracks, the cut and the tables that it has in the source? Samples that lie across segments are put right. */
function isAsInSource({ stream, rendition, positions }: Draft, segmentDuration: number): boolean {
  return (
    stream.iFramesMarked === undefined &&
    segmentsPerOutput(rendition, segmentDuration) === 1 &&
    rendition.periods.every(
      ({ tablesFirst, tracks, segments }) =>
        tablesFirst === true && tracks.length === positions.length && segments.every(({ tail }) => tail === undefined),
    )
  );
}

function planRendition(rendition: IndexedRendition, drafts: readonly Draft[], planning: Planning): PlacedTask[] {
  const perOutput = segmentsPerOutput(rendition, planning.segmentDuration);
  let before = 0;
  return rendition.periods.flatMap((period, periodIndex) => {
    const { origin, tracks, metadata, packed } = period;
    for (const draft of drafts) openPeriod(draft, periodIndex, planning);
    const groups = groupSegments(period, perOutput, before);
    before += period.segments.length;
    return groups.flatMap((group, groupIndex): PlacedTask[] => {
      const outputs = drafts.flatMap((draft) => planOutput(draft, { period, periodIndex, group }, planning) ?? []);
      if (outputs.length === 0) return [];
      const task: PlacedTask = {
        position: [periodIndex, groupIndex],
        reads: group.segments.flatMap(segmentReads),
        segments: group.segments,
        period: { origin, tracks, ...(packed && { packed }), ...(metadata && { metadata }) },
        outputs,
        rendition: rendition.id,
        segmentNumber: group.number,
      };
      refuseTooLarge(task);
      return [task];
    });
  });
}

/** What is known of the sizes now; where segments are whole resources, it turns out when they are read. */
function refuseTooLarge(task: PlacedTask): void {
  const bytes = task.reads.reduce((sum, { length = 0 }) => sum + length, 0);
  if (bytes > maximumTaskBytes) throw taskTooLarge(task, `${bytes} bytes`);
}

function openPeriod(draft: Draft, period: number, planning: Planning): void {
  const { container, segmentTemplateFormat } = planning;
  const source = draft.rendition.periods[period]?.tracks[draft.positions[0]?.[period] ?? -1];
  if (!source) throw new Error(`${draft.stream.id} has no track in period ${period + 1}`);
  const track = planning.parameterSetsInBand ? withParameterSetsInBand(source) : source;
  const qualityLevel = planning.qualityLevels?.get(draft.stream.id);
  const names = qualityLevel
    ? fragmentNames(qualityLevel)
    : segmentNames(draft.stream.id, period + 1, { container, format: segmentTemplateFormat });
  draft.periods.push({ track, ...names, segments: [] });
}

/** As manifests and the init segment are to say it. */
function withParameterSetsInBand(track: Track): Track {
  if (track.kind !== 'video' || !isNal(track.configuration)) return track;
  return { ...track, configuration: inBand(track.configuration) };
}

interface GroupPlace {
  readonly period: IndexedPeriod;
  readonly periodIndex: number;
  readonly group: SegmentGroup;
}

/** Undefined when the group holds no sample of the stream: audio may begin later and end earlier than video. */
function planOutput(draft: Draft, place: GroupPlace, planning: Planning): PlannedOutput | undefined {
  const { periodIndex, group } = place;
  const entry = draft.periods[periodIndex];
  const extent = extentOf(draft, place);
  if (!entry || !extent) return undefined;
  const number = ++draft.count;
  const name = segmentName(entry.media, number, extent.start);
  const date = planning.dateOf(periodIndex, extent.start / entry.track.timescale);
  const markers = planning.markers ? markersOf(group) : [];
  entry.segments.push({
    name,
    number,
    ...extent,
    ...(date !== undefined && { programDateTime: date }),
    ...(markers.length > 0 && { markers }),
  });
  const file = { name, contentType: planning.container === 'cmaf' ? `${entry.track.kind}/mp4` : 'video/mp2t' };
  if (planning.container === 'cmaf')
    return { ...file, ...fragmentContent(draft, place, { number, end: extent.end }, planning) };
  const clock = planning.clocks[periodIndex] ?? firstClock;
  const tracks = draft.stream.members.map((member, index) => muxedTrack(member, draft.positions[index]?.[periodIndex]));
  if (clock === 'source' && group.segments.length > 1) throw new Error(`${name} is to be one source segment`);
  const written = clock === 'source' ? [] : carriedFormats(draft, place, planning);
  return {
    ...file,
    ...{ container: 'mpegts', tracks, clock },
    ...(draft.stream.iFramesMarked && { iFrames: 'marked' }),
    ...(written.length > 0 && { metadata: written }),
    ...marksSplices(draft, place, planning),
  };
}

/** What the segments of a stream carry of the source's timed metadata: those of the picture do, or where there is none of the sound. */
function carriedFormats({ stream }: Draft, { period }: GroupPlace, planning: Planning): MetadataFormat[] {
  if (stream.members[0].kind !== planning.leading || stream.trickOf !== undefined || planning.qualityLevels) return [];
  return planning.metadata.filter((wanted) => period.metadata?.some(({ format }) => format === wanted));
}

function marksSplices({ stream }: Draft, { period }: GroupPlace, planning: Planning): { readonly splices?: 'marked' } {
  if (!planning.splices || stream.members[0].kind !== planning.leading || stream.trickOf !== undefined) return {};
  return period.metadata?.some(({ format }) => format === 'scte35') ? { splices: 'marked' } : {};
}

/** They stand where a segment begins, so none may be lost within one. @throws PackagerError configuration_unsupported */
function markersOf({ segments: [first, ...others], number }: SegmentGroup): readonly string[] {
  const within = others.findIndex(({ markers }) => markers);
  if (within < 0) return first?.markers ?? [];
  throw new PackagerError(
    'configuration_unsupported',
    'a marker of advertisements of the source stands inside a segment that is made of several; leave out SegmentDurationSeconds, ' +
      'or choose one with which segments begin at the markers',
    { field: 'SegmentDurationSeconds', segment: number + within + 1 },
  );
}

function fragmentContent(
  draft: Draft,
  place: GroupPlace,
  { number, end }: { readonly number: number; readonly end: number },
  planning: Planning,
): FragmentContent {
  const { stream, positions } = draft;
  const { periodIndex } = place;
  const { parameterSetsInBand } = planning;
  const isVideo = stream.members[0].kind === 'video';
  return {
    container: 'cmaf',
    track: positions[0]?.[periodIndex] ?? -1,
    sequenceNumber: number,
    end,
    ...(stream.trickOf !== undefined ? { iFrames: 'only' } : stream.iFramesMarked && { iFrames: 'marked' }),
    ...(parameterSetsInBand && isVideo && { parameterSetsInBand }),
    ...(carriedFormats(draft, place, planning).includes('id3') && { metadata: true }),
    ...marksSplices(draft, place, planning),
  };
}

function muxedTrack({ language }: SourceTrack, track: number | undefined): MuxedTrackPlan {
  return { track: track ?? -1, ...(language !== undefined && { language }) };
}

/** Where the group begins and ends for a stream: by its main track, or where that holds no sample by another, in ticks of the main one. */
function extentOf(
  { positions }: Draft,
  { period, periodIndex, group }: GroupPlace,
): Pick<PlannedSegment, 'start' | 'end' | 'sap'> | undefined {
  const mainScale = period.tracks[positions[0]?.[periodIndex] ?? -1]?.timescale ?? 1;
  for (const [index, position] of positions.entries()) {
    const track = position[periodIndex] ?? -1;
    const filled = filledParts(group.segments, track);
    const [first] = filled;
    const last = filled.at(-1);
    if (!first || !last) continue;
    if (index === 0) return { start: first.start, end: last.end, sap: first.sap };
    const scale = period.tracks[track]?.timescale ?? 1;
    return { start: rescale(first.start, scale, mainScale), end: rescale(last.end, scale, mainScale), sap: 1 };
  }
  return undefined;
}

function filledParts(segments: readonly IndexedSegment[], track: number): IndexedTrackSegment[] {
  return segments.flatMap(({ tracks }) => tracks[track] ?? []).filter(({ start, end }) => end > start);
}

function finish(
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
