import { useId } from 'react';
import type { GroupValidation, PackagingField } from '../../src/api/contract/packaging';
import { valueAt, withValue, type Path } from './document';

export type FieldProblem = GroupValidation['fields'][number];

/** What a form of a configuration hands down to each of its fields. */
export interface Editing {
  readonly configuration: unknown;
  /** of this configuration */
  readonly problems: readonly FieldProblem[];
  readonly onChange: (configuration: unknown) => void;
}

/** `CmafPackage.HlsManifests.0.AdMarkers` without places in lists, as fields are named. */
export function fieldName(place: string): string {
  return place
    .split('.')
    .filter((step) => !/^\d+$/.test(step))
    .join('.');
}

/** The problems of one place; some are told without the place in a list, and are shown at each. */
export function problemsAt(problems: readonly FieldProblem[], path: Path): readonly FieldProblem[] {
  const place = path.join('.');
  return problems.filter(({ field }) => field === place || field === fieldName(place));
}

export function Wrong({ id, problems }: { readonly id: string; readonly problems: readonly FieldProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul id={id} className="wrong">
      {problems.map(({ field, message }) => (
        <li key={`${field} ${message}`}>{message}</li>
      ))}
    </ul>
  );
}

export interface FieldInputProps extends Editing {
  readonly field: PackagingField;
  readonly path: Path;
}

/** One field with its name in the JSON, what it does, and what is wrong with it. */
export function FieldInput({ field, path, configuration, problems, onChange }: FieldInputProps) {
  const id = useId();
  const value = valueAt(configuration, path);
  const wrong = problemsAt(problems, path);
  const set = (given: unknown) => onChange(withValue(configuration, path, given));
  const described = {
    'aria-describedby': `${id}-hint ${id}-wrong`,
    'aria-invalid': wrong.length > 0,
  };
  const label = String(path.at(-1));
  return (
    <div className={field.kind === 'flag' ? 'field flag' : 'field'} data-field={path.join('.')}>
      {field.kind !== 'choices' && (
        <label htmlFor={id}>
          <code>{label}</code>
        </label>
      )}
      <Control {...{ id, field, value, set, label, described }} />
      <p className="hint" id={`${id}-hint`}>
        {field.meaning.replaceAll('`', '')}
        {field.standard !== null && ` (default ${field.standard})`}
      </p>
      <Wrong id={`${id}-wrong`} problems={wrong} />
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: PackagingField;
  readonly value: unknown;
  readonly set: (value: unknown) => void;
  readonly label: string;
  readonly described: { readonly 'aria-describedby': string; readonly 'aria-invalid': boolean };
}

function Control({ id, field: { kind, choices }, value, set, label, described }: ControlProps) {
  switch (kind) {
    case 'flag':
      return (
        <input
          {...{ id, ...described }}
          type="checkbox"
          checked={value === true}
          onChange={({ target }) => set(target.checked ? true : undefined)}
        />
      );
    case 'choice':
      return (
        <select {...{ id, ...described }} value={textOf(value)} onChange={({ target }) => set(emptied(target.value))}>
          <option value="">default</option>
          {[...new Set([...choices, textOf(value)])]
            .filter((choice) => choice !== '')
            .map((choice) => (
              <option key={choice}>{choice}</option>
            ))}
        </select>
      );
    case 'choices':
      return <Choices {...{ choices, value, set, label }} />;
    case 'number':
      return (
        <input
          {...{ id, ...described }}
          inputMode="numeric"
          value={textOf(value)}
          onChange={({ target }) => set(/^\d{1,15}$/.test(target.value) ? Number(target.value) : emptied(target.value))}
        />
      );
    default:
      return (
        <input
          {...{ id, ...described }}
          value={textOf(value)}
          onChange={({ target }) => set(emptied(target.value))}
          spellCheck={false}
        />
      );
  }
}

function Choices({
  choices,
  value,
  set,
  label,
}: Pick<ControlProps, 'value' | 'set' | 'label'> & { choices: string[] }) {
  const chosen = Array.isArray(value) ? (value as unknown[]) : [];
  return (
    <fieldset className="choices">
      <legend>
        <code>{label}</code>
      </legend>
      {choices.map((choice) => (
        <label key={choice}>
          <input
            type="checkbox"
            checked={chosen.includes(choice)}
            onChange={({ target }) => {
              const next = target.checked ? [...chosen, choice] : chosen.filter((each) => each !== choice);
              set(next.length === 0 ? undefined : next);
            }}
          />{' '}
          {choice}
        </label>
      ))}
    </fieldset>
  );
}

/** What was written, whatever it is: the server says what is wrong with it. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function emptied(text: string): string | undefined {
  return text === '' ? undefined : text;
}
