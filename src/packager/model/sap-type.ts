/**
 * Stream access point type, ISO/IEC 14496-12 Annex I: 1 every picture after it in decoding can be shown, 2 the same, but some are shown before
 * it, 3 open group of pictures, 4 exact only later, 0 none of them.
 */
export type SapType = 0 | 1 | 2 | 3 | 4;

/** Nothing before it in decoding is needed for any picture from it on. */
export function isClosed(sap: SapType): boolean {
  return sap === 1 || sap === 2;
}
