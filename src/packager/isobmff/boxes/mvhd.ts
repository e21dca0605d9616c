import { fixed16, fullBox, u16, u32, zeros } from '../box.js';

/** Identity: no rotation, no scaling. ISO/IEC 14496-12 §6.2.2 */
export const unityMatrix = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** Movie header, ISO/IEC 14496-12 §8.2.2. The creation time is 0, so that the same source gives the same bytes. */
export function mvhd(timescale: number): Uint8Array {
  return fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0), // creation, modification time
    u32(timescale),
    u32(0), // duration: all of it is in fragments
    fixed16(1), // rate
    u16(0x0100), // volume 8.8
    zeros(10), // reserved
    unityMatrix,
    zeros(24), // pre_defined
    u32(2), // next track ID
  );
}
