import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { PackagerError } from '../errors.js';
import { initSegment } from '../isobmff/init-segment.js';
import type { AssetIndex } from '../model/asset-index.js';
import type { MetadataFormat } from '../model/timed-metadata.js';
import { checkConfiguration } from './check-configuration.js';
import { placeDateRanges } from './date-range-cues.js';
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
import { silenceNotes, withSilence } from './silence.js';
import { inSingleFiles } from './single-file.js';
import { refuseUnsupported } from './supported-fields.js';

/**
 * Applies a packaging configuration to an indexed source. Pure and fast: no media is read.
 * @throws PackagerError configuration_unsupported or configuration_invalid naming the field, source_invalid or source_unsupported naming
 *   the place
 */
export function planPresentation(index: AssetIndex, configuration: PackagingConfiguration): Presentation {
  refuseUnsupported(configuration);
  try {
    checkConfiguration(configuration);
    return plan(index, configuration);
  } catch (error) {
    if (!(error instanceof PackagerError) || !error.code.startsWith('configuration_')) throw error;
    // A job has several configurations as a rule.
    const { code, reason, location } = error;
    throw new PackagerError(code, `packaging configuration ${configuration.Id}: ${reason}`, location, {
      cause: error.cause,
    });
  }
}

function plan(index: AssetIndex, configuration: PackagingConfiguration): Presentation {
  const { HlsPackage, CmafPackage, DashPackage, MssPackage } = configuration;
  const wantedDuration = (HlsPackage ?? CmafPackage ?? DashPackage ?? MssPackage)?.SegmentDurationSeconds ?? 0;
  const cut = index.uncut ? joinSegments(index, wantedDuration || usualSegmentDuration) : index;
  const audible = withSilence(cut);
  const source = sourceTracks(audible);
  const planned = planStreams(source, configuration);
  const manifests = planManifests(
    configuration,
    planned.combinations,
    (index.texts ?? []).map((_, at) => textId(at + 1)),
  );
  const wanted = new Set(manifests.flatMap(manifestTracks));
  const streams = planned.streams.filter(({ id }) => wanted.has(id));
  if (HlsPackage) refuseUncarried(streams);
  refuseRegularPeriods(DashPackage);
  const [client] = MssPackage?.MssManifests ?? [];
  const timedMetadata = metadataFormats(index);
  const dateOf = index.dateRanges || manifests.some(wantsDates) ? programDates(index) : () => undefined;
  const dateRanges =
    index.dateRanges && placeDateRanges(index.dateRanges, index.renditions[0]?.periods.length ?? 0, dateOf);
  const { tracks, tasks, clocks } = planSegments(withIFrames(streams, manifests), {
    ...(client && { qualityLevels: planQualityLevels(streams, index, mssFolder(client.ManifestName)) }),
    container: HlsPackage ? 'mpegts' : 'cmaf',
    parameterSetsInBand: (CmafPackage ?? DashPackage)?.IncludeEncoderConfigurationInSegments ?? false,
    segmentDuration: index.uncut ? 0 : wantedDuration,
    segmentTemplateFormat: DashPackage?.SegmentTemplateFormat ?? 'NUMBER_WITH_TIMELINE',
    dateOf,
    dateRanges,
    markers: manifests.some((manifest) => wantsMarkers(manifest, timedMetadata)),
    metadata: HlsPackage && !HlsPackage.HlsManifests.some(wantsScte35) ? ['id3'] : ['id3', 'scte35'],
    splices: manifests.some(wantsSplices),
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
  const presentation: Presentation = {
    tracks,
    texts: text.texts,
    ...(index.captions && { captions: index.captions }),
    ...(timedMetadata.length > 0 && { timedMetadata }),
    ...(dateRanges && { dateRanges }),
    periods,
    notes: [...index.notes, ...silenceNotes(audible)],
    initSegments: [...tracks.flatMap(initSegments), ...text.initSegments],
    tasks: [...tasks, ...text.tasks.map((task, at) => ({ id: tasks.length + at, ...task }))],
    manifests,
  };
  const layout = (HlsPackage ?? CmafPackage ?? DashPackage)?.SegmentLayout;
  return layout === 'SINGLE_FILE' ? inSingleFiles(presentation) : presentation;
}

function metadataFormats({ renditions }: AssetIndex): MetadataFormat[] {
  const streams = renditions.flatMap(({ periods }) => periods.flatMap(({ metadata = [] }) => metadata));
  return [...new Set(streams.map(({ format }) => format))];
}

function wantsScte35({ AdMarkers = 'NONE' }: { readonly AdMarkers?: string | undefined }): boolean {
  return AdMarkers !== 'NONE';
}

/** Tags of the source's playlist: to be copied, or because there is nothing else that tells of advertisements. */
function wantsMarkers(manifest: PlannedManifest, inSegments: readonly MetadataFormat[]): boolean {
  if (manifest.kind === 'hls' && manifest.configuration.AdMarkers === 'PASSTHROUGH') return true;
  const source = manifest.kind === 'dash' ? manifest.configuration.ScteMarkersSource : undefined;
  return wantsSplices(manifest) && (source === 'MANIFEST' || (source === undefined && !inSegments.includes('scte35')));
}

/** It is to say where advertisements begin and end. */
function wantsSplices(manifest: PlannedManifest): boolean {
  if (manifest.kind === 'dash') return manifest.periodTriggers.includes('ADS');
  return manifest.kind === 'hls' && manifest.configuration.AdMarkers === 'SCTE35_ENHANCED';
}

function wantsDates(manifest: PlannedManifest): boolean {
  return manifest.kind === 'hls' && (manifest.configuration.ProgramDateTimeIntervalSeconds ?? 0) > 0;
}

/** Period boundaries at advertisements would lie within the regular cadence of numbers. @throws PackagerError configuration_unsupported */
function refuseRegularPeriods(dash: PackagingConfiguration['DashPackage']): void {
  if (dash?.SegmentTemplateFormat !== 'NUMBER_WITH_DURATION' || !dash.PeriodTriggers?.includes('ADS')) return;
  throw new PackagerError(
    'configuration_unsupported',
    'DashPackage.PeriodTriggers: ADS cannot go with SegmentTemplateFormat NUMBER_WITH_DURATION; choose NUMBER_WITH_TIMELINE or TIME_WITH_TIMELINE',
    { field: 'DashPackage.PeriodTriggers' },
  );
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
