import { z } from 'zod';
import { packagingConfigurationSchema, type PackagingConfiguration } from '../src/domain/packaging-configuration.js';
import { verdicts, type FieldPath } from '../src/packager/presentation/supported-fields.js';

/** What each field does here; the compiler wants a line for each field that the schema gains. */
const meanings: Record<FieldPath<PackagingConfiguration>, string> = {
  Id: 'names the folder of the endpoint below the asset',
  PackagingGroupId: 'read, and of no effect',
  Tags: 'kept, and of no effect',
  Arn: 'read, and of no effect',
  CreatedAt: 'read, and of no effect',

  HlsPackage: 'HLS with MPEG-TS segments',
  'HlsPackage.Encryption': 'SPEKE keys for AES-128 or SAMPLE-AES',
  'HlsPackage.SegmentDurationSeconds': 'rounded to the nearest multiple of the cut of the source',
  'HlsPackage.UseAudioRenditionGroup': 'sound in renditions of its own; else in the segments of the picture',
  'HlsPackage.IncludeDvbSubtitles': 'DVB subtitles of the source',
  'HlsPackage.HlsManifests': 'one multivariant playlist each',
  'HlsPackage.HlsManifests.ManifestName': 'name of the file, without `.m3u8`',
  'HlsPackage.HlsManifests.AdMarkers':
    'NONE: no markers. SCTE35_ENHANCED: cue tags of our own from SCTE-35. PASSTHROUGH: the tags of the source',
  'HlsPackage.HlsManifests.IncludeIframeOnlyStream': 'playlists of key pictures for trick play',
  'HlsPackage.HlsManifests.ProgramDateTimeIntervalSeconds':
    'seconds between `EXT-X-PROGRAM-DATE-TIME`; the source must have them',
  'HlsPackage.HlsManifests.RepeatExtXKey': 'without encryption there is no key to repeat',
  'HlsPackage.HlsManifests.StreamSelection': 'video bit rates from and to, and the order of renditions',

  CmafPackage: 'HLS with CMAF segments',
  'CmafPackage.Encryption': 'SPEKE keys for SAMPLE-AES',
  'CmafPackage.SegmentDurationSeconds': 'rounded to the nearest multiple of the cut of the source',
  'CmafPackage.IncludeEncoderConfigurationInSegments': 'parameter sets in every segment (`avc3`, `hev1`)',
  'CmafPackage.TextFormat': 'a field of ours: the form of subtitles; default WEBVTT, with DashManifests WVTT',
  'CmafPackage.HlsManifests': 'one multivariant playlist each',
  'CmafPackage.HlsManifests.ManifestName': 'name of the file, without `.m3u8`',
  'CmafPackage.HlsManifests.AdMarkers': 'as in HlsPackage',
  'CmafPackage.HlsManifests.IncludeIframeOnlyStream': 'playlists of key pictures for trick play',
  'CmafPackage.HlsManifests.ProgramDateTimeIntervalSeconds': 'as in HlsPackage',
  'CmafPackage.HlsManifests.RepeatExtXKey': 'without encryption there is no key to repeat',
  'CmafPackage.HlsManifests.StreamSelection': 'as in HlsPackage',
  'CmafPackage.DashManifests': 'a field of ours: MPDs beside the playlists, over the same segments (`--format both`)',
  'CmafPackage.DashManifests.ManifestName': 'name of the file, without `.mpd`',
  'CmafPackage.DashManifests.ManifestLayout': 'as in DashPackage',
  'CmafPackage.DashManifests.Profile': 'as in DashPackage',
  'CmafPackage.DashManifests.MinBufferTimeSeconds': 'as in DashPackage',
  'CmafPackage.DashManifests.ScteMarkersSource': 'as in DashPackage',
  'CmafPackage.DashManifests.StreamSelection': 'as in HlsPackage',

  DashPackage: 'DASH with CMAF segments',
  'DashPackage.Encryption': 'SPEKE keys for Common Encryption',
  'DashPackage.SegmentDurationSeconds': 'rounded to the nearest multiple of the cut of the source',
  'DashPackage.SegmentTemplateFormat': 'how segments are addressed; default NUMBER_WITH_TIMELINE',
  'DashPackage.PeriodTriggers': 'ADS: a Period begins and ends where SCTE-35 says so; not with NUMBER_WITH_DURATION',
  'DashPackage.IncludeIframeOnlyStream': 'a trick-play adaptation set; segments must begin with key pictures',
  'DashPackage.IncludeEncoderConfigurationInSegments': 'parameter sets in every segment (`avc3`, `hev1`)',
  'DashPackage.TextFormat': 'a field of ours: the form of subtitles',
  'DashPackage.DashManifests': 'one MPD each',
  'DashPackage.DashManifests.ManifestName': 'name of the file, without `.mpd`',
  'DashPackage.DashManifests.ManifestLayout':
    'FULL: what is common stands in every representation. COMPACT: once, in the adaptation set',
  'DashPackage.DashManifests.Profile': 'HBBTV_1_5: what HbbTV 1.5 asks for',
  'DashPackage.DashManifests.MinBufferTimeSeconds': '`minBufferTime`; default: what the segments need',
  'DashPackage.DashManifests.ScteMarkersSource': 'where markers come from: the segments, or the playlist of the source',
  'DashPackage.DashManifests.StreamSelection': 'as in HlsPackage',

  MssPackage: 'Smooth Streaming, static',
  'MssPackage.Encryption': 'SPEKE keys for PlayReady',
  'MssPackage.SegmentDurationSeconds': 'rounded to the nearest multiple of the cut of the source',
  'MssPackage.MssManifests': 'one client manifest each',
  'MssPackage.MssManifests.ManifestName': 'name of the folder, without `.ism`',
  'MssPackage.MssManifests.StreamSelection': 'as in HlsPackage',
};

