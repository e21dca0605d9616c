import { MalformedError } from '../bits/malformed.js';
import { sameBytes } from '../bits/same-bytes.js';
import { type NalCodec, nalCodecs } from '../codec/nal-codec.js';
import type { ParameterSetUnits } from '../codec/picture-start.js';
import { PackagerError } from '../errors.js';
import type { NalConfiguration } from '../model/track.js';
import type { VideoHead } from './track-head.js';

/**
 * The configuration of a period's video, from the parameter sets at the heads of its segments. Sets of one id that differ must stay in
 * band. @throws PackagerError
 */
export function videoConfiguration(heads: readonly VideoHead[], codec: NalCodec): NalConfiguration {
  const of = (kind: keyof ParameterSetUnits) => heads.flatMap(({ parameterSets }) => parameterSets[kind]);
  const sets: ParameterSetUnits = {
    ...{ vps: distinct(of('vps'), 'vps'), sps: distinct(of('sps'), 'sps'), pps: distinct(of('pps'), 'pps') },
    sei: heads[0]?.parameterSets.sei ?? [],
  };
  const { name, configuration, ids } = nalCodecs[codec];
  try {
    return configuration(sets, ids(sets).some(repeats));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new PackagerError('source_invalid', `${name} parameter set: ${error.message}`);
  }
}

/** avcC counts SPS in five bits and PPS in eight, ISO/IEC 14496-15 §5.3.3.1. */
const maximumSets = { vps: 16, sps: 31, pps: 255 } as const;

function distinct(sets: readonly Uint8Array[], kind: keyof typeof maximumSets): Uint8Array[] {
  const kept: Uint8Array[] = [];
  for (const set of sets) {
    if (kept.some((one) => sameBytes(one, set))) continue;
    kept.push(set);
    if (kept.length <= maximumSets[kind]) continue;
    const name = kind.toUpperCase();
    throw new PackagerError('source_unsupported', `more than ${maximumSets[kind]} different ${name} in one period`);
  }
  return kept;
}

function repeats(ids: readonly number[]): boolean {
  return new Set(ids).size < ids.length;
}
