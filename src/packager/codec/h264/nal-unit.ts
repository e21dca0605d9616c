/** nal_unit_type, ITU-T H.264 Table 7-1. */
export const nalType = {
  slice: 1,
  partitionA: 2,
  partitionC: 4,
  idrSlice: 5,
  sei: 6,
  sps: 7,
  pps: 8,
  accessUnitDelimiter: 9,
  filler: 12,
  /** 14 to 18: prefix, subset SPS, depth parameter set and two reserved types: may only precede the primary picture. */
  prefix: 14,
  reserved18: 18,
} as const;

/** ITU-T H.264 §7.4.1.2.3: after the slices of a primary picture, a unit of these types is the first of the next access unit. */
export function beginsAccessUnit(type: number): boolean {
  return (
    (type >= nalType.sei && type <= nalType.accessUnitDelimiter) ||
    (type >= nalType.prefix && type <= nalType.reserved18)
  );
}
