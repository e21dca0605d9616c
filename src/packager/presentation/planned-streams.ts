import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { PackagerError } from '../errors.js';
import { iFrameTrack, trickTrack } from './manifest-names.js';
import type { PlannedManifest } from './planned-manifest.js';
import type { SourceCombination, SourceTrack, SourceTracks } from './source-tracks.js';

/** What shares segments: one track, or in transport streams a video with audio that is muxed with it. */
export interface PlannedStream {
  readonly id: string;
  /** The main one first. */
  readonly members: readonly [SourceTrack, ...SourceTrack[]];
  /** The key pictures alone of the stream with this id. */
  readonly trickOf?: string;
  /** Manifests point to its key pictures. */
  readonly iFramesMarked?: true;
}

/** How the source's tracks are put into streams, and what plays together then. */
export interface PlannedStreams {
  readonly streams: readonly PlannedStream[];
  readonly combinations: readonly SourceCombination[];
}

/**
 * Fragments hold one track each. In HlsPackage, audio that is muxed with a video in the source stays with it, unless UseAudioRenditionGroup asks
 * for audio in segments of its own; audio that the source has in a rendition of its own stays there. Where some videos have audio with them and others
 * have it elsewhere only, or in another video's file, as files of a SMIL do, all of it gets segments of its own: players do not switch from the one to the other.
 */
export function planStreams(
  { tracks, combinations }: SourceTracks,
  { HlsPackage }: PackagingConfiguration,
): PlannedStreams {
  const allApart = { streams: tracks.map((track) => ({ id: track.id, members: [track] as const })), combinations };
  if (!HlsPackage || HlsPackage.UseAudioRenditionGroup) return allApart;
  const byId = new Map(tracks.map((track) => [track.id, track]));
  const divided = ({ video: id, audio }: SourceCombination) => {
    const video = byId.get(id ?? '');
    return partition(audio, (of) => video !== undefined && shareRendition(video, byId.get(of)));
  };
  const audible = combinations.filter(({ video, audio }) => video !== undefined && audio.length > 0);
  const withAudio = audible.filter((combination) => divided(combination)[0].length > 0);
  const besideVideo = (id: string) =>
    tracks.some((track) => track.kind === 'video' && shareRendition(track, byId.get(id)));
  const borrowed = withAudio.some((combination) => divided(combination)[1].some(besideVideo));
  if (borrowed || (withAudio.length > 0 && withAudio.length < audible.length)) return allApart;
  const streams = new Map<string, PlannedStream>();
  const muxed = combinations.map((combination): SourceCombination => {
    const video = byId.get(combination.video ?? '');
    const [inside, apart] = divided(combination);
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

/**
 * What I-frame playlists and trick play add: playlists point into the first video of each manifest; trick play has a stream of its own.
 * @param manifests those that are planned
 * @throws PackagerError configuration_unsupported when segments do not begin with key pictures, for trick play
 */
export function withIFrames(streams: readonly PlannedStream[], manifests: readonly PlannedManifest[]): PlannedStream[] {
  const marked = new Set(
    manifests.flatMap((manifest) => (manifest.kind === 'hls' ? (iFrameTrack(manifest) ?? []) : [])),
  );
  const tricks = new Set(
    manifests.flatMap((manifest) => (manifest.kind === 'dash' ? (iFrameTrack(manifest) ?? []) : [])),
  );
  return streams.flatMap((stream): PlannedStream[] => [
    marked.has(stream.id) ? { ...stream, iFramesMarked: true } : stream,
    ...(tricks.has(stream.id) ? [trickStream(stream)] : []),
  ]);
}

function trickStream({ id, members: [video] }: PlannedStream): PlannedStream {
  const [carrier] = video.carriers;
  for (const [period, { segments }] of (carrier?.rendition.periods ?? []).entries()) {
    const track = carrier?.tracks[period] ?? -1;
    const without = segments.findIndex(({ tracks }) => ![1, 2, 3].includes(tracks[track]?.sap ?? 0));
    if (without >= 0)
      throw new PackagerError(
        'configuration_unsupported',
        'IncludeIframeOnlyStream needs a source whose segments all begin with a key picture',
        { field: 'DashPackage.IncludeIframeOnlyStream', segment: without + 1 },
      );
  }
  return { id: trickTrack(id), members: [video], trickOf: id };
}
