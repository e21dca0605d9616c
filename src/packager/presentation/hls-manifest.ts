import type { MediaSegment } from '../../manifest/hls/media-playlist.js';
import type { IFrameVariant, Media, Variant } from '../../manifest/hls/multivariant-playlist.js';
import { writeMediaPlaylist } from '../../manifest/hls/write-media-playlist.js';
import { writeMultivariantPlaylist } from '../../manifest/hls/write-multivariant-playlist.js';
import { isVideo } from '../model/track.js';
import { adBreaks } from './ad-breaks.js';
import { type AudioGroup, audioGroupKey, audioGroups } from './audio-groups.js';
import { averageBitRate, peakBitRate } from './bit-rate.js';
import { iFramePlaylist, playlistContentType as contentType } from './i-frame-playlist.js';
import { captionGroup, captionReference, captionVersion } from './closed-captions.js';
import { enhancedMarkers, type MarkersAt } from './enhanced-markers.js';
import { manifestTracks, mediaPlaylistName } from './manifest-names.js';
import type { HlsManifest, ManifestFile, SegmentFacts } from './planned-manifest.js';
import type {
  ListedStream,
  PlannedPeriod,
  PlannedText,
  PlannedTrack,
  Presentation,
  TrackDescription,
} from './presentation.js';
import { isSingleFile, segmentPlaces } from './single-file.js';
import { spliceCues } from './splice-cues.js';
import { subtitleGroup, subtitleGroupId } from './subtitle-group.js';
import {
  codecStrings,
  highestFrameRate,
  independentSegments,
  isFragmented,
  measuredSegments,
  rangeOf,
  resolutionOf,
  textCodec,
} from './track-facts.js';

/** RFC 8216bis §8: EXT-X-MAP outside of I-frame playlists; byte ranges; fractions of seconds. */
const versionOf = { fragments: 6, singleFiles: 4, transportStreams: 3 } as const;

/** The media playlists of a manifest, then its multivariant playlist. */
export function hlsManifest(manifest: HlsManifest, presentation: Presentation, facts: SegmentFacts): ManifestFile[] {
  const byId = new Map(presentation.tracks.map((track) => [track.id, track]));
  const tracks = manifestTracks(manifest).flatMap((id) => byId.get(id) ?? []);
  const version = Math.max(
    versionOf[
      isFragmented(presentation) ? 'fragments' : tracks.some(isSingleFile) ? 'singleFiles' : 'transportStreams'
    ],
    captionVersion(presentation.captions),
  );
  const { ProgramDateTimeIntervalSeconds, AdMarkers } = manifest.configuration;
  const dateRanges = rangesFor(AdMarkers, presentation);
  // Ranges of dates need one date at least, §4.4.5.1, and one after each discontinuity.
  const interval = ProgramDateTimeIntervalSeconds || (dateRanges.length > 0 ? Infinity : 0);
  const texts = presentation.texts.filter(({ id }) => manifest.texts.includes(id));
  const markersOf = markersFor(AdMarkers, presentation, facts);
  const playlists = [...tracks, ...texts].map((track) => ({
    track,
    segments: listSegments(track, presentation.periods, { interval, markers: markersOf(track), facts }),
  }));
  // One for all, §6.2.4: "each Media Playlist in each Variant Stream MUST have the same target duration".
  const targetDuration = playlists.reduce(
    (longest, { segments }) => segments.reduce((most, { duration }) => Math.max(most, Math.round(duration)), longest),
    1,
  );
  const rates = new Map(
    [...tracks, ...texts].map((track) => {
      const measured = measuredSegments(track, facts);
      return [track.id, { peak: peakBitRate(measured, targetDuration), average: averageBitRate(measured) }];
    }),
  );
  const media = playlists.map(({ track, segments }) => ({
    name: mediaPlaylistName(manifest, track.id),
    contentType,
    entry: false,
    text: writeMediaPlaylist({
      version,
      targetDuration,
      mediaSequence: 0,
      discontinuitySequence: 0,
      playlistType: 'VOD',
      endList: true,
      iFramesOnly: false,
      independentSegments: independentSegments(track),
      ...(segments.some(({ programDateTime }) => programDateTime !== undefined) && { dateRanges }),
      segments,
    }),
  }));
  const iFrames = iFramePlaylist(manifest, { presentation, facts, targetDuration, tracks });
  const iFrameVariants = iFrames ? [iFrames.variant] : [];
  const { captions } = presentation;
  const text = multivariantPlaylist(manifest, { tracks, texts, captions, rates, version, iFrameVariants });
  return [...media, ...(iFrames ? [iFrames.file] : []), { name: manifest.name, contentType, entry: true, text }];
}

