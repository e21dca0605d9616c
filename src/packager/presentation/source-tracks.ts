import { PackagerError } from '../errors.js';
import { canonicalLanguage } from '../model/language.js';
import type { AssetIndex, IndexedRendition, SourceMedia, SourceVariant } from '../model/asset-index.js';
import type { Track } from '../model/track.js';
import type { Combination } from './planned-manifest.js';

/** An elementary stream of the source that differs from all others. */
export interface SourceTrack {
  /** `video_1`, `audio_2`, ... in source order */
  readonly id: string;
  readonly kind: Track['kind'];
  /** BCP 47 */
  readonly language?: string;
  readonly media?: SourceMedia;
  readonly variant?: SourceVariant;
  /** Where it can be taken from: one for video, any number of muxed renditions for audio that is the same in all of them. */
  readonly carriers: readonly Carrier[];
}

export interface Carrier {
  readonly rendition: IndexedRendition;
  /** For each period, its index in `period.tracks`. */
  readonly tracks: readonly number[];
}

/** What plays together, as the source has it: a video track with the audio that was muxed with it or in its group. */
export interface SourceCombination extends Combination {
  /** bits per second: BANDWIDTH of the source's playlist */
  readonly bandwidth?: number;
}

export interface SourceTracks {
  readonly tracks: readonly SourceTrack[];
  readonly combinations: readonly SourceCombination[];
}

/**
 * The distinct tracks of a source, and how they go together. Audio that is muxed identically into several renditions becomes one track.
 * @throws PackagerError source_unsupported when periods differ in their tracks; source_invalid when there is nothing to play
 */
export function sourceTracks(index: AssetIndex): SourceTracks {
  const found = new Map<string, SourceTrack & { carriers: Carrier[] }>();
  const byRendition = new Map<IndexedRendition, SourceTrack[]>();
  const count = { video: 0, audio: 0 };
  for (const rendition of index.renditions) {
    const tracks = (rendition.periods[0]?.tracks ?? []).map((track, position) => {
      const carrier = { rendition, tracks: positions(rendition, track.kind, ordinal(rendition, position)) };
      const key = identity(carrier, track.kind);
      const known = found.get(key);
      if (known) {
        known.carriers.push(carrier);
        return known;
      }
      const created = describe(carrier, track, `${track.kind}_${++count[track.kind]}`);
      found.set(key, created);
      return created;
    });
    byRendition.set(rendition, tracks);
  }
  const tracks = [...found.values()];
  if (tracks.length === 0) throw new PackagerError('source_invalid', 'the source holds neither video nor audio');
  return { tracks, combinations: combinations(index, byRendition, tracks) };
}

function describe(carrier: Carrier, track: Track, id: string): SourceTrack & { carriers: Carrier[] } {
  const { media, variant } = carrier.rendition;
  const language = canonicalLanguage(media?.language ?? (track.kind === 'audio' ? track.language : undefined));
  return {
    id,
    kind: track.kind,
    ...(language !== undefined && { language }),
    ...(media && { media }),
    ...(variant && { variant }),
    carriers: [carrier],
  };
}

/** Equal for tracks that need to be packaged only once. */
function identity({ rendition, tracks }: Carrier, kind: Track['kind']): string {
  if (kind === 'video') return `video ${rendition.uri} ${tracks.join()}`;
  const fingerprints = rendition.periods.map((period, index) => {
    const track = period.tracks[tracks[index] ?? -1];
    return track?.kind === 'audio' ? track.fingerprint : '';
  });
  // Of two renditions that the source lists by themselves, the attributes may differ although the samples do not.
  const { name, language } = rendition.media ?? {};
  return JSON.stringify(['audio', fingerprints, name, language]);
}

/** The how-manieth of its kind in the first period. */
function ordinal(rendition: IndexedRendition, position: number): number {
  const tracks = rendition.periods[0]?.tracks ?? [];
  return tracks.slice(0, position).filter(({ kind }) => kind === tracks[position]?.kind).length;
}

