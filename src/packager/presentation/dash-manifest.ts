import type { AdaptationSet, Descriptor, Mpd, Period, Representation } from '../../manifest/dash/mpd.js';
import { writeMpd } from '../../manifest/dash/write-mpd.js';
import { channelMap } from '../codec/ac3/channel-configuration.js';
import { type AudioConfiguration, isVideo } from '../model/track.js';
import { type AdBreak, adBreaks } from './ad-breaks.js';
import { displayName, saidName } from './audio-groups.js';
import { peakBitRate } from './bit-rate.js';
import { captionDescriptors } from './closed-captions.js';
import { colourProperties } from './colour-properties.js';
import { checkHbbTv } from './hbbtv.js';
import { addressing, allEqual, compactTemplate } from './dash-addressing.js';
import { inbandEvents, spliceEvents } from './dash-events.js';
import { iFrameTrack, manifestTracks, trickTrack } from './manifest-names.js';
import type { DashManifest, ManifestFile, SegmentFacts } from './planned-manifest.js';
import type { PlannedTrack, PlannedTrackPeriod, Presentation } from './presentation.js';
import { audioPurpose, groupIntoSets } from './switching-sets.js';
import { isSingleFile } from './single-file.js';
import { leadingTrack, spliceCues } from './splice-cues.js';
import { type PeriodPart, splitPeriods } from './split-periods.js';
import { roleScheme, textAdaptationSet } from './text-adaptation-set.js';
import { independentSegments, longestSegment, measuredSegments } from './track-facts.js';

const liveProfile = 'urn:mpeg:dash:profile:isoff-live:2011';
const onDemandProfile = 'urn:mpeg:dash:profile:isoff-on-demand:2011';
const cmafProfile = 'urn:mpeg:dash:profile:cmaf:2019';
const trickModeScheme = 'http://dashif.org/guidelines/trickmode';
/** A guess that players may go beyond: key pictures are every second or two. */
const trickPlayoutRate = 16;
/** DASH-IF IOP §3.2.12 */
const continuityScheme = 'urn:mpeg:dash:period-continuity:2015';
const hbbTvProfile = 'urn:hbbtv:dash:profile:isoff-live:2012';
/** The value is the number of channels, ISO/IEC 23003-3 OutputChannelPosition not being used. */
const channelScheme = 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011';
/** The value is a channel map, ETSI TS 102 366 §I.1.2.1. */
const dolbyChannelScheme = 'tag:dolby.com,2014:dash:audio_channel_configuration:2011';

/** The MPD of a manifest: a Period for each stretch without discontinuity. */
export function dashManifest(manifest: DashManifest, whole: Presentation, facts: SegmentFacts): ManifestFile {
  const { presentation, parts } = splitPeriods(whole, breaksFor(manifest, whole, facts));
  const byId = new Map(presentation.tracks.map((track) => [track.id, track]));
  const ids = manifestTracks(manifest);
  const trick = iFrameTrack(manifest);
  const tracks = [...ids, ...(trick === undefined ? [] : [trickTrack(trick)])].flatMap((id) => byId.get(id) ?? []);
  const texts = presentation.texts.filter(({ id }) => manifest.texts.includes(id));
  const maxSegmentDuration = Math.max(...tracks.map(longestSegment));
  const bandwidths = new Map(
    [...tracks, ...texts].map((track) => [track.id, peakBitRate(measuredSegments(track, facts), maxSegmentDuration)]),
  );
  const context: Context = { manifest, presentation, bandwidths, parts, facts };
  const sets = groupIntoSets(tracks);
  const periods = presentation.periods.map(({ duration }, index): Period => ({
    id: String(index + 1),
    duration,
    ...spliceEvents(parts[index]),
    adaptationSets: [
      ...sets.flatMap((set, position) => {
        // Sound may end before the picture, and so before the last of several periods begins.
        const present = set.filter(({ periods: of }) => (of[index]?.segments.length ?? 0) > 0);
        return present.length > 0 ? [adaptationSet(present, { position, index, sets }, context)] : [];
      }),
      ...texts.map((text, nth) =>
        textAdaptationSet(text, {
          position: sets.length + nth,
          addressing: addressing(text, index, context),
          bandwidth: bandwidths.get(text.id) ?? 0,
        }),
      ),
    ],
  }));
  const indexed = tracks.some(isSingleFile);
  const mpd: Mpd = {
    profiles: [
      indexed ? onDemandProfile : liveProfile,
      ...(!indexed && isCmaf(tracks, periods) ? [cmafProfile] : []),
      ...(manifest.configuration.Profile === 'HBBTV_1_5' ? [hbbTvProfile] : []),
    ],
    // Bandwidth is that of the largest segment, so what plays smoothly has at least one whole segment in hand.
    minBufferTime: manifest.configuration.MinBufferTimeSeconds ?? Math.ceil(maxSegmentDuration),
    maxSegmentDuration,
    ...(indexed && { indexed }),
    periods,
  };
  const text = writeMpd(mpd);
  if (manifest.configuration.Profile === 'HBBTV_1_5') checkHbbTv(mpd, text);
  return { name: manifest.name, contentType: 'application/dash+xml', text, entry: true };
}

