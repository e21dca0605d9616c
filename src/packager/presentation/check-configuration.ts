import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { PackagerError } from '../errors.js';
import { verdicts } from './supported-fields.js';

const packageTypes = ['HlsPackage', 'CmafPackage', 'DashPackage', 'MssPackage'] as const;

/** Below these the names of fields are not looked at: they are decided on as a whole. */
const wholes = /(^|\.)(Tags|Encryption|StreamSelection)$/;

/**
 * Refuses what would become nothing, or something with a name that nobody gave: a program without types hands over objects as they come, in the casing of the
 * wire, without names, with a field that there is not. (Files and requests are read more strictly, with zod, before.)
 * @throws PackagerError configuration_invalid naming the field
 */
export function checkConfiguration(configuration: PackagingConfiguration): void {
  for (const field of unknownFields(configuration, ''))
    throw invalid(field, `there is no field ${field}; names are written as in HlsManifests, with a capital`);
  const given = packageTypes.filter((type) => configuration[type] !== undefined);
  const [type] = given;
  if (type === undefined || given.length > 1)
    throw invalid('', `exactly one of ${packageTypes.join(', ')} is needed; given: ${given.join(', ') || 'none'}`);
  const { SegmentDurationSeconds: duration, ...lists } = configuration[type] ?? {};
  if (duration !== undefined && !(Number.isInteger(duration) && duration >= 1 && duration <= 3600))
    throw invalid(`${type}.SegmentDurationSeconds`, `a whole number from 1 to 3600 is allowed; given: ${duration}`);
  for (const list of ['HlsManifests', 'DashManifests', 'MssManifests'] as const)
    for (const { ManifestName: name } of (lists as Partial<Record<typeof list, readonly Named[]>>)[list] ?? [])
      if (typeof name !== 'string' || !/^[A-Za-z0-9_-]{1,256}$/.test(name))
        throw invalid(`${type}.${list}.ManifestName`, `letters, digits, _ and - are allowed; given: ${String(name)}`);
}

interface Named {
  readonly ManifestName?: unknown;
}

function* unknownFields(value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) for (const item of value) yield* unknownFields(item, path);
  else if (typeof value === 'object' && value !== null && !wholes.test(path))
    for (const [name, inner] of Object.entries(value)) {
      const field = path === '' ? name : `${path}.${name}`;
      if (Object.hasOwn(verdicts, field)) yield* unknownFields(inner, field);
      else if (inner !== undefined) yield field;
    }
}

function invalid(field: string, reason: string): PackagerError {
  return new PackagerError('configuration_invalid', reason, field === '' ? {} : { field });
}
