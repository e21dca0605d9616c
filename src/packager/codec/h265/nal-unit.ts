/** nal_unit_type, ITU-T H.265 Table 7-1. */
export const nalType = {
  /** 6 to 9: leading pictures of the key picture before, decodable (RADL) and, from CRA and BLA, not when one enters there (RASL). */
  radlN: 6,
  raslR: 9,
  /** 0, 2, ... 14: no other picture of the same temporal layer refers to it. */
  lastSubLayerNonReference: 14,
  /** 16 to 23: key pictures (IRAP). */
  blaWithLeading: 16,
  blaWithRadl: 17,
  blaAlone: 18,
  idrWithRadl: 19,
  idrAlone: 20,
  cra: 21,
  lastKeyPicture: 23,
  lastSlice: 31,
  vps: 32,
  sps: 33,
  pps: 34,
  accessUnitDelimiter: 35,
  filler: 38,
  prefixSei: 39,
} as const;

/** nal_unit_header, §7.3.1.2: two bytes. */
export const nalHeaderLength = 2;

/** @param first the first byte of the header */
export function nalUnitType(first: number): number {
  return (first >> 1) & 63;
}

/** nuh_layer_id. @param at offset of the header */
export function layerId(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) & 1) << 5) | ((bytes[at + 1] ?? 0) >> 3);
}

export function isSlice(type: number): boolean {
  return type <= nalType.lastSlice;
}

/** IRAP: nothing before it in decoding is needed for it, nor for what is presented after it. */
export function isKeyPicture(type: number): boolean {
  return type >= nalType.blaWithLeading && type <= nalType.lastKeyPicture;
}

/** Stream access point type, ISO/IEC 14496-12 Annex I: as leading pictures may follow, whether or not they do. */
export function sapType(type: number): 0 | 1 | 2 | 3 {
  switch (type) {
    case nalType.idrAlone:
    case nalType.blaAlone:
      return 1;
    case nalType.idrWithRadl:
    case nalType.blaWithRadl:
      return 2;
    default:
      return isKeyPicture(type) ? 3 : 0;
  }
}

/** §7.4.2.4.4: after the last slice of a picture, a unit of these types is the first of the next access unit. */
export function beginsAccessUnit(type: number): boolean {
  return (
    (type >= nalType.vps && type <= nalType.accessUnitDelimiter) ||
    type === nalType.prefixSei ||
    (type >= 41 && type <= 44) ||
    (type >= 48 && type <= 55)
  );
}
