import { useId, useState } from 'react';
import type { PackagingField } from '../../src/api/contract/packaging';
import { formatOf, valueAt, withFormat, withValue, type Path } from './document';
import { FieldInput, fieldName, problemsAt, Wrong, type Editing } from './field-input';
import { formats, isFormat, type Format } from './formats';

/** What is asked for first; the rest is behind "More". */
const first = new Set(['SegmentDurationSeconds', 'ManifestName']);

export interface ConfigurationFormProps extends Editing {
  readonly fields: readonly PackagingField[];
  readonly number: number;
  /** absent: it is the last one */
  readonly onRemove: (() => void) | undefined;
}

/** One configuration: its id, its format, and the fields of that format, each with what is wrong with it. */
export function ConfigurationForm({ fields, number, onRemove, ...editing }: ConfigurationFormProps) {
  const { configuration, problems, onChange } = editing;
  const id = useId();
  const format = formatOf(configuration);
  const ofFormat = fields.filter(({ field }) => format !== undefined && field.startsWith(`${format}.`));
  const idField = fields.find(({ field }) => field === 'Id');
  const shown = new Set(['Id', ...ofFormat.filter(({ refused }) => refused === null).map(({ field }) => field)]);
  const elsewhere = problems.filter(({ field }) => !shown.has(fieldName(field)));
  const name = valueAt(configuration, ['Id']);
  return (
    <section className="card configuration" aria-labelledby={`${id}-title`}>
      <div className="head">
        <h2 id={`${id}-title`}>{typeof name === 'string' && name !== '' ? name : `Configuration ${number}`}</h2>
        {onRemove && (
          <button type="button" className="quiet" onClick={onRemove}>
            Remove<span className="unseen"> configuration {number}</span>
          </button>
        )}
      </div>
      <div className="grid">
        {idField && <FieldInput field={idField} path={['Id']} {...editing} />}
        <div className="field">
          <label htmlFor={`${id}-format`}>Format</label>
          <select
            id={`${id}-format`}
            value={format ?? ''}
            aria-describedby={`${id}-wrong`}
            onChange={({ target }) => isFormat(target.value) && onChange(withFormat(configuration, target.value))}
          >
            {format === undefined && <option value="">none, or several</option>}
            {Object.entries(formats).map(([type, { name: words }]) => (
              <option key={type} value={type}>
                {words}
              </option>
            ))}
          </select>
          <Wrong id={`${id}-wrong`} problems={elsewhere} />
        </div>
        {format !== undefined && <Fields fields={ofFormat} path={[format]} {...editing} />}
      </div>
      {format !== undefined &&
        ofFormat
          .filter(({ kind, refused }) => kind === 'list' && refused === null)
          .map((list) => <Manifests key={list.field} {...{ list, format, fields: ofFormat }} {...editing} />)}
    </section>
  );
}

interface FieldsProps extends Editing {
  readonly fields: readonly PackagingField[];
  /** of what holds the fields */
  readonly path: Path;
}

/** The fields right below a path, and those of its StreamSelection; the usual ones first, the others behind "More". */
function Fields({ fields, path, ...editing }: FieldsProps) {
  const holder = fieldName(path.join('.'));
  const own = fields.flatMap((field) => {
    const below = field.field.startsWith(`${holder}.`) ? field.field.slice(holder.length + 1).split('.') : [];
    const isOwn = below.length === 1 || (below.length === 2 && below[0] === 'StreamSelection');
    return isOwn && field.kind !== 'list' && (field.kind !== 'object' || field.refused !== null)
      ? [{ field, path: [...path, ...below] }]
      : [];
  });
  const isSet = (at: Path) => valueAt(editing.configuration, at) !== undefined;
  const honoured = own.filter(({ field }) => field.refused === null);
  const more = honoured.filter(({ field }) => !first.has(lastOf(field.field)));
  const count = more.filter(({ path: at }) => isSet(at)).length;
  const isWrong = more.some(({ path: at }) => problemsAt(editing.problems, at).length > 0);
  const [open, setOpen] = useState(count > 0);
  return (
    <>
      {honoured
        .filter((each) => !more.includes(each))
        .map((each) => (
          <FieldInput key={each.field.field} {...each} {...editing} />
        ))}
      {own
        .filter(({ field, path: at }) => field.refused !== null && isSet(at))
        .map((each) => (
          <Refused key={each.field.field} {...each} {...editing} />
        ))}
      {more.length > 0 && (
        <details className="more" open={open || isWrong} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>
            More{count > 0 && ` (${count} set)`}
            <span className="unseen"> of {path.join(' ')}</span>
          </summary>
          <div className="grid">
            {more.map((each) => (
              <FieldInput key={each.field.field} {...each} {...editing} />
            ))}
          </div>
        </details>
      )}
    </>
  );
}

/** A field that is in the JSON although this server cannot honour it. */
function Refused({ field, path, configuration, onChange }: Editing & { field: PackagingField; path: Path }) {
  return (
    <div className="field" data-field={path.join('.')}>
      <code>{path.at(-1)}</code>
      <ul className="wrong">
        <li>{field.refused}</li>
      </ul>
      <button type="button" onClick={() => onChange(withValue(configuration, path, undefined))}>
        Take it out
      </button>
    </div>
  );
}

interface ManifestsProps extends Editing {
  readonly list: PackagingField;
  readonly format: Format;
  readonly fields: readonly PackagingField[];
}

function Manifests({ list, format, fields, ...editing }: ManifestsProps) {
  const { configuration, problems, onChange } = editing;
  const id = useId();
  const listName = lastOf(list.field);
  const path = [format, listName];
  const words = listName.replace('Manifests', '').toUpperCase();
  const given = valueAt(configuration, path);
  const manifests = Array.isArray(given) ? (given as unknown[]) : [];
  const remove = (index: number) => {
    const rest = manifests.filter((_, at) => at !== index);
    onChange(withValue(configuration, path, rest.length === 0 && !list.required ? undefined : rest));
  };
  return (
    <>
      <Wrong id={`${id}-wrong`} problems={problems.filter(({ field }) => fieldName(field) === list.field)} />
      {manifests.map((_, index) => (
        <fieldset key={index} className="manifest">
          <legend>
            {words} manifest {manifests.length > 1 && index + 1}
            {(manifests.length > 1 || !list.required) && (
              <button type="button" className="quiet" onClick={() => remove(index)}>
                Remove<span className="unseen"> manifest {index + 1}</span>
              </button>
            )}
          </legend>
          <div className="grid">
            <Fields fields={fields} path={[...path, index]} {...editing} />
          </div>
        </fieldset>
      ))}
      <button
        type="button"
        className="quiet"
        onClick={() => onChange(withValue(configuration, path, [...manifests, newManifest(manifests)]))}
      >
        Add {manifests.length > 0 ? 'another' : words === 'HLS' ? 'an' : 'a'} {words} manifest
      </button>
    </>
  );
}

/** Under a name that none of the others has. */
function newManifest(others: readonly unknown[]): unknown {
  const taken = new Set(others.map((manifest) => valueAt(manifest, ['ManifestName']) ?? 'index'));
  let name = 'index';
  for (let n = 2; taken.has(name); n++) name = `index-${n}`;
  return { ManifestName: name };
}

function lastOf(field: string): string {
  return field.slice(field.lastIndexOf('.') + 1);
}
