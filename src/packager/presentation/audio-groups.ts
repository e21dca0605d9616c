import type { Combination } from './planned-manifest.js';
import type { TrackDescription } from './presentation.js';

/** Audio that plays with the same video, or that there is to choose from where there is none: an HLS rendition group. */
export interface AudioGroup {
  readonly id: string;
  readonly members: readonly AudioGroupMember[];
}

export interface AudioGroupMember {
  readonly track: TrackDescription;
  /** It is in the video's own segments. */
  readonly muxed: boolean;
  /** Unique in its group; the same in all groups for the same place. */
  readonly name: string;
  readonly default: boolean;
  readonly autoselect: boolean;
}

/**
 * One group for each distinct set of audio tracks that a video is combined with, in order of first appearance. Audio in the video's own
 * segments is named only where there is a choice.
 */
export function audioGroups(
  combinations: readonly Combination[],
  trackOf: (id: string) => TrackDescription,
): ReadonlyMap<string, AudioGroup> {
  const sets = new Map(combinations.filter(hasGroup).map((combination) => [audioGroupKey(combination), combination]));
  return new Map(
    [...sets].map(([key, { muxed = [], audio }], index) => {
      const inside = members([...muxed, ...audio].map(trackOf), muxed.length);
      return [key, { id: sets.size === 1 ? 'audio' : `audio_${index + 1}`, members: inside }];
    }),
  );
}

export function audioGroupKey({ muxed = [], audio }: Combination): string {
  return [...muxed, '', ...audio].join();
}

/** One sound alone is the variant itself. */
function hasGroup({ video, audio }: Combination): boolean {
  return audio.length > (video === undefined ? 1 : 0);
}

function members(tracks: readonly TrackDescription[], muxed: number): AudioGroupMember[] {
  const names = uniqueNames(tracks.map(displayName));
  const defaultIndex = Math.max(
    0,
    tracks.findIndex(({ media }) => media?.default),
  );
  return tracks.map((track, index) => ({
    track,
    muxed: index < muxed,
    name: names[index] ?? track.id,
    default: index === defaultIndex,
    autoselect: index === defaultIndex || (track.media?.autoselect ?? isFirstOfLanguage(tracks, index)),
  }));
}

/** Of several tracks in one language a player cannot choose by itself. */
function isFirstOfLanguage(tracks: readonly TrackDescription[], index: number): boolean {
  return tracks.findIndex(({ language }) => language === tracks[index]?.language) === index;
}

/** What the source calls it, or its language in English. */
export function displayName(track: TrackDescription): string {
  return saidName(track) ?? languageName(track.language) ?? 'Audio';
}

/** What the source calls it. */
export function saidName({ media, periods }: TrackDescription): string | undefined {
  if (media) return media.name;
  const track = periods[0]?.track;
  return track?.kind === 'audio' ? track.name : undefined;
}

/** In English. @param language BCP 47 */
export function languageName(language: string | undefined): string | undefined {
  return language === undefined ? undefined : new Intl.DisplayNames('en', { type: 'language' }).of(language);
}

/** Names of renditions as HLS can write them, in a line between quotes (RFC 8216bis §4.2), with a number behind those that were there before. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((given) => {
    const name = given.replaceAll('"', "'").replace(/\s+/g, ' ');
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name} ${n}`;
    taken.add(unique);
    return unique;
  });
}
