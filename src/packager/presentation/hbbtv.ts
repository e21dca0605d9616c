import type { Mpd } from '../../manifest/dash/mpd.js';
import { PackagerError } from '../errors.js';

/** What receivers of HbbTV 1.5 need not go beyond: HbbTV 1.5 (ETSI TS 102 796 V1.2.1) Annex E. */
const hbbTvLimits = {
  periods: 32,
  adaptationSets: 16,
  representations: 16,
  /** bytes */
  mpd: 100 * 1024,
  /** seconds of the longest segment */
  segment: 15,
} as const;

/** @throws PackagerError configuration_unsupported naming what receivers of the profile would not play */
export function checkHbbTv({ periods, maxSegmentDuration }: Mpd, text: string): void {
  const sets = periods.map(({ adaptationSets }) => adaptationSets.length);
  const representations = periods.flatMap(({ adaptationSets }) =>
    adaptationSets.map((set) => set.representations.length),
  );
  check('Periods', periods.length, hbbTvLimits.periods);
  check('AdaptationSets in a Period', Math.max(...sets), hbbTvLimits.adaptationSets);
  check('Representations in an AdaptationSet', Math.max(...representations), hbbTvLimits.representations);
  check('seconds in a segment', maxSegmentDuration, hbbTvLimits.segment);
  check('bytes of MPD (ManifestLayout COMPACT makes fewer)', text.length, hbbTvLimits.mpd);
}

function check(what: string, given: number, most: number): void {
  if (given <= most) return;
  throw new PackagerError('configuration_unsupported', `HBBTV_1_5 allows ${most} ${what}; given: ${given}`, {
    field: 'DashPackage.DashManifests.Profile',
  });
}