/** PeriodTriggers ADS. */
function breaksFor(manifest: DashManifest, presentation: Presentation, facts: SegmentFacts): AdBreak[][] {
  if (!manifest.periodTriggers.includes('ADS')) return [];
  const source = manifest.configuration.ScteMarkersSource;
  return adBreaks(presentation, spliceCues(presentation, facts, source));
}

interface Context {
  readonly manifest: DashManifest;
  readonly presentation: Presentation;
  /** bits per second by track id */
  readonly bandwidths: ReadonlyMap<string, number>;
  /** Which part of the presentation each Period is. */
  readonly parts: readonly PeriodPart[];
  readonly facts: SegmentFacts;
}

/** Segments that start with an IDR picture, at the same times in all Representations of a set: ISO/IEC 23000-19 §7.3.4. */
function isCmaf(tracks: readonly PlannedTrack[], periods: readonly Period[]): boolean {
  return (
    tracks.every(independentSegments) &&
    periods.every(({ adaptationSets }) => adaptationSets.every(({ segmentAlignment }) => segmentAlignment))
  );
}

interface SetPlace {
  readonly position: number;
  /** of the period */
  readonly index: number;
  readonly sets: readonly (readonly PlannedTrack[])[];
}

function adaptationSet(
  tracks: readonly PlannedTrack[],
  { position, index, sets }: SetPlace,
  context: Context,
): AdaptationSet {
  const { manifest, presentation, bandwidths, parts } = context;
  const entries = tracks.map((track) => {
    const period = track.periods[index];
    if (!period) throw new Error(`${track.id} has no period ${index + 1}`);
    return { track, period, found: addressing(track, index, context) };
  });
  const [{ track: first } = { track: tracks[0] }] = entries;
  const kind = first?.kind ?? 'video';
  const hoisted = manifest.configuration.ManifestLayout === 'COMPACT' ? compactTemplate(entries) : undefined;
  const sap = startWithSap(entries.map(({ period }) => period));
  const purpose = first && audioPurpose(first);
  return {
    id: position,
    contentType: kind,
    mimeType: `${kind}/mp4`,
    ...(first?.language !== undefined && { lang: first.language }),
    segmentAlignment: areAligned(entries.map(({ period }) => period)),
    ...(sap !== undefined && { startWithSAP: sap }),
    ...properties(first, { index, sets, continues: parts[index]?.continues ?? false }),
    ...(first &&
      first.kind === leadingTrack(presentation)?.kind &&
      first.trickOf === undefined &&
      inbandEvents(presentation)),
    ...(kind === 'video' && first?.trickOf === undefined && captionDescriptors(presentation.captions)),
    ...(purpose && { accessibility: [purpose] }),
    roles: [{ schemeIdUri: roleScheme, value: isMain(tracks, presentation.tracks) ? 'main' : 'alternate' }],
    ...(first && saidName(first) !== undefined && { label: displayName(first) }),
    ...(hoisted && { segmentTemplate: hoisted }),
    representations: entries.map(({ track, period, found }) => ({
      ...representation(track, period),
      bandwidth: bandwidths.get(track.id) ?? 0,
      ...(!hoisted && found),
    })),
  };
}

