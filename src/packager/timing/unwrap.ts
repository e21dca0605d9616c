/** PTS, DTS and PCR base count 90 kHz ticks modulo 2^33 (26.5 hours): ISO/IEC 13818-1 §2.4.3.7. */
export const timestampModulus = 2 ** 33;

/** The time nearest to `reference` (ticks that do not wrap) that a 33-bit time stamp can mean. */
export function unwrap(timestamp: number, reference: number): number {
  return timestamp + Math.round((reference - timestamp) / timestampModulus) * timestampModulus;
}
