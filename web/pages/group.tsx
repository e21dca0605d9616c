import { useEffect, useId, useMemo, useState, type FormEvent } from 'react';
import type { GroupValidation, PackagingField, PackagingGroup } from '../../src/api/contract/packaging';
import { send } from '../api';
import { ConfigurationForm } from '../packaging/configuration-form';
import { configurationsOf, newConfiguration, withConfigurations } from '../packaging/document';
import { formatName } from '../packaging/formats';
import { useVerdict } from '../packaging/use-verdict';
import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { go, Link } from '../router';
import { useAction, useResource } from '../use-resource';

/** What a new group begins as: HLS over CMAF, and DASH. */
const example = written([
  { Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 6, HlsManifests: [{ ManifestName: 'index' }] } },
  { Id: 'dash', DashPackage: { SegmentDurationSeconds: 6, DashManifests: [{ ManifestName: 'index' }] } },
]);

/** A packaging group as a form and as JSON, which are two views of one text, with its problems while it is written. */
export function GroupPage({ id }: { /** undefined: a new one */ readonly id: string | undefined }) {
  const { data, problem } = useResource<PackagingGroup>(
    id === undefined ? undefined : `api/packaging-groups/${encodeURIComponent(id)}`,
  );
  const [name, setName] = useState('');
  const [text, setText] = useState(id === undefined ? example : '');
  const [saved, setSaved] = useState(false);
  const ids = { name: useId(), json: useId(), problems: useId() };
  const verdict = useVerdict(text);
  const maySave = useMay('admin');

  useEffect(() => {
    if (data) setText(written(data.file));
  }, [data]);
  const save = useAction(async () => {
    const to = id ?? name;
    await send('PUT', `api/packaging-groups/${encodeURIComponent(to)}`, JSON.parse(text));
    setSaved(true);
    if (id === undefined) go('groups', to);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.run();
  };
  const edit = (next: string) => {
    setText(next);
    setSaved(false);
  };
  if (id !== undefined && !data)
    return (
      <>
        <h1>{id}</h1>
        <ProblemView problem={problem} />
      </>
    );
  return (
    <>
      <div className="title">
        <h1>{id ?? 'New packaging group'}</h1>
        <Link to={['groups']}>All groups</Link>
      </div>
      <ProblemView problem={problem} />
      <form onSubmit={submit} className="fields wide">
        {id === undefined && (
          <div className="narrow">
            <label htmlFor={ids.name}>Id of the group</label>
            <input
              id={ids.name}
              required
              pattern="[A-Za-z0-9_\-]{1,256}"
              title="letters, digits, _ and -"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
        )}
        <div className="verdict" id={ids.problems} role="status">
          <Verdict verdict={verdict} />
        </div>
        <div className="beside editor">
          <Configurations text={text} problems={verdict?.fields ?? []} onChange={edit} mayEdit={maySave} />
          <div className="json">
            <label htmlFor={ids.json}>Packaging configurations (JSON)</label>
            <textarea
              id={ids.json}
              rows={28}
              spellCheck={false}
              readOnly={!maySave}
              value={text}
              aria-invalid={verdict?.valid === false}
              aria-describedby={ids.problems}
              onChange={(event) => edit(event.target.value)}
            />
          </div>
        </div>
        <ProblemView problem={save.problem} />
        <div className="actions save">
          {maySave ? (
            <button type="submit" className="main" disabled={save.busy || verdict?.valid !== true}>
              Save
            </button>
          ) : (
            <p className="hint">Tokens of admins change packaging groups.</p>
          )}
          {saved && <span role="status">Saved.</span>}
        </div>
      </form>
    </>
  );
}

interface ConfigurationsProps {
  readonly text: string;
  readonly problems: GroupValidation['fields'];
  readonly onChange: (text: string) => void;
  readonly mayEdit: boolean;
}

/** The form: it reads the text and writes it anew. */
function Configurations({ text, problems, onChange, mayEdit }: ConfigurationsProps) {
  const { data: fields, problem } = useResource<readonly PackagingField[]>('api/packaging-fields');
  const file = useMemo(() => readJson(text), [text]);
  const configurations = configurationsOf(file);
  if (problem) return <ProblemView problem={problem} />;
  if (file === undefined) return <p className="none">The text is no JSON now; the form is back when it can be read.</p>;
  if (!configurations)
    return (
      <p className="none">The configurations of this group are MediaPackage’s own: there is nothing to fill in.</p>
    );
  if (!fields) return <p className="hint">The form is being made …</p>;
  const change = (list: readonly unknown[]) => onChange(written(withConfigurations(file, list)));
  return (
    <fieldset className="plain" disabled={!mayEdit}>
      <legend className="unseen">Packaging configurations</legend>
      {configurations.map((configuration, index) => (
        <ConfigurationForm
          key={index}
          {...{ fields, configuration, number: index + 1 }}
          problems={problems.filter((each) => each.configuration === index)}
          onChange={(next) => change(configurations.map((each, at) => (at === index ? next : each)))}
          onRemove={
            configurations.length > 1 ? () => change(configurations.filter((_, at) => at !== index)) : undefined
          }
        />
      ))}
      <button type="button" onClick={() => change([...configurations, newConfiguration(configurations)])}>
        Add a configuration
      </button>
    </fieldset>
  );
}

function Verdict({ verdict }: { readonly verdict: GroupValidation | undefined }) {
  if (!verdict) return <p className="hint">Checking …</p>;
  if (!verdict.valid)
    return (
      <div className="problem">
        <strong>{verdict.problems.length === 1 ? '1 problem' : `${verdict.problems.length} problems`}</strong>
        <ul>
          {verdict.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      </div>
    );
  const made = verdict.configurations.map(({ id, type }) => `${id} (${formatName(type)})`).join(', ');
  return (
    <p>
      <span className="good">This server can honour all of it.</span> {made !== '' && `Made of each asset: ${made}.`}
    </p>
  );
}

function written(file: unknown): string {
  return JSON.stringify(file, undefined, 2);
}

/** undefined: it is none, now */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
