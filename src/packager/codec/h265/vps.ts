import { MalformedError } from '../../bits/malformed.js';

/** vps_video_parameter_set_id, ITU-T H.265 §7.3.2.1. @param nal with its header @throws MalformedError */
export function parseVps(nal: Uint8Array): { readonly id: number } {
  const first = nal[2];
  if (first === undefined) throw new MalformedError('VPS of no more than its header', nal.length);
  return { id: first >> 4 };
}
