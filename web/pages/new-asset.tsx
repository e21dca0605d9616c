import { useEffect, useId, useState, type FormEvent } from 'react';
import type { Submitted } from '../../src/api/contract';
import { send } from '../api';
import { ProblemView } from '../parts/problem-view';
import { useMay } from '../role';
import { go } from '../router';
import { useAction, useResource } from '../use-resource';

/** Asks for an asset: a source, an id, and the packaging group that says what is made of it. */
export function NewAssetPage() {
  const mayMake = useMay('operator');
  const { data: groups, problem } = useResource<readonly string[]>('api/packaging-groups');
  const [source, setSource] = useState('');
  const [id, setId] = useState('');
  const [ownId, setOwnId] = useState(false);
  const [group, setGroup] = useState('');
  const [path, setPath] = useState('vod');
  const ids = { source: useId(), id: useId(), group: useId(), path: useId(), sourceHint: useId() };

  useEffect(() => {
    if (group === '' && groups?.[0] !== undefined) setGroup(groups[0]);
  }, [group, groups]);
  const action = useAction(async () => {
    const request = { id, packagingGroupId: group, source: source.trim(), destination: { path } };
    const { job } = await send<Submitted>('POST', 'api/assets', request);
    go('jobs', job);
  });
  const changeSource = (text: string) => {
    setSource(text);
    if (!ownId) setId(idFor(text));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.run();
  };
  return (
    <>
      <h1>New asset</h1>
      <ProblemView problem={problem} />
      <form onSubmit={submit} className="fields">
        <div>
          <label htmlFor={ids.source}>Source</label>
          <input
            id={ids.source}
            required
            value={source}
            aria-describedby={ids.sourceHint}
            onChange={(event) => changeSource(event.target.value)}
          />
          <p className="hint" id={ids.sourceHint}>
            A playlist as <code>https://…</code>, <code>s3://bucket/key</code>, or an absolute path on the server.
          </p>
        </div>
        <div>
          <label htmlFor={ids.id}>Id</label>
          <input
            id={ids.id}
            required
            pattern="[A-Za-z0-9_\-]{1,256}"
            title="letters, digits, _ and -"
            value={id}
            onChange={(event) => {
              setOwnId(event.target.value !== '');
              setId(event.target.value);
            }}
          />
        </div>
        <div>
          <label htmlFor={ids.group}>Packaging group</label>
          {groups?.length === 0 ? (
            <p>
              There is none yet: <a href="#/groups/new">make one</a>.
            </p>
          ) : (
            <select id={ids.group} required value={group} onChange={(event) => setGroup(event.target.value)}>
              {groups?.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </div>
        <div>
          <label htmlFor={ids.path}>Folder in the storage</label>
          <input id={ids.path} value={path} onChange={(event) => setPath(event.target.value)} />
        </div>
        <ProblemView problem={action.problem} />
        <button type="submit" className="main" disabled={action.busy || group === '' || !mayMake}>
          Make it
        </button>
      </form>
    </>
  );
}

/** `https://host/2026/lecture 1/master.m3u8` as `lecture-1`: the file's name, or its folder's where the file is named as all are. */
export function idFor(source: string): string {
  const names = source
    .replace(/[?#].*/s, '')
    .split('/')
    .filter((part) => part !== '');
  const file = (names.at(-1) ?? '').replace(/\.[A-Za-z0-9]{2,4}$/, '');
  const name = /^(index|master|main|playlist|manifest)$/i.test(file) ? (names.at(-2) ?? file) : file;
  return name
    .replace(/%20/g, '-')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 256);
}
