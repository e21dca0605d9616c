import { packagingFields, type PackagingField } from '../src/domain/packaging-fields.js';
import { verdicts } from '../src/packager/presentation/supported-fields.js';

/** The reference of the configuration language: every field, what it may be, and what becomes of it here. */
export function packagingConfigurationPage(
  note: string,
  table: (titles: string[], rows: string[][]) => string,
): string {
  const fields = packagingFields().filter(({ field }) => !field.includes('StreamSelection.'));
  const types = ['HlsPackage', 'CmafPackage', 'DashPackage', 'MssPackage'];
  const isBelow = (field: string, type: string) => field === type || field.startsWith(`${type}.`);
  const rowsOf = (wanted: (field: string) => boolean) =>
    fields
      .filter(({ field }) => wanted(field))
      .map((field) => [
        `\`${field.field.split('.').slice(1).join('.') || field.field}\``,
        allowed(field),
        field.meaning,
        verdictOf(field.field),
      ]);
  const titles = ['Field', 'Allowed', 'What it does here', ''];
  return [
    '# Packaging configurations',
    note,
    'A packaging configuration is the JSON of AWS Elemental MediaPackage VOD (API version 2018-11-07), the only language in which packaging is configured: `--config` of',
    '`reelway package`, packaging groups in files and of the API, and `/mediapackage-vod`. Both casings are read (`HlsManifests`, `hlsManifests`). A file holds one, an array of',
    'them, or `{ "PackagingGroup": { "Id": ... }, "PackagingConfigurations": [...] }`; what the AWS CLI and SDKs print of one or of a list may be used as it is, and of a resource',
    'of CloudFormation its properties. An unknown field is refused, and so is every field that cannot be honoured: by its name, before anything is written; nothing is left out',
    'in silence. A field that is null is not there.\n',
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
    '`MinVideoBitsPerSecond` and `MaxVideoBitsPerSecond` bound the video renditions that are taken, both inclusive; sound alone always is. A rendition has the bit rate that',
    'the multivariant playlist says of it (`BANDWIDTH`, with its sound); of MP4s that of the pictures, and where there is no such playlist, limits are refused. `StreamOrder` is',
    '`ORIGINAL` (the default), `VIDEO_BITRATE_ASCENDING` or `VIDEO_BITRATE_DESCENDING`.\n',
  ].join('\n');
}

function allowed(field: PackagingField): string {
  return `${kindOf(field)}${field.standard === undefined ? '' : `; default \`${field.standard}\``}`;
}

function kindOf({ kind, choices, least, most }: PackagingField): string {
  const quoted = choices.map((value) => `\`${value}\``).join(', ');
  switch (kind) {
    case 'choice':
      return quoted;
    case 'choices':
      return `list of ${quoted}`;
    case 'flag':
      return '`true`, `false`';
    case 'number':
      return `whole number${least === undefined ? '' : `, from ${least}`}${most === undefined ? '' : ` to ${most}`}`;
    case 'text':
    case 'list':
    case 'object':
      return kind;
  }
}

function verdictOf(field: string): string {
  const verdict = verdicts[field as keyof typeof verdicts];
  return verdict === 'honoured' ? 'honoured' : `refused${verdict.unless ? ' unless `false`' : ''}: ${verdict.refused}`;
}
