import { fixed16, fullBox, u16, u32, zeros } from '../box.js';
import { unityMatrix } from './mvhd.js';

const trackEnabled = 0x1;
const trackInMovie = 0x2;
const trackInPreview = 0x4;

export interface TrackHeader {
  readonly trackId: number;
  /** 1 for audio, 0 for video */
  readonly volume: 0 | 1;
  /** As presented, in square pixels; 0 for audio. */
  readonly width: number;
  readonly height: number;
}

/** Track header, ISO/IEC 14496-12 §8.3.2. */
export function tkhd({ trackId, volume, width, height }: TrackHeader): Uint8Array {
  return fullBox(
    'tkhd',
    0,
    trackEnabled | trackInMovie | trackInPreview,
    u32(0, 0), // creation, modification time
    u32(trackId),
    u32(0), // reserved
    u32(0), // duration: all of it is in fragments
    zeros(8), // reserved
    u16(0), // layer
    u16(0), // alternate group
    u16(volume << 8), // 8.8
    u16(0), // reserved
    unityMatrix,
    fixed16(width, height),
  );
}
