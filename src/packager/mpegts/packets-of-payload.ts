import { packetSize, parsePacketHeader } from './packet.js';
import { parsePesHeader } from './pes.js';

/**
 * How many bytes of a transport stream hold the first bytes of these elementary streams: what a segment needs of the one after it.
 * @param needs PID to bytes of its elementary stream; PES headers are within their first packets (extracting has checked the rest)
 */
export function bytesHolding(bytes: Uint8Array, needs: ReadonlyMap<number, number>): number {
  const left = new Map([...needs].filter(([, count]) => count > 0));
  let at = 0;
  for (; left.size > 0 && at + packetSize <= bytes.length; at += packetSize) {
    const header = parsePacketHeader(bytes, at);
    const needed = left.get(header.pid);
    if (needed === undefined || !header.hasPayload) continue;
    const end = at + packetSize;
    const start = header.payload + (header.unitStart ? pesHeaderLength(bytes.subarray(header.payload, end)) : 0);
    const rest = needed - Math.max(0, end - start);
    if (rest > 0) left.set(header.pid, rest);
    else left.delete(header.pid);
  }
  return at;
}

function pesHeaderLength(payload: Uint8Array): number {
  return parsePesHeader(payload)?.headerLength ?? payload.length;
}
