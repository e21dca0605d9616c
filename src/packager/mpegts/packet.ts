/** Transport stream packets, ISO/IEC 13818-1 §2.4.3.2. */
export const packetSize = 188;
export const syncByte = 0x47;

/** transport_scrambling_control, adaptation_field_control and flags of the packet at `at`; the caller has seen the sync byte. */
export interface PacketHeader {
  readonly pid: number;
  readonly transportError: boolean;
  readonly unitStart: boolean;
  readonly scrambled: boolean;
  readonly continuity: number;
  readonly hasPayload: boolean;
  /** discontinuity_indicator of the adaptation field: the continuity counter may jump here. */
  readonly discontinuity: boolean;
  /** Offset of the payload; past the packet's end when the adaptation field claims more than there is. */
  readonly payload: number;
}

export function parsePacketHeader(bytes: Uint8Array, at: number): PacketHeader {
  const [b1, b2, b3] = [bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0];
  const hasAdaptation = (b3 & 0x20) !== 0;
  const adaptationLength = hasAdaptation ? (bytes[at + 4] ?? 0) : 0;
  return {
    pid: ((b1 & 0x1f) << 8) | b2,
    transportError: (b1 & 0x80) !== 0,
    unitStart: (b1 & 0x40) !== 0,
    scrambled: (b3 & 0xc0) !== 0,
    continuity: b3 & 15,
    hasPayload: (b3 & 0x10) !== 0,
    discontinuity: adaptationLength > 0 && ((bytes[at + 5] ?? 0) & 0x80) !== 0,
    payload: at + 4 + (hasAdaptation ? adaptationLength + 1 : 0),
  };
}
