import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import type { Submitted } from '../../src/api/contract';
import type { Uploaded, UploadRules } from '../../src/api/contract/packaging';
import { assetIdOf } from '../../src/view/asset-id';
import { ApiProblem, get, send } from '../api';
import { formatBytes, formatDuration } from '../format';
import { go } from '../router';
import { fileProblem, upload, type Uploading } from '../upload';
import { useAction, useResource } from '../use-resource';
import type { Dropped } from './drop-zone';
import { ProblemView } from './problem-view';

export interface AssetFormProps {
  /** what was dropped; the form is made anew for each */
  readonly dropped: Dropped | undefined;
}

/** Asks for an asset: a source, which is uploaded first if it is a file, an id, and the packaging group that says what is made of it. */
export function AssetForm({ dropped }: AssetFormProps) {
  const file = dropped && 'file' in dropped ? dropped.file : undefined;
  const { data: groups, problem } = useResource<readonly string[]>('api/packaging-groups');
  const [source, setSource] = useState(dropped && 'address' in dropped ? dropped.address : '');
  const [id, setId] = useState(assetIdOf(file?.name ?? source));
  const [ownId, setOwnId] = useState(false);
  const [group, setGroup] = useState('');
  const [path, setPath] = useState('vod');
  const [sent, setSent] = useState<Sent>();
  const uploading = useRef<Uploading>(undefined);
  const uploaded = useRef<{ id: string } & Uploaded>(undefined);
  const button = useRef<HTMLButtonElement>(null);
  const field = useId();

  useEffect(() => {
    if (group === '' && groups?.[0] !== undefined) setGroup(groups[0]);
  }, [group, groups]);
  // What was dropped has all that it needs: Enter is enough. Whoever has gone to a field while the groups were asked for stays there.
  useEffect(() => {
    const isFilling = button.current?.form?.contains(document.activeElement);
    if (dropped && group !== '' && !isFilling) button.current?.focus();
  }, [dropped, group]);
  // Whoever leaves the page leaves the upload.
  useEffect(() => () => uploading.current?.cancel(), []);

  const uploadedSource = async (given: File): Promise<string> => {
    // Sent already, and only the request failed.
    if (uploaded.current?.id === id) return uploaded.current.source;
    const { limit, free } = await get<UploadRules>(`api/uploads?asset=${encodeURIComponent(id)}`);
    if (!free) throw refused(`The asset ${id} exists already.`, 'Choose another id.');
    const wrong = await fileProblem(given, limit);
    if (wrong !== undefined) throw refused(`${given.name} cannot be uploaded: ${wrong}`, 'Choose another file.');
    const begun = Date.now();
    setSent({ bytes: 0, begun });
    uploading.current = upload(id, given, (bytes) => setSent({ bytes, begun }));
    try {
      uploaded.current = { id, ...(await uploading.current.done) };
      return uploaded.current.source;
    } finally {
      uploading.current = undefined;
      setSent(undefined);
    }
  };
  const action = useAction(async () => {
    try {
      const request = { id, packagingGroupId: group, destination: { path } };
      const from = file ? await uploadedSource(file) : source.trim();
      const { job } = await send<Submitted>('POST', 'api/assets', { ...request, source: from });
      go('jobs', job);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  });
  const changeSource = (text: string) => {
    setSource(text);
    if (!ownId) setId(assetIdOf(text));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    action.run();
  };
  return (
    <form onSubmit={submit} className="fields wide">
      <ProblemView problem={problem} />
      <div className="grid asset-fields">
        {file ? (
          <div className="source">
            <strong>{file.name}</strong>
            <p className="hint">
              {formatBytes(file.size)}; it is uploaded to the storage of this server and packaged there.
            </p>
          </div>
        ) : (
          <div className="source">
            <label htmlFor={`${field}-source`}>Source</label>
            <input
              id={`${field}-source`}
              required
              value={source}
              aria-describedby={`${field}-hint`}
              onChange={(event) => changeSource(event.target.value)}
            />
            <p className="hint" id={`${field}-hint`}>
              A playlist or an MP4 as <code>https://…</code>, <code>s3://bucket/key</code>, or an absolute path on the
              server.
            </p>
          </div>
        )}
        <div>
          <label htmlFor={`${field}-id`}>Id</label>
          <input
            id={`${field}-id`}
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
          <label htmlFor={`${field}-group`}>Packaging group</label>
          {groups?.length === 0 ? (
            <p>
              There is none yet: <a href="#/groups/new">make one</a>.
            </p>
          ) : (
            <select id={`${field}-group`} required value={group} onChange={(event) => setGroup(event.target.value)}>
              {groups?.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </div>
        <div>
          <label htmlFor={`${field}-path`}>Folder in the storage</label>
          <input id={`${field}-path`} value={path} onChange={(event) => setPath(event.target.value)} />
        </div>
      </div>
      {file && sent && <Upload file={file} sent={sent} onCancel={() => uploading.current?.cancel()} />}
      <ProblemView problem={action.problem} />
      <button ref={button} type="submit" className="main" disabled={action.busy || group === ''}>
        {file ? 'Upload and package it' : 'Package it'}
      </button>
    </form>
  );
}

interface Sent {
  readonly bytes: number;
  readonly begun: number;
}

function Upload({ file, sent, onCancel }: { file: File; sent: Sent; onCancel: () => void }) {
  const milliseconds = Date.now() - sent.begun;
  const perSecond = milliseconds > 0 ? (sent.bytes / milliseconds) * 1000 : 0;
  const facts = [
    `${formatBytes(sent.bytes)} of ${formatBytes(file.size)} sent`,
    perSecond > 0 && `${formatBytes(perSecond)}/s`,
    perSecond > 0 && sent.bytes < file.size && `${formatDuration(((file.size - sent.bytes) / perSecond) * 1000)} left`,
    sent.bytes >= file.size && 'being stored',
  ].filter(Boolean);
  return (
    <div className="progress wide-progress" data-upload>
      <progress aria-label={`Upload of ${file.name}`} value={sent.bytes} max={Math.max(1, file.size)} />
      <span>{facts.join(' · ')}</span>
      <button type="button" onClick={onCancel}>
        Cancel the upload
      </button>
    </div>
  );
}

function refused(detail: string, help: string): ApiProblem {
  const about = { type: 'about:blank', title: 'It was not sent', status: 0, code: 'not_sent', passing: false };
  return new ApiProblem({ ...about, detail, help });
}