/** For each period, where the track of that kind and ordinal is. */
function positions(rendition: IndexedRendition, kind: Track['kind'], nth: number): number[] {
  return rendition.periods.map(({ tracks }, period) => {
    const ofKind = tracks.map((track, position) => ({ track, position })).filter(({ track }) => track.kind === kind);
    const found = ofKind[nth];
    if (!found)
      throw new PackagerError(
        'source_unsupported',
        `all parts of a source between discontinuities must have the same tracks; ${kind} ${nth + 1} is missing in part ${period + 1}`,
        { rendition: rendition.id, uri: rendition.uri },
      );
    return found.position;
  });
}

function combinations(
  index: AssetIndex,
  byRendition: ReadonlyMap<IndexedRendition, readonly SourceTrack[]>,
  tracks: readonly SourceTrack[],
): SourceCombination[] {
  const ids = (rendition: IndexedRendition, kind: Track['kind']) =>
    (byRendition.get(rendition) ?? []).filter((track) => track.kind === kind).map(({ id }) => id);
  if (index.uncut) return fileCombinations(index, ids, tracks);
  const listed = index.renditions.filter(({ variant, media }) => variant !== undefined || media === undefined);
  const combined = listed.flatMap((rendition): SourceCombination[] => {
    const { variant } = rendition;
    const bandwidth = variant?.bandwidth === undefined ? {} : { bandwidth: variant.bandwidth };
    const video = ids(rendition, 'video');
    return (variant?.audioGroups ?? [undefined]).flatMap((group): SourceCombination[] => {
      const inGroup = index.renditions.filter(({ media }) => group !== undefined && media?.groupIds.includes(group));
      const audio = [...new Set([rendition, ...inGroup].flatMap((of) => ids(of, 'audio')))];
      if (video.length === 0) return [{ audio, ...bandwidth }];
      return video.map((id) => ({ video: id, audio, ...bandwidth }));
    });
  });
  // Renditions of audio that no variant names, of a source without variants.
  return combined.length > 0 ? combined : index.renditions.map((rendition) => ({ audio: ids(rendition, 'audio') }));
}

/**
 * Files that stand beside each other: a video plays with the audio of its own file and of those without video, and in languages that it then lacks with that of
 * the first other file that has them; without any of its own, with all that there is.
 */
function fileCombinations(
  { renditions }: AssetIndex,
  ids: (rendition: IndexedRendition, kind: Track['kind']) => string[],
  tracks: readonly SourceTrack[],
): SourceCombination[] {
  const withVideo = renditions.filter((rendition) => ids(rendition, 'video').length > 0);
  if (withVideo.length === 0) return renditions.map((rendition) => ({ audio: ids(rendition, 'audio') }));
  const all = [...new Set(renditions.flatMap((rendition) => ids(rendition, 'audio')))];
  const alone = renditions
    .filter((rendition) => !withVideo.includes(rendition))
    .flatMap((rendition) => ids(rendition, 'audio'));
  return withVideo.flatMap((rendition) => {
    const own = [...new Set([...ids(rendition, 'audio'), ...alone])];
    const bandwidth = rendition.variant?.bandwidth;
    return ids(rendition, 'video').map((video) => ({
      video,
      audio: own.length > 0 ? withMissingLanguages(own, all, tracks) : all,
      ...(bandwidth !== undefined && { bandwidth }),
    }));
  });
}

/** In the order of the source, so that videos with the same audio share a group. What says nothing of its language may be in any: nothing is lacking then. */
function withMissingLanguages(
  own: readonly string[],
  all: readonly string[],
  tracks: readonly SourceTrack[],
): readonly string[] {
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const languages = new Set(own.map((id) => byId.get(id)?.language));
  if (languages.has(undefined)) return own;
  const holder = new Map<string, IndexedRendition | undefined>();
  for (const id of all) {
    const { language, carriers = [] } = byId.get(id) ?? {};
    if (language !== undefined && !languages.has(language) && !holder.has(language))
      holder.set(language, carriers[0]?.rendition);
  }
  if (holder.size === 0) return own;
  return all.filter((id) => {
    const { language = '', carriers = [] } = byId.get(id) ?? {};
    return own.includes(id) || (holder.has(language) && holder.get(language) === carriers[0]?.rendition);
  });
}
