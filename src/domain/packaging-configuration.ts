import { z } from 'zod';
import { identifierSchema } from './asset.js';
import { fromAwsJson, invalidConfiguration } from './aws-json.js';

/**
 * AWS Elemental MediaPackage VOD's PackagingConfiguration (API version 2018-11-07), the only configuration language of packaging.
 * Both casings are read: PascalCase (SDK v3, Step Functions, the properties of a CloudFormation resource) and lowerCamelCase (the REST API's wire form).
 */

const streamSelection = z
  .strictObject({
    /** bits per second, inclusive; only video bit rate counts */
    MinVideoBitsPerSecond: z.int().nonnegative().optional(),
    MaxVideoBitsPerSecond: z.int().nonnegative().optional(),
    StreamOrder: z.enum(['ORIGINAL', 'VIDEO_BITRATE_ASCENDING', 'VIDEO_BITRATE_DESCENDING']).optional(),
  })
  .refine(({ MinVideoBitsPerSecond: min = 0, MaxVideoBitsPerSecond: max = Infinity }) => min <= max, {
    path: ['MinVideoBitsPerSecond'],
    error: 'it is above MaxVideoBitsPerSecond: no video is both',
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

/**
 * Ours, not MediaPackage's: where segments lie. SINGLE_FILE: those of a rendition in one object, which manifests point into by byte ranges, and MPDs
 * by the on-demand profile. Absent: SEGMENTS, an object each.
 */
const segmentLayout = z.enum(['SEGMENTS', 'SINGLE_FILE']).optional();

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
  SegmentLayout: segmentLayout,
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
  SegmentLayout: segmentLayout,
  IncludeEncoderConfigurationInSegments: z.boolean().optional(),
  TextFormat: textFormat.optional(),
});

const dashPackage = z.strictObject({
  DashManifests: z.array(dashManifest).min(1),
  Encryption: z.strictObject({ SpekeKeyProvider: spekeKeyProvider }).optional(),
  SegmentDurationSeconds: segmentDuration,
  SegmentLayout: segmentLayout,
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
    for (const type of ['CmafPackage', 'DashPackage'] as const) checkSingleFile(configuration[type], type, context);
  });

export type PackagingConfiguration = z.infer<typeof packagingConfigurationSchema>;
export type HlsManifestConfiguration = z.infer<typeof hlsManifest>;
export type DashManifestConfiguration = z.infer<typeof dashManifest>;
export type StreamSelection = z.infer<typeof streamSelection>;

/** `CmafPackage.HlsManifests.AdMarkers`: every field of a configuration down to those that are decided on as a whole. */
export type FieldPath<T> = T extends readonly (infer Item)[]
  ? FieldPath<Item>
  : T extends object
    ? { [Name in keyof T & string]-?: Name | `${Name}.${FieldPathBelow<Name, T[Name]>}` }[keyof T & string]
    : never;
type FieldPathBelow<Name, T> = Name extends 'Tags' | 'Encryption' | 'StreamSelection'
  ? never
  : FieldPath<NonNullable<T>>;

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

/** What asks for segments of their own, and for names of them, cannot go with single files. */
function checkSingleFile(
  of: PackagingConfiguration['CmafPackage'] | PackagingConfiguration['DashPackage'],
  type: PackageType,
  context: z.RefinementCtx,
): void {
  if (of?.SegmentLayout !== 'SINGLE_FILE') return;
  const refuse = (path: (string | number)[], value: string): void =>
    context.addIssue({
      code: 'custom',
      path: [type, ...path],
      message: `${value} cannot go with SegmentLayout SINGLE_FILE; leave out one of them`,
    });
  if ('SegmentTemplateFormat' in of && of.SegmentTemplateFormat)
    refuse(['SegmentTemplateFormat'], of.SegmentTemplateFormat);
  if ('PeriodTriggers' in of && of.PeriodTriggers?.includes('ADS')) refuse(['PeriodTriggers'], 'ADS');
  for (const [index, { ManifestLayout, Profile }] of (of.DashManifests ?? []).entries()) {
    if (ManifestLayout === 'COMPACT') refuse(['DashManifests', index, 'ManifestLayout'], ManifestLayout);
    if (Profile === 'HBBTV_1_5') refuse(['DashManifests', index, 'Profile'], Profile);
  }
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
    // ListPackagingConfigurations answers in pages.
    NextToken: z.undefined('the list goes on after these: ask for all of its pages').optional(),
  })
  .refine(({ Egress, PackagingConfigurations }) => Egress === 'embedded' || PackagingConfigurations.length === 0, {
    path: ['PackagingConfigurations'],
    error:
      'with Egress "mediapackage-vod" those that MediaPackage has are used: leave them out, or leave out Egress to have them packaged here',
  });

