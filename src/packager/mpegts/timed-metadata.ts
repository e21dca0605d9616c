import { MalformedError } from '../bits/malformed.js';
import { beginsId3Tag, id3Tags } from '../codec/id3/id3-tag.js';
import { parseSpliceInfo, type SpliceInfo, spliceTableId } from '../codec/scte35/splice-info-section.js';
import { PackagerError } from '../errors.js';
import type { IndexedSegment, PeriodFrame } from '../model/asset-index.js';
import type { MetadataStream, TimedMetadata } from '../model/timed-metadata.js';
import { rescale } from '../timing/timescale.js';
import { unwrap } from '../timing/unwrap.js';
import { extractElementaryStreams } from './elementary-stream.js';
import { packetSize, parsePacketHeader } from './packet.js';
import { parsePesHeader } from './pes.js';
import { SectionAssembler } from './psi.js';

/**
 * The timed metadata in the bytes of a segment, in the order of its times: a pass of its own over the packets, before they are taken apart, that
 * only sources with such streams pay for. What is damaged there is left out: a broken tag is not worth the picture.
 */
export function readTimedMetadata(
  bytes: Uint8Array,
  { period, segment }: { readonly period: PeriodFrame; readonly segment: IndexedSegment },
): TimedMetadata[] {
  const streams = (period.metadata ?? []).filter(hasPid);
  if (streams.length === 0) return [];
  const place: Place = {
    bytes,
    origin: period.origin,
    reference: startOf(period, segment),
    leading: period.tracks[0]?.pid ?? -1,
  };
  const found = streams.flatMap((stream) => (stream.format === 'id3' ? tags(stream, place) : splices(stream, place)));
  return found.sort((a, b) => a.time - b.time);
}

type PidStream = Required<MetadataStream>;

function hasPid(stream: MetadataStream): stream is PidStream {
  return stream.pid !== undefined;
}

interface Place {
  readonly bytes: Uint8Array;
  readonly origin: number;
  /** Ticks of 90 kHz, not wrapped: all times of the segment are near to it. */
  readonly reference: number;
  /** PID whose PES packets tell when a message came that says nothing itself. */
  readonly leading: number;
}

function startOf({ origin, tracks }: PeriodFrame, segment: IndexedSegment): number {
  return origin + rescale(segment.tracks[0]?.start ?? 0, tracks[0]?.timescale ?? 90_000, 90_000);
}

/** ID3 in PES packets, one access unit to each, as HLS has it; what one cannot hold goes on in the next ones, which do not begin with a tag. */
function tags({ pid, format }: PidStream, { bytes, origin, reference }: Place): TimedMetadata[] {
  const stream = orNothing(() => extractElementaryStreams(bytes, [pid], { base: 0, keep: true, partial: true })[0]);
  if (!stream) return [];
  const begun = stream.marks.filter(({ offset }) => beginsId3Tag(stream.data, offset));
  return begun.flatMap(({ offset, pts }, index): TimedMetadata[] => {
    const data = id3Tags(stream.data.subarray(offset, begun[index + 1]?.offset));
    if (pts === undefined || data.length === 0) return [];
    const time = unwrap(pts, reference) - origin;
    return [{ format, time, arrival: time, data }];
  });
}

/** Sections of SCTE 35, each with its time. */
function splices({ pid, format }: PidStream, { bytes, origin, reference, leading }: Place): TimedMetadata[] {
  const sections = new SectionAssembler();
  const found: TimedMetadata[] = [];
  let arrival = reference - origin;
  for (let at = 0; at + packetSize <= bytes.length; at += packetSize) {
    const packet = (((bytes[at + 1] as number) & 0x1f) << 8) | (bytes[at + 2] as number);
    if (packet !== pid && packet !== leading) continue;
    const { unitStart, hasPayload, payload } = parsePacketHeader(bytes, at);
    if (!hasPayload || payload > at + packetSize) continue;
    const content = bytes.subarray(payload, at + packetSize);
    if (packet === pid) {
      for (const section of sections.add(content, unitStart)) {
        const info = orNothing(() => (section[0] === spliceTableId ? parseSpliceInfo(section) : undefined));
        if (info) found.push({ format, time: timeOf(info, arrival, { origin, reference }), arrival, data: section });
      }
    } else if (unitStart) {
      const pts = orNothing(() => parsePesHeader(content))?.pts;
      if (pts !== undefined) arrival = unwrap(pts, reference) - origin;
    }
  }
  return found;
}

function timeOf(
  { ptsTime }: SpliceInfo,
  arrival: number,
  { origin, reference }: Pick<Place, 'origin' | 'reference'>,
): number {
  return ptsTime === undefined ? arrival : unwrap(ptsTime, reference) - origin;
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedError || error instanceof PackagerError) return undefined;
    throw error;
  }
}
