import { PackagerError } from '../errors.js';
import { isNal, type CodecConfiguration } from '../model/track.js';
import type { PlannedStream } from './planned-streams.js';

const carried: readonly CodecConfiguration['codec'][] = ['aac', 'ac3', 'eac3', 'mpeg'];

/** @throws PackagerError configuration_unsupported for what transport streams do not carry */
export function refuseUncarried(streams: readonly PlannedStream[]): void {
  for (const { members } of streams)
    for (const { carriers } of members)
      for (const { rendition, tracks } of carriers)
        for (const [period, track] of tracks.entries()) {
          const configuration = rendition.periods[period]?.tracks[track]?.configuration;
          if (configuration && !isNal(configuration) && !carried.includes(configuration.codec))
            throw new PackagerError(
              'configuration_unsupported',
              `transport streams carry H.264, HEVC, AAC, AC-3, E-AC-3 and MPEG audio; the source has ${configuration.codecString}, which CmafPackage and DashPackage take`,
              { field: 'HlsPackage', rendition: rendition.id },
            );
        }
}
