import { MalformedError } from '../bits/malformed.js';
import { withoutDelimiters } from '../codec/access-unit-delimiters.js';
import { parameterSetUnits } from '../codec/nal-codec.js';
import { UnsupportedCodingError } from '../codec/unsupported-coding.js';
import { PackagerError } from '../errors.js';
import { tabledSamples } from '../isobmff/demuxer.js';
import { mediaSegment } from '../isobmff/media-segment.js';
import { concat, u32 } from '../isobmff/box.js';
import { gopFragments } from '../isobmff/gop-fragments.js';
import { beforeKeySamples, keySamples } from '../model/key-samples.js';
import { type IndexedSegment, type PeriodFrame, segmentReads } from '../model/asset-index.js';
import type { Samples } from '../model/samples.js';
import { joinSamples } from '../model/split-samples.js';
import { isNal, type Track } from '../model/track.js';
import type { Splice, TimedMetadata } from '../model/timed-metadata.js';
import { demuxSegment } from '../mpegts/demuxer.js';
import { muxSegment } from '../mpegts/muxer.js';
import { readTimedMetadata } from '../mpegts/timed-metadata.js';
import { eventMessages } from './event-messages.js';
import { afterSilence, withoutSilence } from './silence.js';
import { textSegment } from './text-segment.js';
import type {
  FragmentContent,
  PlannedOutput,
  SegmentOutput,
  SegmentTask,
  TransportStreamContent,
} from './segment-task.js';

/**
 * Makes the output segments of a task. Synchronous, and for fragments without copies of media: they are views of `bytes`, which are changed in
 * place, so they are valid until those are reused.
 * @param bytes of each of `task.reads`, in that order
 * @throws PackagerError naming rendition, segment, byte and time, when the bytes are damaged or not what was indexed
 */
export function packageSegment(task: SegmentTask, bytes: readonly Uint8Array[]): SegmentOutput[] {
  try {
    // Before they are taken apart; taken apart they are all the same, so that damage is found.
    const original = task.outputs.some(isOriginal) ? new Uint8Array(bytes[0] ?? []) : undefined;
    const metadata = task.outputs.some(wantsMetadata) ? metadataOf(task, bytes) : [];
    const demuxed = demuxAll(task, bytes);
    const tracks = task.period.tracks.map((_, index) => joinSamples(demuxed.flatMap((each) => each[index] ?? [])));
    return task.outputs.map((output) => writeOutput(output, { task, tracks, metadata, original }));
  } catch (error) {
    throw error instanceof PackagerError ? error.at({ rendition: task.rendition, segment: task.segmentNumber }) : error;
  }
}

function isOriginal(output: PlannedOutput): boolean {
  return output.container === 'mpegts' && output.clock === 'source';
}

function wantsMetadata(output: PlannedOutput): boolean {
  return output.container !== 'text' && (output.metadata !== undefined || output.splices !== undefined);
}

/** Of all source segments, in order. */
function metadataOf({ segments, period }: SegmentTask, bytes: readonly Uint8Array[]): TimedMetadata[] {
  let read = 0;
  return segments.flatMap((segment) => {
    const own = bytes[read] ?? new Uint8Array();
    read += segmentReads(segment).length;
    return segment.samples ? (segment.events ?? []) : readTimedMetadata(own, { period, segment });
  });
}

/** The samples of each source segment, by track. */
function demuxAll(
  { segments, period, reads, rendition, segmentNumber }: SegmentTask,
  bytes: readonly Uint8Array[],
): Samples[][] {
  if (bytes.length !== reads.length)
    throw new Error(`a task needs the bytes of ${reads.length} reads; given: ${bytes.length}`);
  let read = 0;
  return segments.map((segment, index) => {
    const own = bytes.slice(read, (read += segmentReads(segment).length));
    try {
      const samples = demux(withoutSilence(segment), own, period);
      return samples.map((each, track) => afterSilence(each, period.tracks[track], segment.tracks[track]));
    } catch (error) {
      throw error instanceof PackagerError ? error.at({ rendition, segment: segmentNumber + index }) : error;
    }
  });
}

