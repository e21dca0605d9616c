import { withEmulationPrevention } from './h264-writer.js';

/** cc_data() of ATSC A/53 Part 4 in SEI messages. A pair: cc_type and two bytes; CEA-608 without its parity. */
export type Pair = readonly [type: number, one: number, two: number];

export interface CcFields {
  readonly valid?: boolean;
  readonly process?: boolean;
  readonly identifier?: string;
}

/** user_data_registered_itu_t_t35 */
export function writeCcData(pairs: readonly Pair[], fields: CcFields = {}): Uint8Array {
  const { valid = true, process = true, identifier = 'GA94' } = fields;
  const head = [0xb5, 0x00, 0x31, ...Buffer.from(identifier), 0x03, 0x80 | (process ? 0x40 : 0) | pairs.length, 0xff];
  const body = pairs.flatMap(([type, one, two]) => {
    const field = type < 2;
    return [0xf8 | (valid ? 4 : 0) | type, field ? withParity(one) : one, field ? withParity(two) : two];
  });
  return Uint8Array.from([...head, ...body, 0xff]);
}

function withParity(byte: number): number {
  const ones = byte.toString(2).replaceAll('0', '').length;
  return ones % 2 === 0 ? byte | 0x80 : byte;
}

/** An SEI NAL unit of H.264 or HEVC with that message behind another one. */
export function writeCaptionSei(pairs: readonly Pair[], codec: 'avc' | 'hevc' = 'avc', fields?: CcFields): Uint8Array {
  const message = writeCcData(pairs, fields);
  const header = codec === 'avc' ? [6] : [39 << 1, 1];
  return withEmulationPrevention(Uint8Array.from([...header, 1, 2, 0, 0, 4, message.length, ...message, 0x80]));
}

/** Roll-up captions of two rows: the mode, a row, two letters. */
export function rollUp(type: 0 | 1, channel: 1 | 2): Pair[] {
  const second = channel === 2 ? 8 : 0;
  return [
    [type, 0x14 | second, 0x25],
    [type, 0x14 | second, 0x70],
    [type, 0x48, 0x69],
  ];
}
