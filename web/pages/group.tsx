import { useEffect, useId, useState, type FormEvent } from 'react';
import type { GroupValidation, PackagingGroup } from '../../src/api/contract';
import { send } from '../api';
import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { go } from '../router';
import { useLater } from '../use-later';
import { useAction, useResource } from '../use-resource';

/** What a new group begins as: HLS over CMAF, and DASH. */
const example = JSON.stringify(
  [
    { Id: 'cmaf', CmafPackage: { SegmentDurationSeconds: 6, HlsManifests: [{ ManifestName: 'index' }] } },
    { Id: 'dash', DashPackage: { SegmentDurationSeconds: 6, DashManifests: [{ ManifestName: 'index' }] } },
  ],
  undefined,
  2,
);

/** A packaging group as JSON, with its problems beside it while it is written. */
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
    if (data) setText(JSON.stringify(data.file, undefined, 2));
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
  return (
    <>
      <h1>{id ?? 'New packaging group'}</h1>
      <ProblemView problem={problem} />
      <form onSubmit={submit} className="fields wide">
        {id === undefined && (
          <div>
            <label htmlFor={ids.name}>Id</label>
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
        <div className="beside">
          <div>
            <label htmlFor={ids.json}>Packaging configurations (JSON)</label>
            <textarea
              id={ids.json}
              rows={22}
              spellCheck={false}
              readOnly={!maySave}
              value={text}
              aria-invalid={verdict?.valid === false}
              aria-describedby={ids.problems}
              onChange={(event) => {
                setText(event.target.value);
                setSaved(false);
              }}
            />
          </div>
          <div id={ids.problems} role="status">
            <Verdict verdict={verdict} />
          </div>
        </div>
        <ProblemView problem={save.problem} />
        <div className="actions">
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

/** What the server says of the text, once the typing rests; undefined while it is not known. */
function useVerdict(text: string): GroupValidation | undefined {
  const [verdict, setVerdict] = useState<{ text: string; said: GroupValidation }>();
  const settled = useLater(text, 300);
  useEffect(() => {
    if (settled === '') return undefined;
    let wanted = true;
    judged(settled).then(
      (said) => wanted && setVerdict({ text: settled, said }),
      () => wanted && setVerdict(undefined),
    );
    return () => void (wanted = false);
  }, [settled]);
  return verdict?.text === text ? verdict.said : undefined;
}

function judged(text: string): Promise<GroupValidation> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return Promise.resolve({ valid: false, problems: [(error as Error).message], configurations: [] });
  }
  return send<GroupValidation>('POST', 'api/packaging-groups/validate', json);
}

function Verdict({ verdict }: { readonly verdict: GroupValidation | undefined }) {
  if (!verdict) return <p className="hint">Checking …</p>;
  return (
    <>
      {verdict.valid ? (
        <p className="good">This server can honour all of it.</p>
      ) : (
        <div className="problem">
          <strong>Problems</strong>
          <ul>
            {verdict.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </div>
      )}
      {verdict.configurations.length > 0 && (
        <ul className="rows">
          {verdict.configurations.map(({ id, type }) => (
            <li key={id}>
              <strong>{id}</strong> {formatNames[type] ?? type}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const formatNames: Readonly<Record<string, string>> = {
  HlsPackage: 'HLS (MPEG-TS)',
  CmafPackage: 'HLS over CMAF',
  DashPackage: 'DASH',
  MssPackage: 'Smooth Streaming',
};
