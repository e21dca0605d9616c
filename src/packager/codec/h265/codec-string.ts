/**
 * RFC 6381 codec parameter, ISO/IEC 14496-15 §E.3: profile space and idc, compatibility flags in reverse order, tier and level, and the
 * constraint flags' bytes without those of zero at the end.
 * @param profileTierLevel 12 bytes, general_profile_space to general_level_idc
 */
export function hevcCodecString(profileTierLevel: Uint8Array, sampleEntry: 'hvc1' | 'hev1'): string {
  const [first = 0] = profileTierLevel;
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const tier = (first & 0x20) === 0 ? 'L' : 'H';
  const constraints = [...profileTierLevel.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    sampleEntry,
    `${space}${first & 31}`,
    reversed(profileTierLevel.subarray(1, 5)).toString(16).toUpperCase(),
    `${tier}${profileTierLevel[11] ?? 0}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

/** 32 bits, the last one first. */
function reversed(bytes: Uint8Array): number {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return Number.parseInt([...bits].reverse().join(''), 2);
}
