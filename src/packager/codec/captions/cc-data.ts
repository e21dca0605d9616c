/** A pair of bytes of captions: cc_type 0 and 1 are the fields of CEA-608, 2 and 3 the packets of CEA-708 (3 begins one). */
export interface CaptionPair {
  readonly type: number;
  readonly bytes: readonly [number, number];
}

/** itu_t_t35_country_code, itu_t_t35_provider_code, user_identifier `GA94`, user_data_type_code 3: ATSC A/53 Part 4 §6.2.3. */
const heading = [0xb5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03];
const processFlag = 0x40;
const validFlag = 0x04;

/** cc_data() in a message of user_data_registered_itu_t_t35, but for pairs that are not valid; none in other messages. CEA-708-E §4.4 */
export function parseCcData(message: Uint8Array): CaptionPair[] {
  if (heading.some((byte, index) => message[index] !== byte)) return [];
  const flags = message[heading.length] ?? 0;
  if ((flags & processFlag) === 0) return [];
  const pairs: CaptionPair[] = [];
  const first = heading.length + 2; // flags, em_data
  for (let index = 0; index < (flags & 31); index += 1) {
    const at = first + index * 3;
    const [head, one, two] = [message[at], message[at + 1], message[at + 2]];
    if (head === undefined || one === undefined || two === undefined) break;
    if ((head & validFlag) !== 0) pairs.push({ type: head & 3, bytes: [one, two] });
  }
  return pairs;
}
