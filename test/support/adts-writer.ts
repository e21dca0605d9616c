export interface AdtsFields {
  /** profile_ObjectType: 1 is LC */
  profile?: number;
  frequencyIndex?: number;
  channels?: number;
  /** With a CRC, whose value nobody checks. */
  crc?: boolean;
  mpeg2?: boolean;
  /** Raw data blocks. */
  blocks?: number;
}

/** One ADTS frame, ISO/IEC 13818-7 §6.2. */
export function writeAdtsFrame(payload: Uint8Array, fields: AdtsFields = {}): Uint8Array {
  const { profile = 1, frequencyIndex = 3, channels = 2, crc = false, mpeg2 = false, blocks = 1 } = fields;
  const length = payload.length + (crc ? 9 : 7);
  const header = [
    0xff,
    0xf0 | (mpeg2 ? 8 : 0) | (crc ? 0 : 1),
    (profile << 6) | (frequencyIndex << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 255,
    ((length & 7) << 5) | 31,
    0xfc | (blocks - 1),
    ...(crc ? [0, 0] : []),
  ];
  return Uint8Array.from([...header, ...payload]);
}
