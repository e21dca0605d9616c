import type { MediaSegment } from '../../manifest/hls/media-playlist.js';
import type { IFrameVariant } from '../../manifest/hls/multivariant-playlist.js';
import { writeMediaPlaylist } from '../../manifest/hls/write-media-playlist.js';
import { averageBitRate, peakBitRate } from './bit-rate.js';
import { iFramePlaylistName, iFrameTrack } from './manifest-names.js';
import type { HlsManifest, ManifestFile, SegmentFacts } from './planned-manifest.js';
import type { PlannedPeriod, PlannedTrack, PlannedTrackPeriod, Presentation } from './presentation.js';
import { segmentPlaces } from './single-file.js';
import { codecStrings, isFragmented, rangeOf, resolutionOf } from './track-facts.js';

export const playlistContentType = 'application/vnd.apple.mpegurl';

/** RFC 8216bis §8: EXT-X-MAP in I-frame playlists; EXT-X-I-FRAMES-ONLY. */
const versionOf = { fragments: 5, transportStreams: 4 } as const;

export interface IFramePlaylistContext {
  readonly presentation: Presentation;
  readonly facts: SegmentFacts;
  /** seconds, that of the other playlists */
  readonly targetDuration: number;
  /** Of the manifest. */
  readonly tracks: readonly PlannedTrack[];
}

/**
 * The I-frame playlist of a manifest, RFC 8216bis §4.4.3.6, and its variant: byte ranges of the segments of its first video, each lasting until the
 * next key picture. Undefined when it is not asked for, or there is no video.
 */
export function iFramePlaylist(
  manifest: HlsManifest,
  { presentation, facts, targetDuration, tracks }: IFramePlaylistContext,
): { readonly file: ManifestFile; readonly variant: IFrameVariant } | undefined {
  const track = presentation.tracks.find(({ id }) => id === iFrameTrack(manifest));
  if (!track) return undefined;
  const { periods } = presentation;
  const segments = track.periods.flatMap((period, index) => periodSegments(period, index, { facts, periods }));
  const longest = segments.reduce((most, { duration }) => Math.max(most, Math.round(duration)), targetDuration);
  const measured = segments.map(({ byteRange, duration }) => ({ bytes: byteRange?.length ?? 0, duration }));
  const resolution = resolutionOf(track);
  const name = iFramePlaylistName(manifest);
  const text = writeMediaPlaylist({
    version: versionOf[isFragmented(presentation) ? 'fragments' : 'transportStreams'],
    targetDuration: longest,
    mediaSequence: 0,
    discontinuitySequence: 0,
    playlistType: 'VOD',
    endList: true,
    iFramesOnly: true,
    independentSegments: false,
    segments,
  });
  return {
    file: { name, contentType: playlistContentType, entry: false, text },
    variant: {
      uri: name,
      bandwidth: peakBitRate(measured, longest),
      averageBandwidth: averageBitRate(measured),
      codecs: videoCodecs(track),
      ...(resolution && { resolution }),
      ...rangeOf(track, tracks),
    },
  };
}

/** Without those of audio that is muxed with it. */
function videoCodecs(track: PlannedTrack): string {
  return codecStrings(track).join();
}

function periodSegments(
  period: PlannedTrackPeriod,
  index: number,
  { facts, periods }: { readonly facts: SegmentFacts; readonly periods: readonly PlannedPeriod[] },
): MediaSegment[] {
  const { segments, track } = period;
  const { map, segments: places } = segmentPlaces(period, facts);
  const frames = segments.flatMap(({ name }, at) => {
    const { iFrames } = facts.get(name) ?? {};
    if (!iFrames) throw new Error(`where the key pictures of ${name} are is needed before manifests can be written`);
    const { uri, byteRange } = places[at] ?? { uri: name };
    return iFrames.map(({ offset, ...frame }) => ({ uri, ...frame, offset: (byteRange?.offset ?? 0) + offset }));
  });
  // Discontinuities come at the same time as in the other playlists.
  const lasts = index < periods.length - 1 ? (periods[index]?.duration ?? 0) * track.timescale : undefined;
  const end = lasts === undefined ? (segments.at(-1)?.end ?? 0) : (frames[0]?.time ?? 0) + lasts;
  return frames.map(({ uri, time, offset, length }, nth): MediaSegment => {
    const next = frames[nth + 1]?.time ?? end;
    return {
      uri,
      duration: Math.round(((next - time) * 1e6) / track.timescale) / 1e6,
      byteRange: { offset, length },
      ...(map && { map }),
      ...(nth === 0 && index > 0 && { discontinuity: true as const }),
    };
  });
}