/**
 * The segments of a track. One that does not fill its period ends with a segment that stands for the rest too, so that discontinuities come
 * at the same time in all playlists and small differences do not add up. At the very beginning EXTINF says what there is: Shaka Player
 * lays segments end to end by it, so time that is not in the media would be a hole.
 */
interface Listing {
  /** seconds between EXT-X-PROGRAM-DATE-TIMEs; 0: none */
  readonly interval: number;
  /** Of each period: tags of advertisements before its segments. */
  readonly markers: readonly MarkersAt[];
  readonly facts: SegmentFacts;
}

/** Those of advertisements are copied with the other markers only. */
function rangesFor(
  wanted: HlsManifest['configuration']['AdMarkers'],
  { dateRanges = [] }: Presentation,
): readonly string[] {
  return dateRanges.filter(({ splice }) => !splice || wanted === 'PASSTHROUGH').map(({ list }) => list);
}

/** What AdMarkers asks for, as tags for the playlist of any track. */
function markersFor(
  wanted: HlsManifest['configuration']['AdMarkers'],
  presentation: Presentation,
  facts: SegmentFacts,
): (track: ListedStream) => MarkersAt[] {
  if (wanted === 'SCTE35_ENHANCED') {
    const breaks = adBreaks(presentation, spliceCues(presentation, facts, undefined));
    return ({ periods }) => periods.map((period, index) => enhancedMarkers(period, breaks[index] ?? []));
  }
  if (wanted !== 'PASSTHROUGH') return ({ periods }) => periods.map(() => new Map<number, string[]>());
  return ({ periods }) => periods.map(({ segments }) => new Map(segments.map(({ markers = [] }, at) => [at, markers])));
}

function listSegments(
  track: ListedStream,
  periods: readonly PlannedPeriod[],
  { interval, markers, facts }: Listing,
): MediaSegment[] {
  let nextDate = -Infinity;
  return track.periods.flatMap((period, periodIndex) => {
    const {
      segments,
      track: { timescale },
    } = period;
    const { map, segments: places } = segmentPlaces(period, facts);
    const microseconds = (ticks: number) => Math.round((ticks * 1e6) / timescale);
    const first = microseconds(segments[0]?.start ?? 0);
    const periodEnd = first + Math.round((periods[periodIndex]?.duration ?? 0) * 1e6);
    const isLastPeriod = periodIndex === periods.length - 1;
    return segments.map(({ name, start, end, programDateTime: date }, index): MediaSegment => {
      const fillsUp = index === segments.length - 1 && !isLastPeriod;
      const duration = (fillsUp ? periodEnd : microseconds(end)) - microseconds(start);
      const discontinuity = index === 0 && periodIndex > 0;
      const dated = interval > 0 && date !== undefined && (index === 0 || date >= nextDate);
      const tags = markers[periodIndex]?.get(index) ?? [];
      if (dated) nextDate = date + interval * 1000;
      return {
        ...(places[index] ?? { uri: name }),
        duration: duration / 1e6,
        ...(map && { map }),
        ...(discontinuity && { discontinuity }),
        ...(dated && { programDateTime: new Date(date).toISOString() }),
        ...(tags.length > 0 && { markers: tags }),
      };
    });
  });
}

interface VariantFacts {
  /** EXT-X-VERSION */
  readonly version: number;
  readonly iFrameVariants: readonly IFrameVariant[];
  readonly tracks: readonly PlannedTrack[];
  readonly texts: readonly PlannedText[];
  readonly captions: Presentation['captions'];
  /** bits per second by track id */
  readonly rates: ReadonlyMap<string, { readonly peak: number; readonly average: number }>;
}

