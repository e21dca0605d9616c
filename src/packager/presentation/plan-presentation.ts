import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { initSegment } from '../isobmff/init-segment.js';
import type { AssetIndex } from '../model/asset-index.js';
import { joinSegments, usualSegmentDuration } from './join-segments.js';
import { manifestTracks } from './manifest-names.js';
import { nominalDurations } from './nominal-duration.js';
import { mssFolder, planManifests } from './plan-manifests.js';
import { planSegments } from './plan-segments.js';
import { planTexts, textFormat, textId } from './plan-texts.js';
import { planStreams, withIFrames } from './planned-streams.js';
import type { PlannedManifest } from './planned-manifest.js';
import type { InitSegment, PlannedPeriod, PlannedTrack, Presentation } from './presentation.js';
import { programDates } from './program-date-time.js';
import { planQualityLevels } from './quality-levels.js';
import { refuseUncarried } from './refuse-uncarried.js';
import { sourceTracks } from './source-tracks.js';
import { refuseUnsupported } from './supported-fields.js';

/**
 * Applies a packaging configuration to an indexed source. Pure and fast: no media is read.
 * @throws PackagerError configuration_unsupported or configuration_invalid naming the field, source_invalid or source_unsupported naming
 *   the place
 */
export function planPresentation(index: AssetIndex, configuration: PackagingConfiguration): Presentation {
  refuseUnsupported(configuration);
  const { HlsPackage, CmafPackage, DashPackage, MssPackage } = configuration;
  const wantedDuration = (HlsPackage ?? CmafPackage ?? DashPackage ?? MssPackage)?.SegmentDurationSeconds ?? 0;
  const source = sourceTracks(index.uncut ? joinSegments(index, wantedDuration || usualSegmentDuration) : index);
  const planned = planStreams(source, configuration);
  const manifests = planManifests(
    configuration,
    planned.combinations,
    (index.texts ?? []).map((_, at) => textId(at + 1)),
  );
  const wanted = new Set(manifests.flatMap(manifestTracks));
  const streams = planned.streams.filter(({ id }) => wanted.has(id));
  if (HlsPackage) refuseUncarried(streams);
  const [client] = MssPackage?.MssManifests ?? [];
  const { tracks, tasks, clocks } = planSegments(withIFrames(streams, manifests), {
    ...(client && { qualityLevels: planQualityLevels(streams, index, mssFolder(client.ManifestName)) }),
    container: HlsPackage ? 'mpegts' : 'cmaf',
    parameterSetsInBand: (CmafPackage ?? DashPackage)?.IncludeEncoderConfigurationInSegments ?? false,
    segmentDuration: index.uncut ? 0 : wantedDuration,
    segmentTemplateFormat: DashPackage?.SegmentTemplateFormat ?? 'NUMBER_WITH_TIMELINE',
    dateOf: manifests.some(wantsDates) ? programDates(index) : () => undefined,
    markers: manifests.some(passesMarkers),
  });
  const periods = planPeriods(tracks, clocks);
  const text = planTexts(index, tracks.find(({ kind }) => kind === 'video') ?? tracks[0], {
    format: textFormat(configuration),
    segmentTemplateFormat: DashPackage?.SegmentTemplateFormat ?? 'NUMBER_WITH_TIMELINE',
    // The media times of fragments start at 0 in every period.
    clocks: HlsPackage ? clocks : clocks.map(() => 0),
    ...(client && { folder: mssFolder(client.ManifestName) }),
  });
  if (DashPackage?.SegmentTemplateFormat === 'NUMBER_WITH_DURATION')
    for (const track of tracks) nominalDurations(track, periods); // refuses what is not regular
  return {
    tracks,
    texts: text.texts,
    ...(index.captions && { captions: index.captions }),
    periods,
    initSegments: [...tracks.flatMap(initSegments), ...text.initSegments],
    tasks: [...tasks, ...text.tasks.map((task, at) => ({ id: tasks.length + at, ...task }))],
    manifests,
  };
}

function passesMarkers(manifest: PlannedManifest): boolean {
  return manifest.kind === 'hls' && manifest.configuration.AdMarkers === 'PASSTHROUGH';
}

function wantsDates(manifest: PlannedManifest): boolean {
  return manifest.kind === 'hls' && (manifest.configuration.ProgramDateTimeIntervalSeconds ?? 0) > 0;
}

/** A period lasts as long as its longest track. */
function planPeriods(tracks: readonly PlannedTrack[], clocks: readonly number[]): PlannedPeriod[] {
  return clocks.map((clock, index) => ({
    clock,
    duration: Math.max(
      ...tracks.map(({ periods }) => {
        const period = periods[index];
        return (period?.segments.at(-1)?.end ?? 0) / (period?.track.timescale ?? 1);
      }),
    ),
  }));
}

function initSegments({ kind, language, periods }: PlannedTrack): InitSegment[] {
  return periods.flatMap(({ initSegment: name, track }) =>
    name === undefined ? [] : [{ name, bytes: initSegment(track, language), contentType: `${kind}/mp4` }],
  );
}