/** What is wrong with a packaging group file, and where. */
export interface GroupProblem {
  /** The place of the configuration in its list, from 0; undefined: it is the file's. */
  readonly configuration: number | undefined;
  /** `CmafPackage.HlsManifests.0.ManifestName`; empty: of the whole. */
  readonly field: string;
  readonly message: string;
  /** All of it, as it is said to people: `cmaf.CmafPackage.HlsManifests.0.ManifestName: ...`. */
  readonly text: string;
}

/**
 * Reads a packaging group file: one PackagingConfiguration, an array of them, or `{ PackagingGroup, PackagingConfigurations, Egress }`, in
 * either casing: also what SDKs and the AWS CLI print of one or of a list.
 * @throws Failure configuration_invalid naming every field that is wrong
 */
export function parsePackagingGroup(json: unknown): PackagingGroup {
  const { group, problems } = readPackagingGroup(json);
  if (problems.length > 0) throw invalidConfiguration(problems.map(({ text }) => text));
  return group;
}

/**
 * The same, for who wants to know what is wrong field by field: the group holds what could be read.
 * @throws Failure configuration_invalid for what is nested too deeply to be looked at, or has a field in both casings
 */
export function readPackagingGroup(json: unknown): {
  readonly group: PackagingGroup;
  readonly problems: readonly GroupProblem[];
} {
  const normalised = fromAwsJson(json);
  if (Array.isArray(normalised)) return readConfigurations(normalised, { id: undefined, egress: 'embedded' });
  if (
    typeof normalised === 'object' &&
    normalised !== null &&
    ['PackagingGroup', 'PackagingConfigurations', 'Egress'].some((field) => field in normalised)
  ) {
    const file = groupFileSchema.safeParse(normalised);
    if (!file.success)
      return {
        group: { id: undefined, egress: 'embedded', configurations: [] },
        problems: file.error.issues.map((issue) => problemOf(issue, 'file', undefined)),
      };
    const { PackagingGroup: named, PackagingConfigurations: given, Egress: egress } = file.data;
    const of = { id: named?.Id, egress };
    return egress === 'embedded'
      ? readConfigurations(given, of)
      : { group: { ...of, configurations: [] }, problems: [] };
  }
  return readConfigurations([normalised], { id: undefined, egress: 'embedded' });
}

function readConfigurations(
  items: readonly unknown[],
  of: Pick<PackagingGroup, 'id' | 'egress'>,
): ReturnType<typeof readPackagingGroup> {
  const problems: GroupProblem[] = [];
  const configurations: PackagingConfiguration[] = [];
  const about = (configuration: number | undefined, field: string, message: string) =>
    problems.push({ configuration, field, message, text: message });
  if (items.length === 0)
    about(undefined, '', 'at least one packaging configuration is needed (PackagingConfigurations); given: none');
  const first = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const result = packagingConfigurationSchema.safeParse(item);
    if (!result.success)
      problems.push(...result.error.issues.map((issue) => problemOf(issue, nameOf(item, index), index)));
    else if (first.has(result.data.Id)) about(index, 'Id', `Id "${result.data.Id}" is given twice`);
    else {
      configurations.push(result.data);
      first.set(result.data.Id, index);
    }
  }
  return { group: { ...of, configurations }, problems };
}

function nameOf(item: unknown, index: number): string {
  const id = typeof item === 'object' && item !== null && 'Id' in item ? item.Id : undefined;
  return typeof id === 'string' ? id : `configuration ${index + 1}`;
}

function problemOf(
  { path, message }: z.core.$ZodIssue,
  where: string,
  configuration: number | undefined,
): GroupProblem {
  const field = path.map(String).join('.');
  return {
    configuration,
    field,
    message,
    text: `${[where, field].filter((part) => part !== '').join('.')}: ${message}`,
  };
}
