import { isClosed } from '../model/sap-type.js';
import { isVideo, type VideoConfiguration } from '../model/track.js';
import { type VideoRange, videoRange } from '../model/video.js';
import type { MeasuredSegment } from './bit-rate.js';
import type { SegmentFacts } from './planned-manifest.js';
import type { ListedStream, PlannedText, PlannedTrack, Presentation, TrackDescription } from './presentation.js';

/** RFC 6381 parameters of all periods, each once. */
export function codecStrings({ periods }: TrackDescription): string[] {
  return [...new Set(periods.map(({ track }) => track.configuration.codecString))];
}

/** RFC 6381 parameter of text: ISO/IEC 14496-30 §7.6, and the text profile of IMSC1 as W3C registers it. */
export function textCodec({ format }: Pick<PlannedText, 'format'>): string {
  return format === 'webvtt' || format === 'wvtt' ? 'wvtt' : 'stpp.ttml.im1t';
}

export function videoConfigurations({ periods }: PlannedTrack): VideoConfiguration[] {
  return periods.map(({ track }) => track.configuration).filter(isVideo);
}

const ranges = ['SDR', 'HLG', 'PQ'] as const;

/** The range of a video, the widest of all periods; nothing when all video of the manifest is SDR, which is what its absence means. */
export function rangeOf(track: PlannedTrack, all: readonly PlannedTrack[]): { videoRange?: VideoRange } {
  const widest = (tracks: readonly PlannedTrack[]) =>
    Math.max(0, ...tracks.flatMap(videoConfigurations).map((each) => ranges.indexOf(videoRange(each))));
  if (track.kind !== 'video' || widest(all) === 0) return {};
  return { videoRange: ranges[widest([track])] ?? 'SDR' };
}

/** Frames per second, of all periods: what the stream says, else what the source's playlist says, else 0. */
export function highestFrameRate(track: PlannedTrack): number {
  const rates = videoConfigurations(track).map(
    ({ frameRate: [frames, per] = [track.variant?.frameRate ?? 0, 1] }) => frames / per,
  );
  return Math.max(0, ...rates);
}

/** Fragments of ISOBMFF, or else transport streams? */
export function isFragmented({ tracks }: Presentation): boolean {
  return tracks.some(({ periods }) => periods.some(({ initSegment, file }) => initSegment ?? file?.initSegment));
}

/** Begin all segments with a picture that nothing before is needed for, nor for those after it? */
export function independentSegments({ periods }: ListedStream): boolean {
  return periods.every(({ segments }) => segments.every(({ sap }) => isClosed(sap)));
}

/** seconds */
export function longestSegment({ periods }: ListedStream): number {
  let longest = 0;
  for (const { segments, track } of periods)
    for (const { start, end } of segments) longest = Math.max(longest, (end - start) / track.timescale);
  return longest;
}

/** Every segment of the track with its size. */
export function measuredSegments({ periods }: ListedStream, facts: SegmentFacts): MeasuredSegment[] {
  return periods.flatMap(({ segments, track }) =>
    segments.map(({ name, start, end }) => {
      const bytes = facts.get(name)?.size;
      if (bytes === undefined) throw new Error(`the size of ${name} is needed before manifests can be written`);
      return { bytes, duration: (end - start) / track.timescale };
    }),
  );
}

/** As presented, in square pixels; the largest of all periods. */
export function resolutionOf(track: PlannedTrack): { width: number; height: number } | undefined {
  const sizes = videoConfigurations(track).map(({ width, height, sampleAspectRatio: [horizontal, vertical] }) => ({
    width: Math.round((width * horizontal) / vertical),
    height,
  }));
  return sizes.toSorted((a, b) => b.width * b.height - a.width * a.height)[0];
}