/** The reference of the configuration language: every field, what it may be, and what becomes of it here. */
export function packagingConfigurationPage(
  note: string,
  table: (titles: string[], rows: string[][]) => string,
): string {
  const schema = z.toJSONSchema(packagingConfigurationSchema, { io: 'input' }) as JsonSchema;
  const types = ['HlsPackage', 'CmafPackage', 'DashPackage', 'MssPackage'];
  const isBelow = (field: string, type: string) => field === type || field.startsWith(`${type}.`);
  const rowsOf = (wanted: (field: string) => boolean) =>
    Object.entries(meanings)
      .filter(([field]) => wanted(field))
      .map(([field, meaning]) => [
        `\`${field.split('.').slice(1).join('.') || field}\``,
        allowed(schema, field),
        meaning,
        verdictOf(field),
      ]);
  const titles = ['Field', 'Allowed', 'What it does here', ''];
  return [
    '# Packaging configurations',
    note,
    'A packaging configuration is the JSON of AWS Elemental MediaPackage VOD (API version 2018-11-07), the only language in which packaging is configured: `--config` of',
    '`reelway package`, packaging groups in files and of the API, and `/mediapackage-vod`. Both casings are read (`HlsManifests`, `hlsManifests`). A file holds one, an array of',
    'them, or `{ "PackagingGroup": { "Id": ... }, "PackagingConfigurations": [...] }`. An unknown field is refused, and so is every field that cannot be honoured: by its name,',
    'before any work; nothing is left out in silence.\n',
    table(
      titles,
      rowsOf((field) => !types.some((type) => isBelow(field, type))),
    ),
    '\nExactly one of the four packages is needed.',
    ...types.flatMap((type) => [
      `\n## ${type}\n`,
      table(
        titles,
        rowsOf((field) => isBelow(field, type)),
      ),
    ]),
    '\n## StreamSelection\n',
    '`MinVideoBitsPerSecond` and `MaxVideoBitsPerSecond` bound the video renditions that are taken, both inclusive; `StreamOrder` is `ORIGINAL`,',
    '`VIDEO_BITRATE_ASCENDING` or `VIDEO_BITRATE_DESCENDING`.\n',
  ].join('\n');
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly default?: string;
}

function allowed(root: JsonSchema, field: string): string {
  const schema = field
    .split('.')
    .reduce<JsonSchema | undefined>((at, name) => (at?.items ?? at)?.properties?.[name], root);
  if (!schema) throw new Error(`the schema has no field ${field}`);
  const standard = schema.default === undefined ? '' : `; default \`${schema.default}\``;
  return `${kindOf(schema)}${standard}`;
}

function kindOf(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return schema.items?.enum ? `list of ${kindOf(schema.items)}` : 'list';
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'integer') {
    const least = schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + 1);
    const most =
      schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${schema.maximum}`;
    return `whole number${least === undefined ? '' : `, from ${least}`}${most}`;
  }
  return schema.type === 'string' ? 'text' : 'object';
}

function verdictOf(field: string): string {
  const verdict = verdicts[field as keyof typeof verdicts];
  return verdict === 'honoured' ? 'honoured' : `refused${verdict.unless ? ' unless `false`' : ''}: ${verdict.refused}`;
}
