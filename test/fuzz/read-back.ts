import { parseAdtsHeader } from '../../src/packager/codec/aac/adts.js';
import { takeAdtsFrames } from '../../src/packager/codec/aac/adts-frames.js';
import { writeAdtsHeader } from '../../src/packager/codec/aac/write-adts.js';
import { avcConfiguration } from '../../src/packager/codec/h264/avc-configuration.js';
import { hevcConfiguration } from '../../src/packager/codec/h265/hevc-configuration.js';
import { id3Tags } from '../../src/packager/codec/id3/id3-tag.js';
import { parseSpliceInfo, shiftSplice } from '../../src/packager/codec/scte35/splice-info-section.js';
import { box, concat } from '../../src/packager/isobmff/box.js';
import { bytesOf, type ReadBox, readBoxes } from '../../src/packager/isobmff/box-reader.js';
import { avcC } from '../../src/packager/isobmff/boxes/avcc.js';
import { emsg, type EventMessage } from '../../src/packager/isobmff/boxes/emsg.js';
import { esds } from '../../src/packager/isobmff/boxes/esds.js';
import { hvcC } from '../../src/packager/isobmff/boxes/hvcc.js';
import { parseAvcRecord } from '../../src/packager/isobmff/read-avcc.js';
import { parseEmsg } from '../../src/packager/isobmff/read-emsg.js';
import { parseElementaryStreamDescriptor } from '../../src/packager/isobmff/read-esds.js';
import { parseHevcRecord } from '../../src/packager/isobmff/read-hvcc.js';
import { parsePesHeader } from '../../src/packager/mpegts/pes.js';
import { pesHeaderLength, writePesHeader } from '../../src/packager/mpegts/write-pes.js';
import { timestampModulus } from '../../src/packager/timing/unwrap.js';
import { NotWrittenBackError, writtenBack } from './written-back.js';

/** What of a header is written: a DTS that is the PTS goes without saying. */
interface StampedHeader {
  readonly streamId: number;
  readonly pts: number;
  readonly dts?: number;
}

function stampedHeader(bytes: Uint8Array): StampedHeader | undefined {
  const header = parsePesHeader(bytes);
  if (header?.pts === undefined) return undefined;
  const { streamId, pts, dts = pts } = header;
  return { streamId, pts, ...(dts !== pts && { dts }) };
}

function writeStampedHeader(header: StampedHeader | undefined): Uint8Array {
  if (!header) return new Uint8Array();
  const { streamId, pts, dts = pts } = header;
  const bytes = new Uint8Array(pesHeaderLength({ pts, dts }));
  writePesHeader(bytes, 0, { streamId, times: { pts, dts }, payload: 10 });
  return bytes;
}

interface Stream {
  readonly profile: { objectType: number; samplingFrequencyIndex: number; channelConfiguration: number };
  readonly data: Uint8Array;
  readonly sizes: readonly number[];
}

function adtsStream(bytes: Uint8Array): Stream | undefined {
  if (bytes.length === 0) return undefined;
  const { objectType, samplingFrequencyIndex, channelConfiguration } = parseAdtsHeader(bytes);
  const { data, sizes } = takeAdtsFrames(bytes, 0);
  return { profile: { objectType, samplingFrequencyIndex, channelConfiguration }, data: data.slice(), sizes };
}

function writeAdtsStream(stream: Stream | undefined): Uint8Array {
  let at = 0;
  const frames = stream?.sizes.flatMap((size) => {
    const header = new Uint8Array(7);
    writeAdtsHeader(header, 0, stream.profile, size);
    at += size;
    return [header, stream.data.subarray(at - size, at)];
  });
  return concat(...(frames ?? []));
}

/** A box by what it holds: other boxes and what stands before them, or bytes. */
interface Content {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly children: readonly Content[];
}

function contentOf(found: ReadBox): Content {
  const [first] = found.children;
  const payload = bytesOf(found);
  const before = first ? first.offset - (found.offset + found.size - payload.length) : payload.length;
  return { type: found.type, bytes: payload.slice(0, before), children: found.children.map(contentOf) };
}

const writeContent = ({ type, bytes, children }: Content): Uint8Array =>
  box(type, bytes, ...children.map(writeContent));

/** Lengths are always written with four bytes; SEI of the record is not kept. */
const avcSets = (bytes: Uint8Array) => {
  const { sps, pps } = parseAvcRecord(bytes);
  return { sps, pps };
};
const hevcSets = (bytes: Uint8Array) => {
  const { vps, sps, pps } = parseHevcRecord(bytes);
  return { vps, sps, pps };
};

/** What is said of an event; we write version 1, and an id of our own. */
function eventMessage(bytes: Uint8Array): EventMessage | undefined {
  const message = parseEmsg(bytes);
  if (!message) return undefined;
  const { schemeIdUri, value, timescale, time, data } = message;
  return { schemeIdUri, value, timescale, time, data };
}

const writeEventMessage = (message: EventMessage | undefined): Uint8Array =>
  message ? emsg(message).subarray(8) : Uint8Array.of(2, 0, 0, 0);

/** A message that is later by so much, and earlier again. */
function spliceShifted(section: Uint8Array): void {
  const ticks = 900_000;
  const { ptsTime } = parseSpliceInfo(section);
  const shifted = shiftSplice(section, ticks);
  const later = parseSpliceInfo(shifted).ptsTime;
  if (ptsTime !== undefined && later !== (ptsTime + ticks) % timestampModulus)
    throw new NotWrittenBackError(`${ptsTime} and ${ticks} ticks are ${later}`);
  if (Buffer.compare(shiftSplice(shifted, -ticks), section) !== 0)
    throw new NotWrittenBackError(`${Buffer.from(section).toString('hex')} does not come back`);
}

/** Parsers of bytes with a writer of their own: what they read is written, and read again. */
export const readBack = {
  boxes: writtenBack(
    (bytes: Uint8Array) => readBoxes(bytes).map(contentOf),
    (boxes) => concat(...boxes.map(writeContent)),
  ),
  avcRecord: writtenBack(avcSets, ({ sps, pps }) => avcC(avcConfiguration(sps, pps, false)).subarray(8)),
  hevcRecord: writtenBack(hevcSets, (sets) => hvcC(hevcConfiguration({ ...sets, sei: [] }, false)).subarray(8)),
  streamDescriptor: writtenBack(parseElementaryStreamDescriptor, ({ objectType, specificInfo }) =>
    esds({ objectType, ...(specificInfo.length > 0 && { specificInfo }) }).subarray(8),
  ),
  adts: writtenBack(adtsStream, writeAdtsStream),
  pes: writtenBack(stampedHeader, writeStampedHeader),
  id3: writtenBack(id3Tags, (tags) => tags),
  emsg: writtenBack(eventMessage, writeEventMessage),
  splice: spliceShifted,
};
