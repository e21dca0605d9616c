import type { AvcConfiguration } from '../../model/track.js';
import { parsePps } from './pps.js';
import type { ParameterSets } from './slice-header.js';
import { parseSps } from './sps.js';

/** The sets of a configuration by id, as slice headers name them; of equal ids the first holds. @throws MalformedError */
export function parameterSets({ sps, pps }: Pick<AvcConfiguration, 'sps' | 'pps'>): ParameterSets {
  return { sps: byId(sps.map(parseSps)), pps: byId(pps.map(parsePps)) };
}

function byId<T extends { readonly id: number }>(sets: readonly T[]): Map<number, T> {
  return new Map(sets.toReversed().map((set) => [set.id, set]));
}
