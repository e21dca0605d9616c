import type { Problem } from '../src/api/contract';
import type { Uploaded } from '../src/api/contract/packaging';
import { ApiProblem, unreachable } from './api';

export interface Uploading {
  readonly done: Promise<Uploaded>;
  cancel(): void;
}

/** Sends a file to be packaged; by XMLHttpRequest, which alone tells how far it is. @param onProgress with the bytes that are sent */
export function upload(asset: string, file: File, onProgress: (sent: number) => void): Uploading {
  const request = new XMLHttpRequest();
  const done = new Promise<Uploaded>((resolve, reject) => {
    request.open('POST', `api/uploads?asset=${encodeURIComponent(asset)}`);
    request.setRequestHeader('content-type', 'video/mp4');
    request.setRequestHeader('x-requested-with', 'reelway');
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.onload = () => {
      try {
        const answer = JSON.parse(request.responseText) as Uploaded | Problem;
        if (request.status === 201) resolve(answer as Uploaded);
        else reject(new ApiProblem(answer as Problem));
      } catch {
        reject(new ApiProblem({ ...unreachable(), detail: `The server answered ${request.status}.` }));
      }
    };
    request.onerror = () => reject(new ApiProblem(unreachable()));
    request.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    request.send(file);
  });
  return { done, cancel: () => request.abort() };
}

const headLength = 8;

/** What is wrong with the file, as far as it can be told before it is sent; undefined: nothing. */
export async function fileProblem(file: File, limit: number): Promise<string | undefined> {
  if (limit === 0) return 'This server takes no uploads (REELWAY_UPLOAD_MEGABYTES is 0).';
  if (file.size > limit) return `It is larger than this server takes (REELWAY_UPLOAD_MEGABYTES, ${limit / 1e6} MB).`;
  const head = new Uint8Array(await file.slice(0, headLength).arrayBuffer());
  const type = String.fromCharCode(...head.subarray(4));
  return /^[a-z]{4}$/.test(type) ? undefined : 'It is no MP4.';
}
