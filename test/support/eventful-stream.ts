import { packetSize, parsePacketHeader } from '../../src/packager/mpegts/packet.js';
import { parsePesHeader } from '../../src/packager/mpegts/pes.js';
import { findProgram } from '../../src/packager/mpegts/program.js';
import { unwrap } from '../../src/packager/timing/unwrap.js';
import { patSection, pmtPid, pmtSection, type StreamEntry, TransportStreamWriter } from './transport-stream.js';

/** Something to be laid into a transport stream: a section of SCTE 35, or an ID3 tag in a PES packet. */
export interface StreamEvent {
  readonly format: 'scte35' | 'id3';
  /** Ticks of 90 kHz, not wrapped: after the first picture that is presented then or later; of a tag, its time. */
  readonly at: number;
  readonly data: Uint8Array;
}

export const eventPids = { scte35: 500, id3: 501 } as const;
const entries: Readonly<Record<StreamEvent['format'], StreamEntry>> = {
  scte35: { pid: eventPids.scte35, streamType: 0x86 },
  id3: { pid: eventPids.id3, streamType: 0x15 },
};

/** The segments with events in them, which their program maps announce, as an encoder would have put them there. */
export function withEvents(segments: readonly Uint8Array[], events: readonly StreamEvent[]): Uint8Array[] {
  const writer = new TransportStreamWriter();
  const formats = [...new Set(events.map(({ format }) => format))];
  const due = events.toSorted((a, b) => a.at - b.at);
  const [first] = due;
  return segments.map((segment) => {
    const { streams = [] } = findProgram(segment) ?? {};
    const video = streams.find(({ content }) => content.kind === 'video')?.pid ?? streams[0]?.pid;
    const from = writer.packets.length;
    writer.section(0, patSection([[1, pmtPid]]));
    writer.section(
      pmtPid,
      pmtSection([
        ...streams.map(({ pid, streamType }) => ({ pid, streamType })),
        ...formats.map((format) => entries[format]),
      ]),
    );
    for (let at = 0; at < segment.length; at += packetSize) {
      const { pid, unitStart, payload } = parsePacketHeader(segment, at);
      if (streams.every((stream) => stream.pid !== pid)) continue; // the tables, and what fills up
      const pts =
        pid === video && unitStart ? parsePesHeader(segment.subarray(payload, at + packetSize))?.pts : undefined;
      writer.packets.push(segment.slice(at, at + packetSize));
      while (first && pts !== undefined && due[0] && unwrap(pts, first.at) >= due[0].at) write(writer, due.shift()!);
    }
    return new Uint8Array(Buffer.concat(writer.packets.slice(from)));
  });
}

/** bytes of a tag in one PES packet; what is more goes on in the next, without a time */
const longestPiece = 60_000;

function write(writer: TransportStreamWriter, { format, at, data }: StreamEvent): void {
  if (format === 'scte35') writer.section(eventPids.scte35, data);
  else
    for (let from = 0; from < data.length; from += longestPiece)
      writer.pes(eventPids.id3, data.subarray(from, from + longestPiece), {
        ...(from === 0 && { pts: at % 2 ** 33 }),
        streamId: 0xbd,
      });
}
