import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZoomBehaviour } from './zoom-behaviour.js';
import type { CloudRecording } from './zoom-cloud.js';

const loginPage = '<!DOCTYPE html><html><body>This recording does not exist or you have no permission.</body></html>';

interface DownloadsOptions {
  readonly recordings: ReadonlyMap<string, CloudRecording>;
  readonly behaviour: ZoomBehaviour;
  /** Where downloads are redirected to. */
  readonly mediaOrigin: string;
  readonly mayDownload: (headers: IncomingMessage['headers'], owner: CloudRecording) => boolean;
}

/** Downloads: where they begin, and the host of media to which that redirects. */
export function zoomDownloads({ recordings, behaviour, mediaOrigin, mayDownload }: DownloadsOptions) {
  const urlKey = randomBytes(16);

  function download(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const id = decodeURIComponent(new URL(request.url ?? '', 'http://zoom').pathname.split('/').at(-1) ?? '');
    const owner = [...recordings.values()].find(({ files }) => files.some((file) => file.id === id));
    // Neither 401 nor 404: Zoom shows a page.
    if (!owner || !mayDownload(request.headers, owner))
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(loginPage);
    if (behaviour.now.direct) return sendFile(request, response, id);
    const path = `/GMT20261123-140200_Recording_${encodeURIComponent(id)}.mp4`;
    const location =
      behaviour.now.redirectTo ?? `${mediaOrigin}${path}?file=${encodeURIComponent(id)}&Signature=${signatureOf(id)}`;
    response.writeHead(302, { location }).end();
  }

  function signatureOf(id: string): string {
    return createHmac('sha256', urlKey).update(id).digest('hex');
  }

  function serveMedia(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const { searchParams } = new URL(request.url ?? '', 'http://media');
    const id = searchParams.get('file') ?? '';
    const hasToken = request.headers.authorization !== undefined;
    if (searchParams.get('Signature') !== signatureOf(id) || hasToken !== (behaviour.now.mediaWantsToken ?? false))
      return void response
        .writeHead(403, { 'content-type': 'application/xml' })
        .end('<Error><Code>AccessDenied</Code></Error>');
    sendFile(request, response, id);
  }

  function sendFile(request: IncomingMessage, response: ServerResponse, id: string): void {
    const file = [...recordings.values()].flatMap(({ files }) => files).find((candidate) => candidate.id === id);
    if (!file) return void response.writeHead(404).end();
    const { content } = file;
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const ranged = from !== undefined && (behaviour.now.ranges ?? true);
    const unchanged = [undefined, etag].includes(request.headers['if-range'] as string | undefined);
    const start = ranged && unchanged ? Number(from) : 0;
    const end = ranged && unchanged && to ? Math.min(Number(to) + 1, content.length) : content.length;
    if (start >= content.length && content.length > 0)
      return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    const partial = ranged && unchanged;
    response.writeHead(partial ? 206 : 200, {
      ...{ 'content-type': 'video/mp4', 'content-length': end - start, etag },
      ...((behaviour.now.ranges ?? true) && { 'accept-ranges': 'bytes' }),
      ...(partial && { 'content-range': `bytes ${start}-${end - 1}/${content.length}` }),
    });
    const cut = behaviour.nextCut();
    const send = () => {
      if (cut === undefined || cut >= end - start) return void response.end(content.subarray(start, end));
      response.write(content.subarray(start, start + cut), () => response.destroy());
    };
    setTimeout(send, behaviour.now.downloadDelay ?? 0);
  }

  return { download, serveMedia };
}
