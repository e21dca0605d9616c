import type { FieldPath, PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { PackagerError } from '../errors.js';

export type Verdict = 'honoured' | { readonly refused: string; readonly unless?: (value: unknown) => boolean };

const notYet = 'not supported yet';
const isFalse = (value: unknown) => value === false;

/** Every field: honoured, or refused with the reason. The compiler wants a line for each field that the schema gains. */
export const verdicts: Record<FieldPath<PackagingConfiguration>, Verdict> = {
  Id: 'honoured',
  PackagingGroupId: 'honoured',
  Tags: 'honoured',
  Arn: 'honoured',
  CreatedAt: 'honoured',

  HlsPackage: 'honoured',
  'HlsPackage.Encryption': { refused: `encryption is ${notYet}` },
  'HlsPackage.SegmentDurationSeconds': 'honoured',
  'HlsPackage.SegmentLayout': 'honoured',
  'HlsPackage.UseAudioRenditionGroup': 'honoured',
  'HlsPackage.IncludeDvbSubtitles': { refused: `DVB subtitles are ${notYet}`, unless: isFalse },
  'HlsPackage.HlsManifests': 'honoured',
  'HlsPackage.HlsManifests.ManifestName': 'honoured',
  'HlsPackage.HlsManifests.AdMarkers': 'honoured',
  'HlsPackage.HlsManifests.IncludeIframeOnlyStream': 'honoured',
  'HlsPackage.HlsManifests.ProgramDateTimeIntervalSeconds': 'honoured',
  'HlsPackage.HlsManifests.RepeatExtXKey': 'honoured',
  'HlsPackage.HlsManifests.StreamSelection': 'honoured',

  MssPackage: 'honoured',
  'MssPackage.Encryption': { refused: `encryption is ${notYet}` },
  'MssPackage.SegmentDurationSeconds': 'honoured',
  'MssPackage.MssManifests': 'honoured',
  'MssPackage.MssManifests.ManifestName': 'honoured',
  'MssPackage.MssManifests.StreamSelection': 'honoured',

  CmafPackage: 'honoured',
  'CmafPackage.Encryption': { refused: `encryption is ${notYet}` },
  'CmafPackage.SegmentDurationSeconds': 'honoured',
  'CmafPackage.SegmentLayout': 'honoured',
  'CmafPackage.IncludeEncoderConfigurationInSegments': 'honoured',
  'CmafPackage.TextFormat': 'honoured',
  'CmafPackage.HlsManifests': 'honoured',
  'CmafPackage.HlsManifests.ManifestName': 'honoured',
  'CmafPackage.HlsManifests.AdMarkers': 'honoured',
  'CmafPackage.HlsManifests.IncludeIframeOnlyStream': 'honoured',
  // Needs EXT-X-PROGRAM-DATE-TIME in the source: checked against it in the plan.
  'CmafPackage.HlsManifests.ProgramDateTimeIntervalSeconds': 'honoured',
  // Without encryption there is no key to repeat.
  'CmafPackage.HlsManifests.RepeatExtXKey': 'honoured',
  'CmafPackage.HlsManifests.StreamSelection': 'honoured',
  'CmafPackage.DashManifests': 'honoured',
  'CmafPackage.DashManifests.ManifestName': 'honoured',
  'CmafPackage.DashManifests.ManifestLayout': 'honoured',
  'CmafPackage.DashManifests.Profile': 'honoured',
  'CmafPackage.DashManifests.MinBufferTimeSeconds': 'honoured',
  'CmafPackage.DashManifests.ScteMarkersSource': 'honoured',
  'CmafPackage.DashManifests.StreamSelection': 'honoured',

  DashPackage: 'honoured',
  'DashPackage.Encryption': { refused: `encryption is ${notYet}` },
  'DashPackage.SegmentDurationSeconds': 'honoured',
  'DashPackage.SegmentLayout': 'honoured',
  'DashPackage.SegmentTemplateFormat': 'honoured',
  // Not together with SegmentTemplateFormat NUMBER_WITH_DURATION: checked in the plan.
  'DashPackage.PeriodTriggers': 'honoured',
  // Needs key pictures at the start of segments: checked in the plan.
  'DashPackage.IncludeIframeOnlyStream': 'honoured',
  'DashPackage.IncludeEncoderConfigurationInSegments': 'honoured',
  'DashPackage.TextFormat': 'honoured',
  'DashPackage.DashManifests': 'honoured',
  'DashPackage.DashManifests.ManifestName': 'honoured',
  'DashPackage.DashManifests.ManifestLayout': 'honoured',
  'DashPackage.DashManifests.Profile': 'honoured',
  'DashPackage.DashManifests.MinBufferTimeSeconds': 'honoured',
  // Says where ad markers for PeriodTriggers come from; means nothing without them.
  'DashPackage.DashManifests.ScteMarkersSource': 'honoured',
  'DashPackage.DashManifests.StreamSelection': 'honoured',
};

/**
 * Refuses by name what cannot be honoured: nothing that was asked for is left out in silence.
 * @throws PackagerError configuration_unsupported naming every such field
 */
export function refuseUnsupported(configuration: PackagingConfiguration): void {
  const refusals = refusalsOf(configuration);
  const [first] = refusals;
  if (!first) return;
  throw new PackagerError(
    'configuration_unsupported',
    `packaging configuration ${configuration.Id}: ${refusals.map(({ field, reason }) => `${field}: ${reason}`).join('; ')}`,
    { field: first.field },
  );
}

/** A field that cannot be honoured. */
export interface Refusal {
  /** `CmafPackage.Encryption`: places in lists are left out */
  readonly field: string;
  readonly reason: string;
}

/** Everything in the configuration that cannot be honoured. */
export function refusalsOf(configuration: PackagingConfiguration): readonly Refusal[] {
  return [...refusalsBelow(configuration, '')];
}

function* refusalsBelow(value: unknown, path: string): Generator<Refusal> {
  if (Array.isArray(value)) {
    for (const item of value) yield* refusalsBelow(item, path);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
    const field = path === '' ? name : `${path}.${name}`;
    const verdict = (verdicts as Readonly<Record<string, Verdict>>)[field];
    if (inner === undefined || verdict === undefined) continue; // below a field that is decided on as a whole
    if (verdict === 'honoured') yield* refusalsBelow(inner, field);
    else if (!verdict.unless?.(inner)) yield { field, reason: verdict.refused };
  }
}