function multivariantPlaylist(manifest: HlsManifest, facts: VariantFacts): string {
  const byId = new Map(facts.tracks.map((track) => [track.id, track]));
  const muxed = new Map(facts.tracks.flatMap((track) => track.muxed.map((audio) => [audio.id, audio])));
  const known = <T>(track: T | undefined, id: string): T => {
    if (!track) throw new Error(`${manifest.name} has no track ${id}`);
    return track;
  };
  const trackOf = (id: string) => known(byId.get(id), id);
  const groups = audioGroups(manifest.combinations, (id) => known<TrackDescription>(byId.get(id) ?? muxed.get(id), id));
  const variants = manifest.combinations.flatMap(({ video, ...sound }) => {
    const group = groups.get(audioGroupKey(sound));
    // Where there is no video, the variant is the sound that is played first.
    const main = video ?? group?.members.find((member) => member.default)?.track.id ?? sound.audio[0];
    return main === undefined ? [] : [describeVariant(manifest, trackOf(main), group, facts)];
  });
  return writeMultivariantPlaylist({
    version: facts.version,
    independentSegments: facts.tracks.every(independentSegments),
    media: [
      ...[...groups.values()].flatMap((group) => describeGroup(manifest, group)),
      ...subtitleGroup(manifest, facts.texts),
      ...captionGroup(facts.captions),
    ],
    variants,
    iFrameVariants: facts.iFrameVariants,
  });
}

function describeGroup(manifest: HlsManifest, { id, members }: AudioGroup): Media[] {
  return members.map(({ track, muxed, name, default: isDefault, autoselect }) => ({
    type: 'AUDIO',
    groupId: id,
    name,
    ...(!muxed && { uri: mediaPlaylistName(manifest, track.id) }),
    ...(track.language !== undefined && { language: track.language }),
    default: isDefault,
    autoselect,
    forced: false,
    ...(track.media?.characteristics !== undefined && { characteristics: track.media.characteristics }),
    channels: channelsOf(track),
  }));
}

/** What the source says of more than their number, such as objects among them (`16/JOC`), the samples do not tell as simply. */
function channelsOf(track: TrackDescription): string {
  const said = track.media?.channels;
  return said?.includes('/') ? said : String(channels(track));
}

function channels({ periods }: TrackDescription): number {
  return Math.max(
    ...periods.map(({ track: { configuration } }) => (isVideo(configuration) ? 0 : configuration.channels)),
  );
}

function describeVariant(
  manifest: HlsManifest,
  main: PlannedTrack,
  group: AudioGroup | undefined,
  { rates, texts, captions, tracks }: VariantFacts,
): Variant {
  const audio = group?.members.filter(({ muxed }) => !muxed).map(({ track }) => track) ?? [];
  const highest = (of: 'peak' | 'average', streams: readonly { readonly id: string }[]) =>
    Math.max(0, ...streams.map(({ id }) => rates.get(id)?.[of] ?? 0));
  // Of any combination that can be played together, §4.4.6.2.
  const together = audio.includes(main) ? [audio, texts] : [[main], audio, texts];
  const rate = (of: 'peak' | 'average') => together.reduce((sum, each) => sum + highest(of, each), 0);
  const resolution = resolutionOf(main);
  const rateOfFrames = highestFrameRate(main);
  return {
    uri: mediaPlaylistName(manifest, main.id),
    bandwidth: rate('peak'),
    averageBandwidth: rate('average'),
    codecs: [...new Set([...[main, ...main.muxed, ...audio].flatMap(codecStrings), ...texts.map(textCodec)])].join(),
    ...(resolution && { resolution }),
    ...rangeOf(main, tracks),
    ...(rateOfFrames > 0 && { frameRate: rateOfFrames }),
    ...(group && { audio: group.id }),
    ...(texts.length > 0 && { subtitles: subtitleGroupId }),
    ...captionReference(captions, main),
  };
}
