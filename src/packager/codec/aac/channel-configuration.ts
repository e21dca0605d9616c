/**
 * channelConfiguration to output channels, ISO/IEC 14496-3 Table 1.19 and ISO/IEC 23001-8 §8. 0 is described in band by a
 * program_config_element.
 */
export const channelCounts: readonly (number | undefined)[] = [
  ...[undefined, 1, 2, 3, 4, 5, 6, 8],
  ...[undefined, undefined, undefined, 7, 8, undefined, 8],
];
