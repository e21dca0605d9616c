import { concat, fullBox, nullTerminated, u32, u64 } from '../../src/packager/isobmff/box.js';

/** Event messages as sources have them, ISO/IEC 23009-1 §5.10.3.3: of both versions, with a duration and an id. */
export interface EmsgFields {
  version?: 0 | 1;
  schemeIdUri?: string;
  value?: string;
  timescale?: number;
  /** presentation_time, or in version 0 presentation_time_delta */
  time?: number;
  duration?: number;
  id?: number;
  data?: Uint8Array;
}

export const spliceMessage = { schemeIdUri: 'urn:scte:scte35:2013:bin', value: '1001' } as const;

export function writeEmsg(fields: EmsgFields = {}): Uint8Array {
  const { version = 1, schemeIdUri = 'https://aomedia.org/emsg/ID3', value = '0', timescale = 1000, time = 0 } = fields;
  const { duration = 0xffff_ffff, id = 0, data = new Uint8Array() } = fields;
  const names = concat(nullTerminated(schemeIdUri), nullTerminated(value));
  if (version === 0) return fullBox('emsg', 0, 0, names, u32(timescale, time, duration, id), data);
  return fullBox('emsg', 1, 0, u32(timescale), u64(time), u32(duration, id), names, data);
}
