import type { StreamSelection } from '../../domain/packaging-configuration.js';
import { PackagerError } from '../errors.js';
import type { SourceCombination } from './source-tracks.js';

/** What MediaPackage's console fills in for "no maximum". */
const noMaximum = 2 ** 31 - 1;

/**
 * The combinations that a StreamSelection leaves, in its order. The bit rate of video is taken from the source's playlist (BANDWIDTH), as
 * the selection decides what is packaged at all. Audio alone is not subject to limits, and stands last when video is ordered.
 * @param field of the configuration, for messages
 * @throws PackagerError configuration_unsupported when limits are set and the source does not tell bit rates; configuration_invalid when
 *   nothing is left
 */
export function selectStreams(
  combinations: readonly SourceCombination[],
  selection: StreamSelection | undefined,
  field: string,
): SourceCombination[] {
  const { MinVideoBitsPerSecond: minimum = 0, MaxVideoBitsPerSecond: maximum = noMaximum } = selection ?? {};
  const limited = minimum > 0 || maximum < noMaximum;
  const selected = combinations.filter(({ video, bandwidth }) => {
    if (video === undefined || !limited) return true;
    if (bandwidth === undefined)
      throw new PackagerError(
        'configuration_unsupported',
        'MinVideoBitsPerSecond and MaxVideoBitsPerSecond need a source whose multivariant playlist says BANDWIDTH',
        { field },
      );
    return bandwidth >= minimum && bandwidth <= maximum;
  });
  const hadVideo = combinations.some(({ video }) => video !== undefined);
  if (selected.length === 0 || (hadVideo && !selected.some(({ video }) => video !== undefined)))
    throw new PackagerError(
      'configuration_invalid',
      `no video lies between ${minimum} and ${maximum} bits per second; the source has ${combinations
        .filter(({ video }) => video !== undefined)
        .map(({ bandwidth }) => bandwidth ?? 'unknown')
        .join(', ')}`,
      { field },
    );
  return order(selected, selection?.StreamOrder ?? 'ORIGINAL');
}

function order(
  combinations: readonly SourceCombination[],
  by: NonNullable<StreamSelection['StreamOrder']>,
): SourceCombination[] {
  if (by === 'ORIGINAL') return [...combinations];
  const direction = by === 'VIDEO_BITRATE_ASCENDING' ? 1 : -1;
  return combinations.toSorted(
    (a, b) =>
      Number(a.video === undefined) - Number(b.video === undefined) ||
      direction * ((a.bandwidth ?? 0) - (b.bandwidth ?? 0)),
  );
}
