import { MalformedError } from '../bits/malformed.js';
import { avcConfiguration } from '../codec/h264/avc-configuration.js';
import { sameBytes } from '../codec/h264/parameter-sets.js';
import { parsePps } from '../codec/h264/pps.js';
import { parseSps } from '../codec/h264/sps.js';
import { PackagerError } from '../errors.js';
import type { AvcConfiguration } from '../model/track.js';
import type { VideoHead } from './track-head.js';

/**
 * The configuration of a period's video, from the parameter sets at the heads of its segments. Sets of one id that differ must stay in
 * band. @throws PackagerError
 */
export function videoConfiguration(heads: readonly VideoHead[]): AvcConfiguration {
  const sps = distinct(
    heads.flatMap((head) => head.sps),
    'SPS',
  );
  const pps = distinct(
    heads.flatMap((head) => head.pps),
    'PPS',
  );
  try {
    return avcConfiguration(sps, pps, repeats(sps.map(parseSps)) || repeats(pps.map(parsePps)));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new PackagerError('source_invalid', `H.264 parameter set: ${error.message}`);
  }
}

/** avcC counts SPS in five bits and PPS in eight, ISO/IEC 14496-15 §5.3.3.1. */
const maximumSets = { SPS: 31, PPS: 255 } as const;

function distinct(sets: readonly Uint8Array[], kind: 'SPS' | 'PPS'): Uint8Array[] {
  const kept: Uint8Array[] = [];
  for (const set of sets) {
    if (kept.some((one) => sameBytes(one, set))) continue;
    kept.push(set);
    if (kept.length <= maximumSets[kind]) continue;
    throw new PackagerError('source_unsupported', `more than ${maximumSets[kind]} different ${kind} in one period`);
  }
  return kept;
}

function repeats(sets: readonly { readonly id: number }[]): boolean {
  return new Set(sets.map(({ id }) => id)).size < sets.length;
}
