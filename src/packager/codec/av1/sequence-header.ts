import { BitReader } from '../../bits/bit-reader.js';
import { MalformedError } from '../../bits/malformed.js';
import type { Colour } from '../../model/video.js';

/** obu_type, AV1 §6.2.2 */
const sequenceHeader = 1;

/**
 * The colour of the sequence header OBU among these, AV1 §5.5; undefined when none says it.
 * @param obus each with its size @throws MalformedError
 */
export function sequenceColour(obus: Uint8Array): Colour | undefined {
  for (let at = 0; at < obus.length;) {
    const head = obus[at] as number;
    const hasExtension = (head & 4) !== 0;
    if ((head & 2) === 0) throw new MalformedError('OBU without its size', at);
    const { value: size, next } = leb128(obus, at + (hasExtension ? 2 : 1));
    if (next + size > obus.length) throw new MalformedError(`OBU of ${size} bytes, ${obus.length - next} left`, at);
    if (((head >> 3) & 15) === sequenceHeader) return parseColour(new BitReader(obus.subarray(next, next + size)));
    at = next + size;
  }
  return undefined;
}

/** §4.10.5: seven bits to a byte, the lowest first; at most eight bytes, of which five matter. */
function leb128(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[from + index];
    if (byte === undefined) throw new MalformedError('OBU size is cut off', from);
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, next: from + index + 1 };
  }
  throw new MalformedError('OBU size longer than 8 bytes', from);
}

function parseColour(reader: BitReader): Colour | undefined {
  const profile = reader.bits(3);
  reader.flag(); // still_picture
  const isReduced = reader.flag();
  if (isReduced) reader.skip(5);
  else skipOperatingPoints(reader);
  const [widthBits, heightBits] = [reader.bits(4) + 1, reader.bits(4) + 1];
  reader.skip(widthBits + heightBits);
  if (!isReduced && reader.flag()) reader.skip(7); // frame_id_numbers_present_flag
  reader.skip(3); // superblocks, intra filters
  if (!isReduced) skipTools(reader);
  reader.skip(3); // superres, cdef, restoration
  return colourConfig(reader, profile);
}

/** From timing_info_present_flag to the last operating point. */
function skipOperatingPoints(reader: BitReader): void {
  let delayBits = 0;
  if (reader.flag()) {
    reader.skip(64);
    if (reader.flag()) reader.ue(); // equal_picture_interval; uvlc is read as ue(v)
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1;
      reader.skip(32 + 10);
    }
  }
  const hasDisplayDelay = reader.flag();
  for (let points = reader.bits(5) + 1; points > 0; points -= 1) {
    reader.skip(12); // operating_point_idc
    if (reader.bits(5) > 7) reader.flag(); // seq_level_idx, seq_tier
    if (delayBits > 0 && reader.flag()) reader.skip(delayBits * 2 + 1);
    if (hasDisplayDelay && reader.flag()) reader.skip(4);
  }
}

/** From enable_interintra_compound to order_hint_bits. */
function skipTools(reader: BitReader): void {
  reader.skip(4);
  const hasOrderHint = reader.flag();
  if (hasOrderHint) reader.skip(2);
  const forced = reader.flag() ? 2 : reader.bits(1); // seq_choose_screen_content_tools
  if (forced > 0 && !reader.flag()) reader.flag(); // seq_choose_integer_mv
  if (hasOrderHint) reader.skip(3);
}

/** §5.5.2 */
function colourConfig(reader: BitReader, profile: number): Colour | undefined {
  const isHigh = reader.flag();
  if (profile === 2 && isHigh) reader.flag(); // twelve_bit
  const isMonochrome = profile !== 1 && reader.flag();
  if (!reader.flag()) return undefined; // color_description_present_flag
  const [primaries, transfer, matrix] = [reader.bits(8), reader.bits(8), reader.bits(8)];
  const isRgb = !isMonochrome && primaries === 1 && transfer === 13 && matrix === 0;
  return { primaries, transfer, matrix, fullRange: isRgb || reader.flag() };
}
