import { z } from 'zod';
import { identifierSchema } from './asset.js';
import { Failure } from './failure.js';

/**
 * AWS Elemental MediaPackage VOD's PackagingConfiguration (API version 2018-11-07), the only configuration language of packaging.
 * Both casings are read: PascalCase (SDK v3, Step Functions, CloudFormation) and lowerCamelCase (the REST API's wire form).
 */

const streamSelection = z.strictObject({
  /** bits per second, inclusive; only video bit rate counts */
  MinVideoBitsPerSecond: z.int().nonnegative().optional(),
  MaxVideoBitsPerSecond: z.int().nonnegative().optional(),
  StreamOrder: z.enum(['ORIGINAL', 'VIDEO_BITRATE_ASCENDING', 'VIDEO_BITRATE_DESCENDING']).optional(),
});

const manifestName = identifierSchema.default('index');

const hlsManifest = z.strictObject({
  ManifestName: manifestName,
  AdMarkers: z.enum(['NONE', 'PASSTHROUGH', 'SCTE35_ENHANCED']).optional(),
  IncludeIframeOnlyStream: z.boolean().optional(),
  /** seconds; 0 or absent: no EXT-X-PROGRAM-DATE-TIME */
  ProgramDateTimeIntervalSeconds: z.int().nonnegative().optional(),
  RepeatExtXKey: z.boolean().optional(),
  StreamSelection: streamSelection.optional(),
});

const dashManifest = z.strictObject({
  ManifestName: manifestName,
  ManifestLayout: z.enum(['FULL', 'COMPACT']).optional(),
  Profile: z.enum(['NONE', 'HBBTV_1_5']).optional(),
  MinBufferTimeSeconds: z.int().nonnegative().optional(),
  ScteMarkersSource: z.enum(['SEGMENTS', 'MANIFEST']).optional(),
  StreamSelection: streamSelection.optional(),
});

const mssManifest = z.strictObject({ ManifestName: manifestName, StreamSelection: streamSelection.optional() });

const spekeKeyProvider = z.strictObject({
  RoleArn: z.string(),
  SystemIds: z.array(z.string()),
  Url: z.string(),
  EncryptionContractConfiguration: z
    .strictObject({ PresetSpeke20Audio: z.string(), PresetSpeke20Video: z.string() })
    .optional(),
});

/** seconds; rounded to the nearest multiple of the source's segment duration */
const segmentDuration = z.int().positive().max(3600).optional();

const hlsPackage = z.strictObject({
  HlsManifests: z.array(hlsManifest).min(1),
  Encryption: z
    .strictObject({
      EncryptionMethod: z.enum(['AES_128', 'SAMPLE_AES']).optional(),
      ConstantInitializationVector: z.string().optional(),
      SpekeKeyProvider: spekeKeyProvider,
    })
    .optional(),
  SegmentDurationSeconds: segmentDuration,
  UseAudioRenditionGroup: z.boolean().optional(),
  IncludeDvbSubtitles: z.boolean().optional(),
});

/**
 * Ours, not MediaPackage's: what subtitles become. WEBVTT: segments of text; WVTT and STPP: WebVTT and TTML in fragments. Absent: what
 * MediaPackage makes, WEBVTT in CmafPackage and STPP in DashPackage.
 */
const textFormat = z.enum(['WEBVTT', 'WVTT', 'STPP']);

const cmafPackage = z.strictObject({
  HlsManifests: z.array(hlsManifest).min(1),
  /** Ours, not MediaPackage's: MPDs beside the playlists, over the same segments. */
  DashManifests: z.array(dashManifest).min(1).optional(),
  Encryption: z
    .strictObject({ ConstantInitializationVector: z.string().optional(), SpekeKeyProvider: spekeKeyProvider })
    .optional(),
  SegmentDurationSeconds: segmentDuration,
  IncludeEncoderConfigurationInSegments: z.boolean().optional(),
  TextFormat: textFormat.optional(),
});

