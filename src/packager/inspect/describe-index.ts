import { tabledSamples } from '../isobmff/demuxer.js';
import {
  type AssetIndex,
  type IndexedPeriod,
  type IndexedRendition,
  type IndexedSegment,
  type IndexedText,
  segmentReads,
} from '../model/asset-index.js';
import type { Samples } from '../model/samples.js';
import type { SourceReader } from '../model/source-reader.js';
import type { Track } from '../model/track.js';
import { videoRange } from '../model/video.js';
import { demuxSegment } from '../mpegts/demuxer.js';
import type { InspectedTrack, TrackTiming } from './inspection.js';

/** Segments that are read for their key pictures. */
const readSegments = 3;

/** Every track of every rendition and part of a source. */
export async function describeIndex(
  index: AssetIndex,
  reader: SourceReader,
  signal?: AbortSignal,
): Promise<InspectedTrack[]> {
  const described: InspectedTrack[] = [];
  for (const { id, periods, variant } of index.renditions) {
    for (const [part, period] of periods.entries()) {
      const name = periods.length > 1 ? `${id} part ${part + 1}` : id;
      for (const [position, track] of period.tracks.entries()) {
        const timing = trackTiming(period, position);
        const groups =
          track.kind === 'video' ? await groupsOfPictures(period, position, { reader, signal }) : undefined;
        described.push({
          name,
          kind: track.kind,
          codec: track.configuration.codecString,
          ...(track.kind === 'audio' && track.language !== undefined && { language: track.language }),
          format: formatOf(track),
          ...(track.kind === 'video' && variant?.bandwidth !== undefined && { bandwidth: variant.bandwidth }),
          timing: { ...timing, ...(groups && { groupsOfPictures: groups }) },
        });
      }
    }
  }
  return [
    ...described,
    ...index.renditions.flatMap(describeMetadata),
    ...(index.texts ?? []).flatMap(describeText),
    ...describeCaptions(index.captions),
  ];
}

/** By its kind, as the program map of the transport stream announces it, or as it was found between fragments. */
function describeMetadata({ id, periods }: IndexedRendition): InspectedTrack[] {
  return periods.flatMap(({ metadata = [] }, part) =>
    metadata.map(({ format, pid }) => ({
      name: periods.length > 1 ? `${id} part ${part + 1}` : id,
      kind: 'events',
      codec: format === 'id3' ? 'ID3' : 'SCTE-35',
      format: pid === undefined ? 'in the segments' : `PID ${pid}`,
    })),
  );
}

/** By periods, as other tracks. */
function describeText({ id, media: { name, language, forced }, periods }: IndexedText): InspectedTrack[] {
  return periods.map(({ cues }, part) => ({
    name: periods.length > 1 ? `${id} part ${part + 1}` : id,
    kind: 'text',
    codec: 'wvtt',
    ...(language !== undefined && { language }),
    format: [`${cues.length} cues`, forced && 'forced', name].filter(Boolean).join(' '),
  }));
}

/** They are within the pictures of every video. */
function describeCaptions(captions: AssetIndex['captions']): InspectedTrack[] {
  if (captions === undefined || captions === 'none') return [];
  return captions.map(({ instreamId, name, language }) => ({
    name: instreamId,
    kind: 'captions',
    codec: instreamId.startsWith('CC') ? 'CEA-608' : 'CEA-708',
    ...(language !== undefined && { language }),
    format: name,
  }));
}

function formatOf({ configuration }: Track): string {
  if (!('width' in configuration)) return `${configuration.sampleRate} Hz ${configuration.channels} channels`;
  const [frames, per] = configuration.frameRate ?? [0, 1];
  const rate = frames === 0 ? '' : ` ${Number((frames / per).toFixed(3))} fps`;
  const range = videoRange(configuration);
  return `${configuration.width}x${configuration.height}${rate}${range === 'SDR' ? '' : ` ${range}`}`;
}

function trackTiming({ segments, tracks }: IndexedPeriod, position: number): TrackTiming {
  const scale = tracks[position]?.timescale ?? 1;
  const filled = segments.flatMap(({ tracks: of }) => of[position] ?? []).filter(({ start, end }) => end > start);
  const durations = filled.map(({ start, end }) => (end - start) / scale);
  return {
    start: (filled[0]?.start ?? 0) / scale,
    end: (filled.at(-1)?.end ?? 0) / scale,
    segments: filled.length,
    shortestSegment: durations.reduce((least, each) => Math.min(least, each), Infinity),
    longestSegment: durations.reduce((most, each) => Math.max(most, each), 0),
    randomAccess: filled.filter(({ sap }) => sap !== 0).length,
  };
}

interface Reading {
  readonly reader: SourceReader;
  readonly signal: AbortSignal | undefined;
}

async function groupsOfPictures(period: IndexedPeriod, position: number, reading: Reading): Promise<number[]> {
  const scale = period.tracks[position]?.timescale ?? 1;
  const keys: number[] = [];
  for (const segment of period.segments.slice(0, readSegments)) {
    const samples = (await samplesOf(period, segment, reading))[position];
    for (const [index, sync] of (samples?.sync ?? []).entries()) if (sync) keys.push(samples?.decodeTimes[index] ?? 0);
  }
  return keys.slice(1).map((key, index) => (key - (keys[index] ?? 0)) / scale);
}

async function samplesOf(
  period: IndexedPeriod,
  segment: IndexedSegment,
  { reader, signal }: Reading,
): Promise<Samples[]> {
  const bytes: Uint8Array[] = [];
  for (const range of segmentReads(segment)) bytes.push(await reader.read(range, signal && { signal }));
  if (segment.samples) return tabledSamples(segment, bytes);
  return demuxSegment(bytes[0] ?? new Uint8Array(), { period, segment }, bytes[1]);
}
