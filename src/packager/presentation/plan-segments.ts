import { PackagerError } from '../errors.js';
import type { IndexedRendition } from '../model/asset-index.js';
import type { Track } from '../model/track.js';
import { groupSegments, outputDuration, type SegmentGroup, segmentsPerOutput } from './group-segments.js';
import type { SegmentTemplateFormat } from './planned-manifest.js';
import type { PlannedSegment, PlannedTrack } from './presentation.js';
import type { DateOf } from './program-date-time.js';
import { segmentName, segmentNames } from './segment-names.js';
import type { PlannedOutput, SegmentTask } from './segment-task.js';
import type { Carrier, SourceTrack } from './source-tracks.js';

export interface SegmentPlanOptions {
  /** seconds; 0: as the source is cut */
  readonly segmentDuration: number;
  readonly segmentTemplateFormat: SegmentTemplateFormat;
  readonly dateOf: DateOf;
}

/** A track with the rendition it is taken from, while its segments are being listed. */
interface Draft {
  readonly source: SourceTrack;
  readonly carrier: Carrier;
  readonly periods: { track: Track; initSegment: string; media: string; segments: PlannedSegment[] }[];
  /** Segments so far, over all periods. */
  count: number;
}

type PlacedTask = Omit<SegmentTask, 'id'> & { readonly position: readonly [period: number, group: number] };

/**
 * Lists the output segments of every track, and the tasks that make them: one task for each group of source segments of a rendition, so
 * that no source byte is read twice.
 * @throws PackagerError source_invalid when a track holds no samples in a period
 */
export function planSegments(
  sources: readonly SourceTrack[],
  options: SegmentPlanOptions,
): { tracks: PlannedTrack[]; tasks: SegmentTask[] } {
  const drafts = chooseCarriers(sources).map((draft) => ({ ...draft, periods: [], count: 0 }) satisfies Draft);
  const renditions = new Set(drafts.map(({ carrier }) => carrier.rendition));
  const main = (drafts.find(({ source }) => source.kind === 'video') ?? drafts[0])?.carrier.rendition;
  const segmentDuration = main ? outputDuration(main, options.segmentDuration) : 0;
  const tasks = [...renditions].flatMap((rendition) =>
    planRendition(
      rendition,
      drafts.filter(({ carrier }) => carrier.rendition === rendition),
      { ...options, segmentDuration },
    ),
  );
  // All renditions go forward together, so that what is done first is the beginning of the asset.
  tasks.sort((a, b) => a.position[0] - b.position[0] || a.position[1] - b.position[1]);
  return {
    tracks: drafts.map(finish),
    tasks: tasks.map(({ position: _, ...task }, id) => ({ id, ...task })),
  };
}

/** Audio that several renditions carry is taken from one that is read anyway. */
function chooseCarriers(sources: readonly SourceTrack[]): { source: SourceTrack; carrier: Carrier }[] {
  const read = new Set(
    sources.filter(({ carriers }) => carriers.length === 1).map(({ carriers }) => carriers[0]?.rendition),
  );
  return sources.flatMap((source) => {
    const carrier = source.carriers.find(({ rendition }) => read.has(rendition)) ?? source.carriers[0];
    return carrier ? [{ source, carrier }] : [];
  });
}

function planRendition(
  rendition: IndexedRendition,
  drafts: readonly Draft[],
  options: SegmentPlanOptions,
): PlacedTask[] {
  const perOutput = segmentsPerOutput(rendition, options.segmentDuration);
  let before = 0;
  return rendition.periods.flatMap((period, periodIndex) => {
    for (const draft of drafts) openPeriod(draft, periodIndex, options.segmentTemplateFormat);
    const groups = groupSegments(period, perOutput, before);
    before += period.segments.length;
    return groups.flatMap((group, groupIndex): PlacedTask[] => {
      const outputs = drafts.flatMap((draft) => planOutput(draft, periodIndex, group, options.dateOf) ?? []);
      if (outputs.length === 0) return [];
      return [
        {
          position: [periodIndex, groupIndex],
          reads: group.segments.flatMap(({ source, tail }) => (tail ? [source, tail] : [source])),
          segments: group.segments,
          period: { origin: period.origin, tracks: period.tracks },
          outputs,
          rendition: rendition.id,
          segmentNumber: group.number,
        },
      ];
    });
  });
}

function openPeriod(draft: Draft, period: number, format: SegmentTemplateFormat): void {
  const track = draft.carrier.rendition.periods[period]?.tracks[draft.carrier.tracks[period] ?? -1];
  if (!track) throw new Error(`${draft.source.id} has no track in period ${period + 1}`);
  draft.periods.push({ track, ...segmentNames(draft.source.id, period + 1, format), segments: [] });
}

/** Undefined when the group holds no sample of the track: audio may begin later and end earlier than video. */
function planOutput(draft: Draft, period: number, group: SegmentGroup, dateOf: DateOf): PlannedOutput | undefined {
  const track = draft.carrier.tracks[period] ?? -1;
  const entry = draft.periods[period];
  const filled = group.segments.flatMap(({ tracks }) => tracks[track] ?? []).filter(({ start, end }) => end > start);
  const [first] = filled;
  const last = filled.at(-1);
  if (!entry || !first || !last) return undefined;
  const number = ++draft.count;
  const name = segmentName(entry.media, number, first.start);
  const date = dateOf(period, first.start / entry.track.timescale);
  entry.segments.push({
    name,
    number,
    start: first.start,
    end: last.end,
    sap: first.sap,
    ...(date !== undefined && { programDateTime: date }),
  });
  return { name, contentType: `${draft.source.kind}/mp4`, track, sequenceNumber: number, end: last.end };
}

function finish({ source, periods, carrier }: Draft): PlannedTrack {
  for (const [index, { segments }] of periods.entries())
    if (segments.length === 0)
      throw new PackagerError('source_invalid', `${source.id} holds no samples in part ${index + 1} of the source`, {
        rendition: carrier.rendition.id,
        uri: carrier.rendition.uri,
      });
  const { id, kind, language, media, variant } = source;
  return {
    id,
    kind,
    ...(language !== undefined && { language }),
    ...(media && { media }),
    ...(variant && { variant }),
    periods,
  };
}
