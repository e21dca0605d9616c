/** Bytes of a transport stream packet, ISO/IEC 13818-1 §2.4.3.2. */
const packetLength = 188;
/** PIDs that ffmpeg gives the first and the second stream. */
const firstPid = 0x100;
const secondPid = 0x101;

const pidOf = (packet: Uint8Array) => ((packet[1]! & 0x1f) << 8) | packet[2]!;

function packetsOf(stream: Uint8Array): Uint8Array[] {
  return Array.from({ length: stream.length / packetLength }, (_, index) =>
    stream.subarray(index * packetLength, (index + 1) * packetLength),
  );
}

/**
 * Spreads the second stream (the sound) of an asset's segments: each of its packets waits until three others have gone by, so that its PES
 * packets lie between and across pictures, and what is still waiting at the end of a segment goes into the next one. The order within each
 * PID stays, as it must. Multiplexers of a constant bit rate write such streams; ffmpeg never does.
 */
export function spreadSound(segments: readonly Uint8Array[]): Uint8Array[] {
  const waiting: Uint8Array[] = [];
  const spread = segments.map((segment) => {
    const packets: Uint8Array[] = [];
    let passed = 0;
    for (const packet of packetsOf(segment)) {
      if (pidOf(packet) === secondPid) {
        waiting.push(packet);
        continue;
      }
      packets.push(packet);
      passed += 1;
      const next = passed % 3 === 0 ? waiting.shift() : undefined;
      if (next) packets.push(next);
    }
    return packets;
  });
  spread.at(-1)?.push(...waiting);
  return spread.map((packets) => Buffer.concat(packets));
}

/** Makes the continuity counters of streams that were made apart go on from one to the next, as if one multiplexer had written both. */
export function renumber(segments: readonly Uint8Array[]): Uint8Array[] {
  const last = new Map<number, number>();
  return segments.map((segment) => {
    const copy = Buffer.from(segment);
    for (const packet of packetsOf(copy)) {
      const pid = pidOf(packet);
      const hasPayload = (packet[3]! & 0x10) !== 0;
      const counter = ((last.get(pid) ?? 15) + (hasPayload ? 1 : 0)) & 15;
      packet[3] = (packet[3]! & 0xf0) | counter;
      last.set(pid, counter);
    }
    return copy;
  });
}

/** Does a segment begin in the middle of a PES packet of the second stream? */
export function beginsWithinSound(segment: Uint8Array): boolean {
  const first = packetsOf(segment).find((packet) => pidOf(packet) === secondPid);
  return (
    first !== undefined && (first[1]! & 0x40) === 0 && packetsOf(segment).some((packet) => pidOf(packet) === firstPid)
  );
}