const dashPackage = z.strictObject({
  DashManifests: z.array(dashManifest).min(1),
  Encryption: z.strictObject({ SpekeKeyProvider: spekeKeyProvider }).optional(),
  SegmentDurationSeconds: segmentDuration,
  SegmentTemplateFormat: z.enum(['NUMBER_WITH_TIMELINE', 'TIME_WITH_TIMELINE', 'NUMBER_WITH_DURATION']).optional(),
  PeriodTriggers: z.array(z.enum(['ADS'])).optional(),
  IncludeIframeOnlyStream: z.boolean().optional(),
  IncludeEncoderConfigurationInSegments: z.boolean().optional(),
  TextFormat: textFormat.exclude(['WEBVTT']).optional(),
});

const mssPackage = z.strictObject({
  MssManifests: z.array(mssManifest).min(1),
  Encryption: z.strictObject({ SpekeKeyProvider: spekeKeyProvider }).optional(),
  SegmentDurationSeconds: segmentDuration,
});

const packageTypes = ['HlsPackage', 'CmafPackage', 'DashPackage', 'MssPackage'] as const;
export type PackageType = (typeof packageTypes)[number];

export const packagingConfigurationSchema = z
  .strictObject({
    Id: identifierSchema,
    PackagingGroupId: identifierSchema.optional(),
    Tags: z.record(z.string(), z.string()).optional(),
    // What DescribePackagingConfiguration adds; read so that its output can be used as it is, and not used.
    Arn: z.string().optional(),
    CreatedAt: z.string().optional(),
    HlsPackage: hlsPackage.optional(),
    CmafPackage: cmafPackage.optional(),
    DashPackage: dashPackage.optional(),
    MssPackage: mssPackage.optional(),
  })
  .superRefine((configuration, context) => {
    const given = packageTypes.filter((type) => configuration[type] !== undefined);
    if (given.length !== 1) {
      context.addIssue({
        code: 'custom',
        message: `exactly one of ${packageTypes.join(', ')} is needed; given: ${given.join(', ') || 'none'}`,
      });
    }
    for (const type of given) checkManifestNames(configuration[type], type, context);
    // Segments of text are for HLS alone; fragments are for both.
    const { DashManifests, TextFormat } = configuration.CmafPackage ?? {};
    if (DashManifests && TextFormat === 'WEBVTT')
      context.addIssue({
        code: 'custom',
        path: ['CmafPackage', 'TextFormat'],
        message: 'with DashManifests one of WVTT, STPP is allowed; given: WEBVTT',
      });
  });

export type PackagingConfiguration = z.infer<typeof packagingConfigurationSchema>;
export type HlsManifestConfiguration = z.infer<typeof hlsManifest>;
export type DashManifestConfiguration = z.infer<typeof dashManifest>;
export type StreamSelection = z.infer<typeof streamSelection>;

type AnyPackage = NonNullable<PackagingConfiguration[PackageType]>;

/** Two manifests of one configuration may not have one name: they would overwrite each other. */
function checkManifestNames(of: AnyPackage | undefined, type: PackageType, context: z.RefinementCtx): void {
  if (!of) return;
  // Playlists and MPDs have different names of files, so each list is by itself.
  const lists = Object.entries(of).filter(([name]) => name.endsWith('Manifests'));
  const names = lists.map(([, list]) => (list as { ManifestName: string }[]).map(({ ManifestName }) => ManifestName));
  const twice = names.flatMap((list) => list.filter((name, index) => list.indexOf(name) !== index))[0];
  if (twice) context.addIssue({ code: 'custom', path: [type], message: `ManifestName "${twice}" is given twice` });
}

/** Who makes the endpoints of a group: Reelway's own packager, or AWS Elemental MediaPackage VOD, whose endpoints are harvested. */
const egresses = ['embedded', 'mediapackage-vod'] as const;
export type EgressKind = (typeof egresses)[number];

export interface PackagingGroup {
  readonly id: string | undefined;
  readonly egress: EgressKind;
  /** Of a group that MediaPackage packages they are known to it alone: none. */
  readonly configurations: readonly PackagingConfiguration[];
}

