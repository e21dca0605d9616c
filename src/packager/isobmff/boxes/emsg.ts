import { mpegCrc32 } from '../../bits/mpeg-crc32.js';
import { concat, fullBox, nullTerminated, u32, u64 } from '../box.js';

/** ID3 in CMAF, https://aomediacodec.github.io/id3-emsg: the scheme, and the value that MediaPackage gives it. */
export const id3Scheme = { schemeIdUri: 'https://aomedia.org/emsg/ID3', value: '0' } as const;

/** event_duration that is not known. */
const unknownDuration = 0xffff_ffff;

export interface EventMessage {
  readonly schemeIdUri: string;
  readonly value: string;
  /** Ticks per second. */
  readonly timescale: number;
  /** Ticks on the media time line. */
  readonly time: number;
  readonly data: Uint8Array;
}

/** Event message, ISO/IEC 23009-1 §5.10.3.3, version 1. Its id is the same wherever the same message is: in every Representation. */
export function emsg({ schemeIdUri, value, timescale, time, data }: EventMessage): Uint8Array {
  const presentationTime = u64(Math.max(0, time));
  const id = mpegCrc32(concat(presentationTime, data));
  return fullBox(
    'emsg',
    1,
    0,
    ...[u32(timescale), presentationTime, u32(unknownDuration, id)],
    ...[nullTerminated(schemeIdUri), nullTerminated(value), data],
  );
}
