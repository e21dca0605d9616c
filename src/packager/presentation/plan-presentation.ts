import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { initSegment } from '../isobmff/init-segment.js';
import type { AssetIndex } from '../model/asset-index.js';
import { manifestTracks } from './manifest-names.js';
import { nominalDurations } from './nominal-duration.js';
import { planManifests } from './plan-manifests.js';
import { planSegments } from './plan-segments.js';
import type { PlannedManifest } from './planned-manifest.js';
import type { InitSegment, PlannedPeriod, PlannedTrack, Presentation } from './presentation.js';
import { programDates } from './program-date-time.js';
import { sourceTracks } from './source-tracks.js';
import { refuseUnsupported } from './supported-fields.js';

/**
 * Applies a packaging configuration to an indexed source. Pure and fast: no media is read.
 * @throws PackagerError configuration_unsupported or configuration_invalid naming the field, source_invalid or source_unsupported naming
 *   the place
 */
export function planPresentation(index: AssetIndex, configuration: PackagingConfiguration): Presentation {
  refuseUnsupported(configuration);
  const source = sourceTracks(index);
  const manifests = planManifests(configuration, source.combinations);
  const wanted = new Set(manifests.flatMap(manifestTracks));
  const { tracks, tasks } = planSegments(
    source.tracks.filter(({ id }) => wanted.has(id)),
    {
      segmentDuration: (configuration.CmafPackage ?? configuration.DashPackage)?.SegmentDurationSeconds ?? 0,
      segmentTemplateFormat: configuration.DashPackage?.SegmentTemplateFormat ?? 'NUMBER_WITH_TIMELINE',
      dateOf: manifests.some(wantsDates) ? programDates(index) : () => undefined,
    },
  );
  const periods = planPeriods(tracks);
  if (configuration.DashPackage?.SegmentTemplateFormat === 'NUMBER_WITH_DURATION')
    for (const track of tracks) nominalDurations(track, periods); // refuses what is not regular
  return { tracks, periods, initSegments: tracks.flatMap(initSegments), tasks, manifests };
}

function wantsDates(manifest: PlannedManifest): boolean {
  return manifest.kind === 'hls' && (manifest.configuration.ProgramDateTimeIntervalSeconds ?? 0) > 0;
}

/** A period lasts as long as its longest track. */
function planPeriods(tracks: readonly PlannedTrack[]): PlannedPeriod[] {
  return (tracks[0]?.periods ?? []).map((_, index) => ({
    duration: Math.max(
      ...tracks.map(({ periods }) => {
        const period = periods[index];
        return (period?.segments.at(-1)?.end ?? 0) / (period?.track.timescale ?? 1);
      }),
    ),
  }));
}

function initSegments({ kind, language, periods }: PlannedTrack): InitSegment[] {
  return periods.map((period) => ({
    name: period.initSegment,
    bytes: initSegment(period.track, language),
    contentType: `${kind}/mp4`,
  }));
}
