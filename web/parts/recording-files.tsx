import type { RecordingDetail } from '../../src/api/contract';
import { formatBytes, formatDuration } from '../format';
import { fileText } from '../file-words';

type File = RecordingDetail['fileList'][number];

/** The files of a recording: what Zoom has, and what of it lies here, checked. */
export function RecordingFiles({ files }: { readonly files: readonly File[] }) {
  if (files.length === 0) return null;
  return (
    <section aria-labelledby="files">
      <h2 id="files">Files</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of files">
        <table>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Length</th>
              <th scope="col">Size in Zoom</th>
              <th scope="col">Here</th>
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={file.name}>
                <th scope="row">
                  {fileText(file)}
                  <span className="hint">{file.fileType}</span>
                </th>
                <td>{lengthOf(file)}</td>
                <td>{file.bytes === null ? '–' : formatBytes(file.bytes)}</td>
                <td>
                  <Stored file={file} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Stored({ file: { stored, status } }: { readonly file: File }) {
  if (stored === null) return <>{status === 'processing' ? 'Zoom still works on it' : 'not fetched'}</>;
  return (
    <>
      <a href={stored.path}>{formatBytes(stored.bytes)}</a>
      <span className="hint" title={stored.digest}>
        whole and checked
      </span>
    </>
  );
}

function lengthOf({ startsAt, endsAt }: File): string {
  if (startsAt === null || endsAt === null) return '–';
  return formatDuration(Math.max(0, Date.parse(endsAt) - Date.parse(startsAt)));
}