/** The group itself, as DescribePackagingGroup tells it: all but the id has no effect here and is read so that its output can be used. */
const groupSchema = z.strictObject({
  Id: identifierSchema,
  Arn: z.string().optional(),
  DomainName: z.string().optional(),
  CreatedAt: z.string().optional(),
  ApproximateAssetCount: z.number().optional(),
  EgressAccessLogs: z.strictObject({ LogGroupName: z.string().optional() }).optional(),
  Tags: z.record(z.string(), z.string()).optional(),
  // Whoever believes that playback is guarded must not find it open.
  Authorization: z
    .undefined(
      'playback of groups in files is not guarded: make the group through /mediapackage-vod, where CDN authorization is enforced. ' +
        'That of a group with Egress "mediapackage-vod" is read from MediaPackage; leave it out here',
    )
    .optional(),
});

const groupFileSchema = z
  .strictObject({
    PackagingGroup: groupSchema.optional(),
    PackagingConfigurations: z.array(z.unknown()).default([]),
    Egress: z.enum(egresses).default('embedded'),
  })
  .refine(({ Egress, PackagingConfigurations }) => Egress === 'embedded' || PackagingConfigurations.length === 0, {
    path: ['PackagingConfigurations'],
    error:
      'with Egress "mediapackage-vod" those that MediaPackage has are used: leave them out, or leave out Egress to have them packaged here',
  });

/**
 * Reads a packaging group file: one PackagingConfiguration, an array of them, or `{ PackagingGroup, PackagingConfigurations, Egress }`, in
 * either casing.
 * @throws Failure configuration_invalid naming every field that is wrong
 */
export function parsePackagingGroup(json: unknown): PackagingGroup {
  const normalised = pascalCaseKeys(json);
  if (Array.isArray(normalised)) return { id: undefined, egress: 'embedded', configurations: parseAll(normalised) };
  if (
    typeof normalised === 'object' &&
    normalised !== null &&
    ['PackagingGroup', 'PackagingConfigurations', 'Egress'].some((field) => field in normalised)
  ) {
    const file = groupFileSchema.safeParse(normalised);
    if (!file.success) throw invalid(file.error.issues.map((issue) => describe(issue, 'file')));
    const { PackagingGroup: named, PackagingConfigurations: given, Egress: egress } = file.data;
    return { id: named?.Id, egress, configurations: egress === 'embedded' ? parseAll(given) : [] };
  }
  return { id: undefined, egress: 'embedded', configurations: parseAll([normalised]) };
}

function parseAll(items: readonly unknown[]): PackagingConfiguration[] {
  if (items.length === 0)
    throw invalid(['at least one packaging configuration is needed (PackagingConfigurations); given: none']);
  const problems: string[] = [];
  const parsed: PackagingConfiguration[] = [];
  for (const [index, item] of items.entries()) {
    const result = packagingConfigurationSchema.safeParse(item);
    if (result.success) parsed.push(result.data);
    else problems.push(...result.error.issues.map((issue) => describe(issue, nameOf(item, index))));
  }
  const ids = parsed.map((configuration) => configuration.Id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index)))
    problems.push(`Id "${id}" is given twice`);
  if (problems.length > 0) throw invalid(problems);
  return parsed;
}

function nameOf(item: unknown, index: number): string {
  const id = typeof item === 'object' && item !== null && 'Id' in item ? item.Id : undefined;
  return typeof id === 'string' ? id : `configuration ${index + 1}`;
}

function describe(issue: z.core.$ZodIssue, where: string): string {
  return `${[where, ...issue.path.map(String)].join('.')}: ${issue.message}`;
}

function invalid(problems: readonly string[]): Failure {
  return new Failure('configuration_invalid', problems.join('; '), { details: { problems } });
}

/** Capitalises the first letter of every key; the keys of `Tags` are the user's own and stay as they are. */
function pascalCaseKeys(value: unknown, depth = 0): unknown {
  if (depth > 16) throw invalid(['nested deeper than 16 levels']);
  if (Array.isArray(value)) return value.map((item) => pascalCaseKeys(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = key.charAt(0).toUpperCase() + key.slice(1);
      return [name, name === 'Tags' ? item : pascalCaseKeys(item, depth + 1)];
    }),
  );
}
