import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import type { SourceCombination, SourceTrack, SourceTracks } from './source-tracks.js';

/** What shares segments: one track, or in transport streams a video with audio that is muxed with it. */
export interface PlannedStream {
  readonly id: string;
  /** The main one first. */
  readonly members: readonly [SourceTrack, ...SourceTrack[]];
}

/** How the source's tracks are put into streams, and what plays together then. */
export interface PlannedStreams {
  readonly streams: readonly PlannedStream[];
  readonly combinations: readonly SourceCombination[];
}

/**
 * Fragments hold one track each. In HlsPackage, audio that is muxed with a video in the source stays with it, unless UseAudioRenditionGroup asks
 * for audio in segments of its own; audio that the source has in a rendition of its own stays there.
 */
export function planStreams(
  { tracks, combinations }: SourceTracks,
  { HlsPackage }: PackagingConfiguration,
): PlannedStreams {
  if (!HlsPackage || HlsPackage.UseAudioRenditionGroup)
    return { streams: tracks.map((track) => ({ id: track.id, members: [track] })), combinations };
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const streams = new Map<string, PlannedStream>();
  const muxed = combinations.map((combination): SourceCombination => {
    const video = byId.get(combination.video ?? '');
    const [inside, apart] = partition(
      combination.audio,
      (id) => video !== undefined && shareRendition(video, byId.get(id)),
    );
    const add = (id: string, others: readonly string[]) => {
      const [main, ...rest] = [id, ...others].flatMap((of) => byId.get(of) ?? []);
      if (main) streams.set(id, { id, members: [main, ...rest] });
    };
    if (video) add(video.id, inside);
    for (const id of apart) add(id, []);
    return { ...combination, audio: apart, ...(inside.length > 0 && { muxed: inside }) };
  });
  return { streams: [...streams.values()], combinations: muxed };
}

function shareRendition(video: SourceTrack, audio: SourceTrack | undefined): boolean {
  const [carrier] = video.carriers;
  return audio?.carriers.some(({ rendition }) => rendition === carrier?.rendition) ?? false;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
