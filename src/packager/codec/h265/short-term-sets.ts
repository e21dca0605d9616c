import type { BitReader } from '../../bits/bit-reader.js';
import { MalformedError } from '../../bits/malformed.js';

/** The differences of picture order counts to pictures that may be referred to: those before, nearest first, then those after. */
type ShortTermSet = readonly number[];

/** §7.4.8: sets of an SPS, and pictures of a set (sps_max_dec_pic_buffering_minus1). */
const maximumSets = 64;
const maximumPictures = 16;

/**
 * Passes the short-term reference picture sets of an SPS, ITU-T H.265 §7.3.7. Their values matter to a decoder alone, but how many bits one takes
 * depends on the one before.
 * @throws MalformedError
 */
export function skipShortTermSets(reader: BitReader): void {
  const count = reader.ue();
  if (count > maximumSets)
    throw new MalformedError(`${count} short-term reference picture sets; at most ${maximumSets}`, reader.offset);
  let previous: ShortTermSet | undefined;
  for (let index = 0; index < count; index += 1) {
    const set: ShortTermSet = previous && reader.flag() ? predictedSet(reader, previous) : explicitSet(reader);
    if (set.length > maximumPictures)
      throw new MalformedError(`reference picture set of ${set.length} pictures; at most 16`, reader.offset);
    previous = set;
  }
}

/** inter_ref_pic_set_prediction_flag: the set before, moved; equations 7-61 and 7-62. */
function predictedSet(reader: BitReader, previous: ShortTermSet): ShortTermSet {
  const isNegative = reader.flag();
  const distance = reader.ue() + 1;
  const delta = isNegative ? -distance : distance;
  const kept = [...previous, 0].flatMap((each) => {
    const isUsed = reader.flag(); // used_by_curr_pic_flag, else use_delta_flag
    return isUsed || reader.flag() ? [each + delta] : [];
  });
  const before = kept.filter((each) => each < 0).sort((a, b) => b - a);
  const after = kept.filter((each) => each > 0).sort((a, b) => a - b);
  return [...before, ...after];
}

function explicitSet(reader: BitReader): ShortTermSet {
  const before = reader.ue();
  const after = reader.ue();
  if (before + after > maximumPictures)
    throw new MalformedError(`reference picture set of ${before + after} pictures; at most 16`, reader.offset);
  return [...distances(reader, before).map((each) => -each), ...distances(reader, after)];
}

function distances(reader: BitReader, count: number): number[] {
  let sum = 0;
  return Array.from({ length: count }, () => {
    sum += reader.ue() + 1;
    reader.flag(); // used_by_curr_pic
    return sum;
  });
}
