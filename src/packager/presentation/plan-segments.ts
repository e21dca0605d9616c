import { type IndexedPeriod, type IndexedRendition, type PeriodFrame, segmentReads } from '../model/asset-index.js';
import {
  addOutput,
  type Draft,
  isPicture,
  openDrafts,
  openPeriod,
  plannedTrack,
  type Planning,
  type SegmentPlanOptions,
} from './draft-stream.js';
import { breaksOf } from './ad-breaks.js';
import { groupSegments, markedTimes, outputDuration, type SegmentGroup, segmentsPerOutput } from './group-segments.js';
import type { PlannedStream } from './planned-streams.js';
import type { PlannedTrack } from './presentation.js';
import type { SegmentTask } from './segment-task.js';
import { rangeCues } from './splice-cues.js';
import { maximumTaskBytes, taskTooLarge } from './task-limit.js';

export interface SegmentPlan {
  readonly tracks: readonly PlannedTrack[];
  readonly tasks: readonly SegmentTask[];
  /** Of each period: ticks of 90 kHz in transport streams at its time 0. */
  readonly clocks: readonly number[];
}

/** Time stamps of transport streams that are made begin here, 10 s in: room for decoding before the first presentation. */
const firstClock = 900_000;

/**
 * Lists the output segments of every stream, and the tasks that make them: one task for each group of source segments of a rendition, so
 * that no source byte is read twice.
 * @throws PackagerError source_invalid when a track holds no samples in a period
 */
export function planSegments(streams: readonly PlannedStream[], options: SegmentPlanOptions): SegmentPlan {
  const drafts = openDrafts(streams, options.container);
  const main = (drafts.find(isPicture) ?? drafts[0])?.rendition;
  const segmentDuration = main ? outputDuration(main, options.segmentDuration) : 0;
  const asTheSourceIs =
    options.container === 'mpegts' && drafts.every((draft) => isAsInSource(draft, segmentDuration, options.metadata));
  const clocks = (main?.periods ?? []).map(({ origin }) => (asTheSourceIs ? origin : firstClock));
  const planning: Planning = {
    ...options,
    leading: main ? (drafts.some(isPicture) ? 'video' : 'audio') : undefined,
    clocks: asTheSourceIs ? clocks.map(() => 'source') : clocks,
  };
  const tasks = listTasks(drafts, segmentDuration, planning);
  return {
    tracks: drafts.map((draft) => plannedTrack(draft, options.qualityLevels?.get(draft.stream.id))),
    tasks,
    clocks,
  };
}

/** Would every segment have the tracks, the cut and the tables that it has in the source, and nothing else? Samples that lie across segments are put right. */
function isAsInSource(
  { stream, rendition, positions }: Draft,
  segmentDuration: number,
  wanted: SegmentPlanOptions['metadata'],
): boolean {
  return (
    stream.iFramesMarked === undefined &&
    segmentsPerOutput(rendition, segmentDuration) === 1 &&
    rendition.periods.every(
      ({ tablesFirst, holdsMore, metadata = [], tracks, segments }) =>
        tablesFirst === true &&
        holdsMore === undefined &&
        metadata.every(({ format }) => wanted.includes(format)) &&
        tracks.length === positions.length &&
        segments.every(({ tail, tracks: parts }) => tail === undefined && parts.every(({ silence }) => !silence)),
    )
  );
}

/** A rendition in one period, while its tasks are being listed. */
interface Listing {
  readonly rendition: IndexedRendition;
  readonly drafts: readonly Draft[];
  readonly period: IndexedPeriod;
  /** Shared by all tasks. */
  readonly frame: PeriodFrame;
  readonly groups: readonly SegmentGroup[];
}

/** All renditions go forward together, so that what is done first is the beginning of the asset. */
function listTasks(drafts: readonly Draft[], segmentDuration: number, planning: Planning): SegmentTask[] {
  const tasks: SegmentTask[] = [];
  const renditions = [...new Set(drafts.map(({ rendition }) => rendition))];
  for (const periodIndex of planning.clocks.keys()) {
    for (const draft of drafts) openPeriod(draft, periodIndex, planning);
    const cues = planning.markers ? cueTimes(renditions, periodIndex, planning) : [];
    const listings = renditions.flatMap((rendition) =>
      listingOf(rendition, drafts, { periodIndex, segmentDuration, cues }),
    );
    const most = Math.max(0, ...listings.map(({ groups }) => groups.length));
    for (let at = 0; at < most; at += 1)
      for (const listing of listings) {
        const task = planTask(listing, at, { id: tasks.length, periodIndex }, planning);
        if (task) tasks.push(task);
      }
  }
  return tasks;
}

/** Seconds at which the source's playlists say that the programme is left or returned to. */
function cueTimes(
  renditions: readonly IndexedRendition[],
  period: number,
  { dateRanges }: Pick<Planning, 'dateRanges'>,
): number[] {
  const marked = renditions.flatMap(({ periods }) => periods[period] ?? []).flatMap(markedTimes);
  const ranges = rangeCues(dateRanges, period).sort((a, b) => a.time - b.time);
  const ofRanges = breaksOf(ranges).flatMap(({ start, end = start }) => [start, end]);
  return [...new Set([...marked, ...ofRanges.map((time) => time / 90_000)])];
}

function listingOf(
  rendition: IndexedRendition,
  drafts: readonly Draft[],
  {
    periodIndex,
    segmentDuration,
    cues,
  }: { readonly periodIndex: number; readonly segmentDuration: number; readonly cues: readonly number[] },
): Listing[] {
  const period = rendition.periods[periodIndex];
  if (!period) return [];
  const { origin, tracks, metadata, packed } = period;
  const before = rendition.periods.slice(0, periodIndex).reduce((sum, { segments }) => sum + segments.length, 0);
  return [
    {
      rendition,
      drafts: drafts.filter((draft) => draft.rendition === rendition),
      period,
      frame: { origin, tracks, ...(packed && { packed }), ...(metadata && { metadata }) },
      groups: groupSegments(period, { count: segmentsPerOutput(rendition, segmentDuration), before, cues }),
    },
  ];
}

/** Undefined when the group holds nothing of any stream. */
function planTask(
  { rendition, drafts, period, frame, groups }: Listing,
  at: number,
  { id, periodIndex }: { readonly id: number; readonly periodIndex: number },
  planning: Planning,
): SegmentTask | undefined {
  const group = groups[at];
  if (!group) return undefined;
  const outputs = drafts.flatMap((draft) => addOutput(draft, { period, periodIndex, group }, planning) ?? []);
  if (outputs.length === 0) return undefined;
  const task: SegmentTask = {
    id,
    reads: group.segments.flatMap(segmentReads),
    segments: group.segments,
    period: frame,
    outputs,
    rendition: rendition.id,
    segmentNumber: group.number,
  };
  refuseTooLarge(task);
  return task;
}

/** What is known of the sizes now; where segments are whole resources, it turns out when they are read. */
function refuseTooLarge(task: SegmentTask): void {
  const bytes = task.reads.reduce((sum, { length = 0 }) => sum + length, 0);
  if (bytes > maximumTaskBytes) throw taskTooLarge(task, `${bytes} bytes`);
}
