/**
 * Sample flags, ISO/IEC 14496-12 §8.8.3.1: bits 25-24 sample_depends_on (2: on no other, 1: on others), bit 16 sample_is_non_sync_sample.
 */
export const sampleFlags = {
  sync: 0x0200_0000,
  nonSync: 0x0101_0000,
} as const;
