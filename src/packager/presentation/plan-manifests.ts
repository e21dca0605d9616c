import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { PackagerError } from '../errors.js';
import { manifestFileNames } from './manifest-names.js';
import type { PlannedManifest } from './planned-manifest.js';
import { selectStreams } from './select-streams.js';
import type { SourceCombination } from './source-tracks.js';

/**
 * The manifests of a configuration with the streams that each selects, and all subtitles.
 * @param texts ids of PlannedTexts
 * @throws PackagerError configuration_invalid when a selection leaves nothing, or two files would have one name
 */
export function planManifests(
  { HlsPackage, CmafPackage, DashPackage, MssPackage }: PackagingConfiguration,
  combinations: readonly SourceCombination[],
  texts: readonly string[],
): PlannedManifest[] {
  const hls = (HlsPackage ?? CmafPackage)?.HlsManifests ?? [];
  const hlsField = HlsPackage ? 'HlsPackage' : 'CmafPackage';
  const playlists = hls.map((configuration): PlannedManifest => ({
    kind: 'hls',
    name: `${configuration.ManifestName}.m3u8`,
    configuration,
    texts,
    combinations: selectStreams(
      combinations,
      configuration.StreamSelection,
      `${hlsField}.HlsManifests.StreamSelection`,
    ),
  }));
  const dashField = DashPackage ? 'DashPackage' : 'CmafPackage';
  const mpds = ((DashPackage ?? CmafPackage)?.DashManifests ?? []).map((configuration): PlannedManifest => ({
    kind: 'dash',
    name: `${configuration.ManifestName}.mpd`,
    configuration,
    texts,
    segmentTemplateFormat: DashPackage?.SegmentTemplateFormat ?? 'NUMBER_WITH_TIMELINE',
    periodTriggers: DashPackage?.PeriodTriggers ?? [],
    includeIFrameOnlyStream: DashPackage?.IncludeIframeOnlyStream ?? false,
    combinations: selectStreams(
      combinations,
      configuration.StreamSelection,
      `${dashField}.DashManifests.StreamSelection`,
    ),
  }));
  const clients = (MssPackage?.MssManifests ?? []).map(({ ManifestName, StreamSelection }): PlannedManifest => ({
    kind: 'mss',
    name: `${mssFolder(ManifestName)}/Manifest`,
    texts,
    combinations: selectStreams(combinations, StreamSelection, 'MssPackage.MssManifests.StreamSelection'),
  }));
  if (clients.length > 1)
    throw new PackagerError(
      'configuration_unsupported',
      `fragments lie beside the one client manifest that names them; given: ${clients.length} MssManifests`,
      { field: 'MssPackage.MssManifests' },
    );
  const manifests = [...playlists, ...mpds, ...clients];
  refuseEqualNames(manifests.flatMap(manifestFileNames));
  return manifests;
}

/** `a` and `a_video_1` are different manifest names, but the first one's media playlist is called like the second. */
function refuseEqualNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name))
      throw new PackagerError('configuration_invalid', `two manifests would be called ${name}: choose another name`, {
        field: 'ManifestName',
      });
    seen.add(name);
  }
}

/** Where a client manifest and its fragments lie. */
export function mssFolder(manifestName: string): string {
  return `${manifestName}.ism`;
}
