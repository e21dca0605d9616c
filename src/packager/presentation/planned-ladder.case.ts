import {
  audioTrack,
  regularCuts,
  rendition,
  syntheticIndex,
  videoTrack,
} from '../../../test/support/synthetic-index.js';
import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';

/** Two variants with the same sound, and configurations to plan them by. */

type Cmaf = NonNullable<PackagingConfiguration['CmafPackage']>;
type Dash = NonNullable<PackagingConfiguration['DashPackage']>;

export const cmaf = (change: Partial<Cmaf> = {}): PackagingConfiguration => ({
  Id: 'cmaf',
  CmafPackage: { HlsManifests: [{ ManifestName: 'index' }], ...change },
});
export const dash = (change: Partial<Dash> = {}): PackagingConfiguration => ({
  Id: 'dash',
  DashPackage: { DashManifests: [{ ManifestName: 'index' }], ...change },
});

export const cuts = [regularCuts(5, 4)];
export const high = rendition({
  uri: 'high.m3u8',
  tracks: [videoTrack(), audioTrack('same')],
  cuts,
  variant: { bandwidth: 3_000_000 },
});
export const low = rendition({
  uri: 'low.m3u8',
  tracks: [videoTrack({ width: 640, height: 360 }), audioTrack('same')],
  cuts,
  variant: { bandwidth: 1_000_000 },
});
export const ladder = syntheticIndex(high, low);