/** What a player must know, and may know, to show a set as it is meant. */
function properties(
  track: PlannedTrack | undefined,
  { index: period, sets, continues }: Omit<SetPlace, 'position'> & { readonly continues: boolean },
): Pick<AdaptationSet, 'essentialProperties' | 'supplementalProperties'> {
  const { essential, supplemental } = colourProperties(track?.periods[period]?.track.configuration);
  const all = [...trickMode(track, sets), ...essential];
  // Media goes on from the Period before, whose id is the number of this one counted from 0.
  const optional = [...supplemental, ...(continues ? [{ schemeIdUri: continuityScheme, value: String(period) }] : [])];
  return {
    ...(all.length > 0 && { essentialProperties: all }),
    ...(optional.length > 0 && { supplementalProperties: optional }),
  };
}

/** The set whose key pictures these are, DASH-IF IOP §3.2.9. */
function trickMode(track: PlannedTrack | undefined, sets: SetPlace['sets']): Descriptor[] {
  if (track?.trickOf === undefined) return [];
  const main = sets.findIndex((set) => set.some(({ id }) => id === track.trickOf));
  return [{ schemeIdUri: trickModeScheme, value: String(main) }];
}

/** All video is; of audio what the source calls default, else the first. */
function isMain(set: readonly PlannedTrack[], all: readonly PlannedTrack[]): boolean {
  if (set.some(({ kind }) => kind === 'video')) return true;
  const audio = all.filter(({ kind }) => kind === 'audio');
  const main = audio.find(({ media }) => media?.default) ?? audio[0];
  return set.some((track) => track === main);
}

function representation(track: PlannedTrack, period: PlannedTrackPeriod): Omit<Representation, 'bandwidth'> {
  const { configuration } = period.track;
  const common = { id: track.id, codecs: configuration.codecString };
  if (!isVideo(configuration))
    return {
      ...common,
      audioSamplingRate: outputSampleRate(configuration),
      audioChannelConfiguration: audioChannelConfiguration(configuration),
    };
  const { width, height, sampleAspectRatio, frameRate } = configuration;
  return {
    ...common,
    width,
    height,
    sar: sampleAspectRatio.join(':'),
    ...(track.trickOf !== undefined && { maxPlayoutRate: trickPlayoutRate, codingDependency: false }),
    ...(frameRate &&
      track.trickOf === undefined && { frameRate: frameRate[1] === 1 ? String(frameRate[0]) : frameRate.join('/') }),
  };
}

function outputSampleRate(configuration: AudioConfiguration): number {
  return (configuration.codec === 'aac' ? configuration.outputSampleRate : undefined) ?? configuration.sampleRate;
}

function audioChannelConfiguration(configuration: AudioConfiguration): { schemeIdUri: string; value: string } {
  if ('codingMode' in configuration) return { schemeIdUri: dolbyChannelScheme, value: channelMap(configuration) };
  return { schemeIdUri: channelScheme, value: String(configuration.channels) };
}

function areAligned(periods: readonly PlannedTrackPeriod[]): boolean {
  return allEqual(periods.map(({ segments, track }) => segments.map(({ start }) => start / track.timescale)));
}

/** The largest type that a segment starts with; 3: an open group of pictures. ISO/IEC 23009-1 §5.3.3.2 */
function startWithSap(periods: readonly PlannedTrackPeriod[]): number | undefined {
  const types = new Set(periods.flatMap(({ segments }) => segments.map(({ sap }) => sap)));
  if (types.has(0) || types.has(4)) return undefined;
  return Math.max(1, ...types);
}