function demux(segment: IndexedSegment, bytes: readonly Uint8Array[], period: PeriodFrame): Samples[] {
  if (segment.samples)
    return tabledSamples(segment, bytes).map((samples, track) => plain(samples, period.tracks[track]));
  return demuxSegment(bytes[0] ?? new Uint8Array(), { period, segment }, bytes[1]);
}

/** As those of a transport stream come. */
function plain(samples: Samples, track: Track | undefined): Samples {
  const { configuration } = track ?? {};
  return configuration && isNal(configuration) ? withoutDelimiters(samples, configuration.codec) : samples;
}

interface SegmentMaterial {
  readonly task: SegmentTask;
  /** Of each track of the period. */
  readonly tracks: readonly Samples[];
  readonly metadata: readonly TimedMetadata[];
  /** The source segment as it was, when an output is to be that. */
  readonly original: Uint8Array | undefined;
}

function writeOutput(output: PlannedOutput, material: SegmentMaterial): SegmentOutput {
  const { name, contentType } = output;
  const content = write(output, material);
  const splices = output.container !== 'text' && output.splices ? splicesOf(material.metadata) : undefined;
  return {
    name,
    contentType,
    ...content,
    ...(splices && { splices }),
    size: content.data.reduce((sum, part) => sum + part.length, 0),
  };
}

/** In the order in which they came: a later one may withdraw another. */
function splicesOf(metadata: readonly TimedMetadata[]): Splice[] {
  return metadata
    .filter(({ format }) => format === 'scte35')
    .sort((a, b) => a.arrival - b.arrival)
    .map(({ time, data }) => ({ time, section: btoa(String.fromCharCode(...data)) }));
}

function write(output: PlannedOutput, material: SegmentMaterial): Written {
  switch (output.container) {
    case 'cmaf':
      return fragments(output, material);
    case 'mpegts':
      return transportStream(output, material);
    case 'text':
      return { data: textSegment(output) };
  }
}

type Written = Pick<SegmentOutput, 'data' | 'iFrames'>;

function fragments(content: FragmentContent, { task, tracks, metadata }: SegmentMaterial): Written {
  const { track, sequenceNumber, end, iFrames, parameterSetsInBand } = content;
  const plain = samplesOf(tracks, track);
  const chosen = iFrames === 'only' ? keySamples(plain) : plain;
  const samples = parameterSetsInBand ? beforeKeySamples(chosen, parameterSets(trackOf(task, track))) : chosen;
  const events = content.metadata ? { events: eventMessages(metadata, trackOf(task, track).timescale) } : {};
  if (iFrames === 'marked') return gopFragments({ sequenceNumber, samples, end, ...events });
  return { data: mediaSegment({ sequenceNumber, samples, end, ...events }) };
}

/** Each after its length in four bytes; none where the source has them in band already. */
function parameterSets({ configuration }: Track): Uint8Array {
  if (!isNal(configuration) || configuration.parameterSetsInBand) return new Uint8Array();
  return concat(...parameterSetUnits(configuration).flatMap((set) => [u32(set.length), set]));
}

function transportStream(content: TransportStreamContent, material: SegmentMaterial): Written {
  const { tracks, clock, iFrames, metadata: formats = [] } = content;
  if (clock === 'source') return { data: [material.original ?? new Uint8Array()] };
  const muxed = tracks.map(({ track, language }) => ({
    track: trackOf(material.task, track),
    language,
    samples: samplesOf(material.tracks, track),
  }));
  try {
    const { origin } = material.task.period;
    const metadata = formats.map((format) => ({
      ...{ format, origin },
      events: material.metadata.filter((each) => each.format === format),
    }));
    const segment = muxSegment(muxed, clock, metadata);
    return { data: [segment.bytes], ...(iFrames && { iFrames: segment.iFrames }) };
  } catch (error) {
    if (error instanceof UnsupportedCodingError) throw new PackagerError('source_unsupported', error.message);
    if (error instanceof MalformedError) throw new PackagerError('source_invalid', error.message);
    throw error;
  }
}

function samplesOf(tracks: readonly Samples[], index: number): Samples {
  const samples = tracks[index];
  if (!samples) throw new Error(`no track ${index}`);
  return samples;
}

function trackOf({ period }: SegmentTask, index: number): Track {
  const track = period.tracks[index];
  if (!track) throw new Error(`no track ${index}`);
  return track;
}
