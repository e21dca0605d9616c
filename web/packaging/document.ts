import { formats, isFormat, type Format } from './formats';

/** Where a value lies: `['CmafPackage', 'HlsManifests', 0, 'ManifestName']`. */
export type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, unknown>>;

/** A file of a packaging group is one configuration, a list of them, or an object around that list; form and text edit the same one. */
const wrapper = ['PackagingGroup', 'PackagingConfigurations', 'Egress'];

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name as the object has it: `HlsManifests` may be written `hlsManifests`. */
function nameIn(object: Fields, name: string): string {
  const camel = name.charAt(0).toLowerCase() + name.slice(1);
  return !(name in object) && camel in object ? camel : name;
}

function isWrapped(file: unknown): file is Fields {
  return isObject(file) && wrapper.some((name) => nameIn(file, name) in file);
}

/** The configurations of a file; undefined where they are somebody else's (`"Egress": "mediapackage-vod"`) or cannot be told. */
export function configurationsOf(file: unknown): readonly unknown[] | undefined {
  if (Array.isArray(file)) return file as unknown[];
  if (!isObject(file)) return undefined;
  if (!isWrapped(file)) return [file];
  const list = valueAt(file, ['PackagingConfigurations']) ?? [];
  return valueAt(file, ['Egress']) === 'mediapackage-vod' || !Array.isArray(list) ? undefined : list;
}

/** The file with other configurations in the place of its own. */
export function withConfigurations(file: unknown, list: readonly unknown[]): unknown {
  if (isWrapped(file)) return { ...file, [nameIn(file, 'PackagingConfigurations')]: list };
  return list;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => {
    if (Array.isArray(at)) return (at as unknown[])[Number(step)];
    return isObject(at) ? at[nameIn(at, String(step))] : undefined;
  }, value);
}

/** A copy with another value at the path; undefined takes the field out, and with it objects that hold nothing else. */
export function withValue(value: unknown, path: Path, given: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return given;
  if (typeof step === 'number') {
    const list = Array.isArray(value) ? (value as unknown[]) : [];
    if (rest.length === 0 && given === undefined) return list.filter((_, index) => index !== step);
    return Object.assign([...list], { [step]: withValue(list[step], rest, given) ?? {} });
  }
  const object = isObject(value) ? value : {};
  const name = nameIn(object, step);
  const next = withValue(object[name], rest, given);
  if (next !== undefined && !(rest.length > 0 && isEmpty(next))) return { ...object, [name]: next };
  return Object.fromEntries(Object.entries(object).filter(([each]) => each !== name));
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Which of the four packages a configuration has; undefined: none, or several. */
export function formatOf(configuration: unknown): Format | undefined {
  const given = Object.keys(formats).filter((name) => valueAt(configuration, [name]) !== undefined);
  const [only] = given;
  return given.length === 1 && only !== undefined && isFormat(only) ? only : undefined;
}

/** The configuration in another format: with its id, its segments, and its manifests by name and selection, which all formats have. */
export function withFormat(configuration: unknown, format: Format): unknown {
  const before = formatOf(configuration);
  const taken = before && valueAt(configuration, [before]);
  const manifests = before && valueAt(taken, [formats[before].list]);
  const segments = valueAt(taken, ['SegmentDurationSeconds']);
  const kept = Object.entries(isObject(configuration) ? configuration : {}).filter(
    ([name]) => !isFormat(name.charAt(0).toUpperCase() + name.slice(1)),
  );
  return {
    ...Object.fromEntries(kept),
    [format]: {
      ...(segments !== undefined && { SegmentDurationSeconds: segments }),
      [formats[format].list]: (Array.isArray(manifests) ? (manifests as unknown[]) : [{}]).map((manifest) => {
        const selection = valueAt(manifest, ['StreamSelection']);
        return {
          ManifestName: valueAt(manifest, ['ManifestName']) ?? 'index',
          ...(selection !== undefined && { StreamSelection: selection }),
        };
      }),
    },
  };
}

/** What a configuration that is added begins as, under an id that is free. */
export function newConfiguration(others: readonly unknown[]): unknown {
  const taken = new Set(others.map((configuration) => valueAt(configuration, ['Id'])));
  const has = (format: Format) => others.some((configuration) => formatOf(configuration) === format);
  const format = (Object.keys(formats) as Format[]).find((each) => !has(each)) ?? 'CmafPackage';
  const name = format.replace('Package', '').toLowerCase();
  let id = name;
  for (let n = 2; taken.has(id); n++) id = `${name}-${n}`;
  return withFormat({ Id: id, [format]: { SegmentDurationSeconds: 6 } }, format);
}
