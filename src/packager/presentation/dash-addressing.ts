import type { Representation, SegmentBase, SegmentTemplate } from '../../manifest/dash/mpd.js';
import { timelineRuns } from '../../manifest/dash/timeline.js';
import { isVideo } from '../model/track.js';
import { nominalDurations } from './nominal-duration.js';
import type { DashManifest, SegmentFacts } from './planned-manifest.js';
import type { ListedStream, PlannedTrack, PlannedTrackPeriod, Presentation } from './presentation.js';
import { type FilePeriod, isInFile, layOut } from './single-file.js';
import { type PeriodPart, presentationTimeOffset } from './split-periods.js';

/** How a Representation says where its segments are: by a template of their names, or by the place of their index in a file. */
export type Addressing = Pick<Representation, 'segmentTemplate' | 'segmentBase'>;

export interface AddressingContext {
  readonly manifest: DashManifest;
  readonly presentation: Presentation;
  /** Which part of the presentation each Period is. */
  readonly parts: readonly PeriodPart[];
  readonly facts: SegmentFacts;
}

/** @param index of the Period */
export function addressing(track: ListedStream, index: number, context: AddressingContext): Addressing {
  const period = track.periods[index];
  if (period && isInFile(period)) return { segmentBase: segmentBase(period, context.facts) };
  return { segmentTemplate: segmentTemplate(track, index, context) };
}

function segmentBase(period: FilePeriod, facts: SegmentFacts): SegmentBase {
  const { initSegment, index } = layOut(period, facts);
  return { baseUrl: period.file.name, timescale: period.track.timescale, initialization: initSegment, index };
}

function segmentTemplate(
  track: ListedStream,
  index: number,
  { manifest, presentation, parts }: AddressingContext,
): SegmentTemplate {
  const period = track.periods[index];
  const nominal =
    manifest.segmentTemplateFormat === 'NUMBER_WITH_DURATION'
      ? nominalDurations(track, presentation.periods)[index]
      : undefined;
  return {
    timescale: period?.track.timescale ?? 1,
    // The media times of every period of the presentation start at 0.
    presentationTimeOffset: presentationTimeOffset(parts[index] ?? { offset: 0 }, period?.track.timescale ?? 1),
    initialization: period?.initSegment ?? '',
    media: period?.media ?? '',
    startNumber: period?.segments[0]?.number ?? 1,
    segments: nominal === undefined ? { timeline: timelineRuns(period?.segments ?? []) } : { duration: nominal },
  };
}

export interface AddressedTrack {
  readonly track: PlannedTrack;
  readonly period: PlannedTrackPeriod;
  readonly found: Addressing;
}

/**
 * The template of a whole set, with `$RepresentationID$` for the folder: only when frame rates or sample rates agree and nothing else in it
 * differs; otherwise undefined, and every Representation has its own.
 */
export function compactTemplate(entries: readonly AddressedTrack[]): SegmentTemplate | undefined {
  const forAny = entries.flatMap(({ track, found: { segmentTemplate: template } }) =>
    template
      ? {
          ...template,
          initialization: template.initialization.replace(track.id, '$RepresentationID$'),
          media: template.media.replace(track.id, '$RepresentationID$'),
        }
      : [],
  );
  const rates = entries.map(({ period: { track } }) =>
    isVideo(track.configuration) ? track.configuration.frameRate : track.configuration.sampleRate,
  );
  return allEqual(forAny) && allEqual(rates) ? forAny[0] : undefined;
}

export function allEqual(values: readonly unknown[]): boolean {
  const [first, ...others] = values.map((value) => JSON.stringify(value));
  return others.every((other) => other === first);
}
