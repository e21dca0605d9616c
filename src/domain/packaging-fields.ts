import { z } from 'zod';
import {
  packagingConfigurationSchema,
  type FieldPath,
  type PackagingConfiguration,
} from './packaging-configuration.js';

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
  'HlsPackage.SegmentLayout':
    'a field of ours: `SINGLE_FILE` puts the segments of a rendition into one object (`--single-file`); default SEGMENTS',
  'HlsPackage.UseAudioRenditionGroup':
    'sound in renditions of its own, in the groups that the source has; default: where the source has it, in the segments of the picture if all pictures have it so',
  'HlsPackage.IncludeDvbSubtitles': 'DVB subtitles of the source',
  'HlsPackage.HlsManifests': 'one multivariant playlist each',
  'HlsPackage.HlsManifests.ManifestName': 'name of the file, without `.m3u8`',
  'HlsPackage.HlsManifests.AdMarkers':
    'NONE: no markers. SCTE35_ENHANCED: cue tags of our own from SCTE-35. PASSTHROUGH: the tags of the source. Default NONE',
  'HlsPackage.HlsManifests.IncludeIframeOnlyStream': 'playlists of key pictures for trick play',
  'HlsPackage.HlsManifests.ProgramDateTimeIntervalSeconds':
    'seconds between `EXT-X-PROGRAM-DATE-TIME`, which the source must have; 0, as by default: none. No ID3 of times is added',
  'HlsPackage.HlsManifests.RepeatExtXKey': 'without encryption there is no key to repeat',
  'HlsPackage.HlsManifests.StreamSelection': 'video bit rates from and to, and the order of renditions',

  CmafPackage: 'HLS with CMAF segments',
  'CmafPackage.Encryption': 'SPEKE keys for SAMPLE-AES',
  'CmafPackage.SegmentDurationSeconds': 'rounded to the nearest multiple of the cut of the source',
  'CmafPackage.SegmentLayout': 'as in HlsPackage, with a `sidx`; segments of WebVTT stay apart',
  'CmafPackage.IncludeEncoderConfigurationInSegments': 'parameter sets in every segment (`avc3`, `hev1`)',
  'CmafPackage.TextFormat': 'a field of ours: the form of subtitles; default WEBVTT, with DashManifests STPP',
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
  'DashPackage.SegmentLayout':
    'as in HlsPackage, with a `sidx`: the on-demand profile. Not with SegmentTemplateFormat, PeriodTriggers, COMPACT, HBBTV_1_5',
  'DashPackage.SegmentTemplateFormat': 'how segments are addressed; default NUMBER_WITH_TIMELINE',
  'DashPackage.PeriodTriggers': 'ADS: a Period begins and ends where SCTE-35 says so; not with NUMBER_WITH_DURATION',
  'DashPackage.IncludeIframeOnlyStream': 'a trick-play adaptation set; segments must begin with key pictures',
  'DashPackage.IncludeEncoderConfigurationInSegments': 'parameter sets in every segment (`avc3`, `hev1`)',
  'DashPackage.TextFormat': 'a field of ours: the form of subtitles',
  'DashPackage.DashManifests': 'one MPD each',
  'DashPackage.DashManifests.ManifestName': 'name of the file, without `.mpd`',
  'DashPackage.DashManifests.ManifestLayout':
    'FULL, the default: what is common stands in every representation. COMPACT: once, in the adaptation set',
  'DashPackage.DashManifests.Profile': 'HBBTV_1_5: what HbbTV 1.5 asks for; default NONE',
  'DashPackage.DashManifests.MinBufferTimeSeconds': '`minBufferTime`; default: what the segments need',
  'DashPackage.DashManifests.ScteMarkersSource':
    'where markers come from: the segments, or the playlist of the source; default: the segments if they have any',
  'DashPackage.DashManifests.StreamSelection': 'as in HlsPackage',

  MssPackage: 'Smooth Streaming, static',
  'MssPackage.Encryption': 'SPEKE keys for PlayReady',
  'MssPackage.SegmentDurationSeconds': 'rounded to the nearest multiple of the cut of the source',
  'MssPackage.MssManifests':
    'one client manifest; a second one is refused, as fragments lie beside the one that names them',
  'MssPackage.MssManifests.ManifestName': 'name of the folder, without `.ism`',
  'MssPackage.MssManifests.StreamSelection': 'as in HlsPackage',
};

/** Of every `StreamSelection`, which is decided on as a whole. */
const selectionMeanings: Readonly<Record<string, string>> = {
  MinVideoBitsPerSecond: 'video renditions from this bit rate on',
  MaxVideoBitsPerSecond: 'video renditions up to this bit rate',
  StreamOrder: 'order of the renditions in the manifest',
};

/** A field of the configuration language, as forms and documentation show it. */
export interface PackagingField {
  /** `CmafPackage.HlsManifests.AdMarkers` */
  readonly field: string;
  /** `choices`: any of them, as a list; `list`: of objects, whose fields follow */
  readonly kind: 'text' | 'number' | 'flag' | 'choice' | 'choices' | 'list' | 'object';
  readonly choices: readonly string[];
  /** undefined: any */
  readonly least: number | undefined;
  readonly most: number | undefined;
  /** What counts when it is left out. */
  readonly standard: string | undefined;
  readonly required: boolean;
  /** What it does here. */
  readonly meaning: string;
}

/** Every field there is, the ones below a field after it. */
export function packagingFields(): readonly PackagingField[] {
  const root = z.toJSONSchema(packagingConfigurationSchema, { io: 'input' }) as JsonSchema;
  return Object.entries(meanings).flatMap(([field, meaning]) => {
    const place = placeOf(root, field);
    const below = field.endsWith('StreamSelection') ? Object.keys(place.schema.properties ?? {}) : [];
    return [
      fieldOf(field, spelledOut(field, meaning), place),
      ...below.map((name) => fieldOf(`${field}.${name}`, selectionMeanings[name] ?? '', placeOf(place.schema, name))),
    ];
  });
}

/** `as in HlsPackage` by the words that stand there. */
function spelledOut(field: string, meaning: string): string {
  const [, other] = /^as in (\w+)$/.exec(meaning) ?? [];
  const name = [other, ...field.split('.').slice(1)].join('.');
  return (meanings as Readonly<Record<string, string>>)[name] ?? meaning;
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

interface Place {
  readonly schema: JsonSchema;
  readonly required: boolean;
}

function placeOf(root: JsonSchema, field: string): Place {
  let place: Place = { schema: root, required: true };
  for (const name of field.split('.')) {
    const holder = place.schema.items ?? place.schema;
    const schema = holder.properties?.[name];
    if (!schema) throw new Error(`the schema has no field ${field}`);
    place = { schema, required: holder.required?.includes(name) ?? false };
  }
  return place;
}

function fieldOf(field: string, meaning: string, { schema, required }: Place): PackagingField {
  const { minimum, exclusiveMinimum, maximum } = schema;
  return {
    ...{ field, meaning, required, kind: kindOf(schema), standard: schema.default },
    choices: schema.enum ?? schema.items?.enum ?? [],
    least: minimum ?? (exclusiveMinimum === undefined ? undefined : exclusiveMinimum + 1),
    most: maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum,
  };
}

function kindOf({ type, enum: choices, items }: JsonSchema): PackagingField['kind'] {
  if (choices) return 'choice';
  if (type === 'array') return items?.enum ? 'choices' : 'list';
  if (type === 'boolean') return 'flag';
  if (type === 'integer') return 'number';
  return type === 'string' ? 'text' : 'object';
}
