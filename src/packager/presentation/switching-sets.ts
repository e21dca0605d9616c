import type { Descriptor } from '../../manifest/dash/mpd.js';
import { isVideo } from '../model/track.js';
import { videoRange } from '../model/video.js';
import { saidName } from './audio-groups.js';
import type { PlannedTrack } from './presentation.js';

/**
 * Tracks that a player may switch between: the same kind, codec, and for audio language, name and channels. What one rendition of the source has
 * twice, such as a commentary in the same language, is a choice for people and no other bit rate.
 */
export function groupIntoSets(tracks: readonly PlannedTrack[]): PlannedTrack[][] {
  const sets = new Map<string, PlannedTrack[]>();
  const alike = new Map<string, number>();
  for (const track of tracks) {
    const formats = track.periods.map(({ track: { configuration } }) => [
      configuration.codecString.split('.', 1)[0],
      isVideo(configuration) ? videoRange(configuration) : configuration.channels,
    ]);
    const like = JSON.stringify([track.kind, track.trickOf, formats, track.language, saidName(track)]);
    const inRendition = JSON.stringify([like, track.rendition]);
    const nth = alike.get(inRendition) ?? 0;
    alike.set(inRendition, nth + 1);
    const key = JSON.stringify([like, nth]);
    sets.set(key, [...(sets.get(key) ?? []), track]);
  }
  return [...sets.values()];
}

/** What HLS says of audio that tells what the picture shows. */
const forVisuallyImpaired = 'public.accessibility.describes-video';

/** Audio for people who see little, by the classification of TV-Anytime as DVB has it (ETSI TS 103 285 §6.1.2); undefined for other. */
export function audioPurpose({ kind, media }: PlannedTrack): Descriptor | undefined {
  if (kind !== 'audio' || !media?.characteristics?.split(',').includes(forVisuallyImpaired)) return undefined;
  return { schemeIdUri: 'urn:tva:metadata:cs:AudioPurposeCS:2007', value: '1' };
}
