import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Zoom, as far as Reelway meets it, as real HTTP servers on loopback that enforce the rules: OAuth tokens that expire, uuids that must be encoded twice,
 * months as the longest range, page tokens, rate limits, and downloads with Zoom's ways of saying no (an HTML page with status 200) and its redirect to
 * a second host.
 */
export interface ZoomServer {
  /** `http://127.0.0.1:port`; for ZOOM_API_BASE_URL with `/v2` after it. */
  readonly origin: string;
  readonly apiBaseUrl: string;
  readonly oauthUrl: string;
  /** Where downloads are redirected to. */
  readonly mediaOrigin: string;
  readonly account: { readonly accountId: string; readonly clientId: string; readonly clientSecret: string };
  /** Another account, which sees its own recordings only. */
  readonly second: { readonly accountId: string; readonly clientId: string; readonly clientSecret: string };
  /** Every request, as `GET /path?query`, with the authorization that it carried. */
  readonly requests: readonly SeenRequest[];
  /** Puts a recording into the cloud, or takes the place of the one with this uuid. */
  addRecording(recording: CloudRecording): void;
  removeRecording(uuid: string): void;
  /** uuids, in the order in which they were put there */
  readonly trashed: readonly string[];
  /** Makes every token given so far worthless. */
  expireTokens(): void;
  /** Changes how it behaves from now on. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export interface SeenRequest {
  readonly host: 'api' | 'media';
  readonly request: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

export interface CloudRecording {
  readonly uuid: string;
  /** default: the first account's */
  readonly accountId?: string;
  /** meeting number */
  readonly id: number;
  readonly topic?: string;
  /** of the host; default `teacher@example.edu`'s */
  readonly userId?: string;
  /** meeting start, ISO UTC */
  readonly startTime: string;
  /** minutes */
  readonly duration?: number;
  readonly files: readonly CloudFile[];
}

export interface CloudFile {
  readonly id: string;
  /** default MP4 */
  readonly fileType?: string;
  readonly fileExtension?: string;
  /** default shared_screen_with_speaker_view */
  readonly recordingType?: string;
  /** ISO UTC; default the meeting's start and, for the end, its start plus its duration */
  readonly start?: string;
  readonly end?: string;
  /** default completed */
  readonly status?: string;
  readonly content: Uint8Array;
  /** what Zoom says the size is, where it is not the content's */
  readonly claimedSize?: number;
}

export interface Behaviour {
  /** Answer the next requests whose `METHOD /path` matches so, one after the other. */
  readonly answers?: readonly ScriptedAnswer[];
  /** Asked at each request, as `METHOD /path?query`, that no scripted answer is for. */
  readonly fault?: (line: string) => Omit<ScriptedAnswer, 'match'> | undefined;
  /** seconds that OAuth tokens live; default 3600 */
  readonly tokenSeconds?: number;
  /** scopes that the app lacks: the operations that need them answer 4711 */
  readonly missingScopes?: readonly string[];
  /** recordings in a page, at most; default what is asked for */
  readonly pageSize?: number;
  /** gives the same page token for ever, as Zoom's bug does */
  readonly endlessPages?: boolean;
  /** cut the next downloads after so many bytes each, then no more */
  readonly cutDownloadsAfter?: readonly number[];
  /** milliseconds before each download's first byte */
  readonly downloadDelay?: number;
  /** does the media host know ranges? default true */
  readonly ranges?: boolean;
  /** redirect downloads to here in place of the media host */
  readonly redirectTo?: string;
  /** serve downloads at once, without a redirect */
  readonly direct?: boolean;
  /** the media host wants the Authorization header, which it otherwise refuses */
  readonly mediaWantsToken?: boolean;
}

export interface ScriptedAnswer {
  /** tested against `METHOD /path?query` */
  readonly match: RegExp;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** break the connection in place of an answer */
  readonly cut?: true;
  /** with `cut`: break it when what was asked for is done */
  readonly afterDoing?: true;
  /** how many requests are answered so; default 1 */
  readonly times?: number;
}

const defaultUser = { id: 'HoStIdHoStId', email: 'teacher@example.edu' };
const loginPage = '<!DOCTYPE html><html><body>This recording does not exist or you have no permission.</body></html>';

export async function startZoomServer(): Promise<ZoomServer> {
  const account = { accountId: 'AbCdEfGhIjKlMnOp', clientId: 'client', clientSecret: 'client-secret' };
  const second = { accountId: 'QrStUvWxYz', clientId: 'client-2', clientSecret: 'client-secret-2' };
  const seen: SeenRequest[] = [];
  const recordings = new Map<string, CloudRecording>();
  const pages = new Map<string, { items: CloudRecording[]; expires: number }>();
  const urlKey = randomBytes(16);
  let oauthTokens = new Map<string, { readonly expires: number; readonly accountId: string }>();
  let downloadTokens = new Map<string, { uuid: string; expires: number }>();
  let refreshToken = 'refresh-1';
  const trashed: string[] = [];
  let behaviour: Behaviour = {};
  let scripted: { answer: ScriptedAnswer; left: number }[] = [];
  let cuts: number[] = [];

  const api = createServer((request, response) => void handle('api', request, response));
  const media = createServer((request, response) => void handle('media', request, response));
  const [origin, mediaOrigin] = [await listening(api), await listening(media)];

  async function handle(host: 'api' | 'media', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    seen.push({ host, request: `${method} ${url}`, authorization: headers.authorization, range: headers.range });
    if (answerScripted(`${method} ${url}`, response)) return void request.resume();
    if (host === 'media') return serveMedia(request, response);
    const { pathname, searchParams } = new URL(url, 'http://zoom');
    if (pathname === '/oauth/token' && method === 'POST') return giveToken(request, response);
    if (pathname.startsWith('/rec/')) return download(request, response);
    request.resume();
    // The path as it was written: decoding is what the rule of double encoding is about.
    const parts = url.replace(/\?.*$/s, '').split('/').slice(2);
    if (!pathname.startsWith('/v2/')) return json(response, 404, { code: 404, message: 'Unknown path.' });
    if (!isApiToken(headers)) return json(response, 401, { code: 124, message: 'Invalid access token.' });
    response.setHeader('x-ratelimit-category', 'Light');
    const asks = oauthTokens.get(bearerOf(headers.authorization))?.accountId ?? account.accountId;
    apiAnswer(response, { method, parts, query: searchParams, asks });
  }

  function answerScripted(line: string, response: ServerResponse): boolean {
    const found = scripted.find(({ answer, left }) => left > 0 && answer.match.test(line));
    if (found) found.left--;
    const answer = found?.answer ?? behaviour.fault?.(line);
    if (!answer) return false;
    const { status, headers = {}, body = '', cut, afterDoing } = answer;
    if (cut) response.destroy();
    // Whoever does it writes to nobody.
    if (cut && afterDoing) return false;
    if (cut) return true;
    response.writeHead(status, headers).end(body);
    return true;
  }

  async function giveToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const asking = [account, second].find(({ clientId, clientSecret }) => {
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      return request.headers.authorization === `Basic ${basic}`;
    });
    if (!asking) return json(response, 400, { reason: 'Invalid client_id or client_secret', error: 'invalid_client' });
    const grant = form.get('grant_type');
    const isServer = grant === 'account_credentials' && form.get('account_id') === asking.accountId;
    const isRefresh = grant === 'refresh_token' && form.get('refresh_token') === refreshToken;
    if (!isServer && !isRefresh) return json(response, 400, { reason: 'Bad request', error: 'invalid_request' });
    const token = `oauth-${randomUUID()}`;
    const seconds = behaviour.tokenSeconds ?? 3600;
    oauthTokens.set(token, { expires: Date.now() + seconds * 1000, accountId: asking.accountId });
    // Each refresh token works once.
    if (isRefresh) refreshToken = `refresh-${randomUUID()}`;
    const extra = isRefresh ? { refresh_token: refreshToken } : {};
    json(response, 200, {
      access_token: token,
      token_type: 'bearer',
      expires_in: seconds,
      scope: 'cloud_recording:read',
      ...extra,
    });
  }

  function isApiToken(headers: IncomingMessage['headers']): boolean {
    if (headers['x-api-key'] === 'apigee-key') return true;
    return (oauthTokens.get(bearerOf(headers.authorization))?.expires ?? 0) > Date.now();
  }

  function apiAnswer(response: ServerResponse, { method, parts, query, asks }: ApiRequest): void {
    const [room, subject = '', what] = parts;
    if (method === 'DELETE' && room === 'meetings' && what === 'recordings' && parts.length === 3) {
      if (lacks(response, 'cloud_recording:delete:meeting_recording:admin')) return;
      const found = findMeeting(subject, asks);
      if (!found) return json(response, 404, { code: 3301, message: 'This recording does not exist.' });
      if (query.get('action') === 'trash') trashed.push(found.uuid);
      recordings.delete(found.uuid);
      return void response.writeHead(204).end();
    }
    if (method !== 'GET') return json(response, 405, { code: 405, message: 'Method not allowed.' });
    if (room === 'meetings' && what === 'recordings' && parts.length === 3) {
      if (lacks(response, 'cloud_recording:read:list_recording_files:admin')) return;
      return meetingRecordings(response, { subject, asks }, query);
    }
    if (room === 'users' && parts.length === 1) {
      if (lacks(response, 'user:read:list_users:admin')) return;
      const users = query.get('status') === 'inactive' ? [] : allUsers();
      return json(response, 200, { page_size: 300, next_page_token: '', users });
    }
    if ((room === 'users' || room === 'accounts') && what === 'recordings' && parts.length === 3) {
      const scope = room === 'users' ? 'list_user_recordings' : 'list_account_recordings';
      if (lacks(response, `cloud_recording:read:${scope}:admin`)) return;
      const owner = room === 'users' ? decodeURIComponent(subject) : undefined;
      return listed(response, query, { owner, asks });
    }
    json(response, 404, { code: 404, message: 'Unknown path.' });
  }

  function lacks(response: ServerResponse, scope: string): boolean {
    if (!behaviour.missingScopes?.includes(scope)) return false;
    json(response, 400, { code: 4711, message: `Invalid access token, does not contain scopes:[${scope}].` });
    return true;
  }

  function allUsers() {
    const ids = new Set([defaultUser.id, ...[...recordings.values()].map(({ userId = defaultUser.id }) => userId)]);
    return [...ids].map((id) => ({
      id,
      email: id === defaultUser.id ? defaultUser.email : `${id}@example.edu`,
      type: 2,
    }));
  }

  function meetingRecordings(
    response: ServerResponse,
    { subject, asks }: { subject: string; asks: string },
    query: URLSearchParams,
  ): void {
    const found = findMeeting(subject, asks);
    if (!found) return json(response, 404, { code: 3301, message: 'This recording does not exist.' });
    const answer: Record<string, unknown> = describe(found);
    if (query.get('include_fields') === 'download_access_token') {
      const token = `download-${randomUUID()}`;
      const seconds = Math.min(Number(query.get('ttl') ?? 86_400), 604_800);
      downloadTokens.set(token, { uuid: found.uuid, expires: Date.now() + seconds * 1000 });
      answer.download_access_token = token;
    }
    json(response, 200, answer);
  }

  function recordingsOf(asks: string): CloudRecording[] {
    return [...recordings.values()].filter(({ accountId = account.accountId }) => accountId === asks);
  }

  /** One decoding is the router's; a uuid that then still looks like a path was not encoded twice. */
  function findMeeting(subject: string, asks: string): CloudRecording | undefined {
    const once = decodeURIComponent(subject);
    if (once.includes('/') && (once.startsWith('/') || once.includes('//'))) return undefined;
    const name = safeDecode(once);
    const own = recordingsOf(asks);
    if (!/^\d{9,12}$/.test(name)) return own.find(({ uuid }) => uuid === name);
    // A meeting number stands for its latest instance.
    const instances = own.filter(({ id }) => String(id) === name);
    return instances.sort((a, b) => b.startTime.localeCompare(a.startTime))[0];
  }

  function describe(recording: CloudRecording) {
    const { uuid, id, topic = 'Algebra', userId = defaultUser.id, startTime, duration = 50, files } = recording;
    const endTime = new Date(Date.parse(startTime) + duration * 60_000).toISOString().replace('.000Z', 'Z');
    return {
      ...{
        uuid,
        id,
        topic,
        host_id: userId,
        account_id: recording.accountId ?? account.accountId,
        type: '8',
        start_time: startTime,
        duration,
      },
      ...{ total_size: files.reduce((sum, { content }) => sum + content.length, 0), recording_count: files.length },
      ...{ password: 'hunter2', share_url: `${origin}/rec/share/${encodeURIComponent(uuid)}?pwd=hunter2` },
      recording_files: files.map((file) => ({
        ...{ id: file.id, meeting_id: uuid, file_type: file.fileType ?? 'MP4' },
        ...{ file_extension: file.fileExtension ?? file.fileType ?? 'MP4', status: file.status ?? 'completed' },
        ...{ recording_type: file.recordingType ?? 'shared_screen_with_speaker_view' },
        ...{ recording_start: file.start ?? startTime, recording_end: file.end ?? endTime },
        file_size: file.claimedSize ?? file.content.length,
        download_url: `${origin}/rec/download/${encodeURIComponent(file.id)}`,
      })),
    };
  }

  function listed(
    response: ServerResponse,
    query: URLSearchParams,
    { owner, asks }: { owner: string | undefined; asks: string },
  ): void {
    const given = query.get('next_page_token');
    const size = Math.min(Number(query.get('page_size') ?? 30), behaviour.pageSize ?? 300, 300);
    if (given) {
      const page = pages.get(given);
      if (!page || page.expires < Date.now())
        return json(response, 400, { code: 300, message: 'The next page token is invalid or expired.' });
      return answerPage(response, page.items, { size, given });
    }
    const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')];
    if (Number.isNaN(from) || Number.isNaN(to) || to < from || to - from > 31 * 86_400_000)
      return json(response, 400, { code: 300, message: 'The range from..to is limited to a month.' });
    const found = recordingsOf(asks)
      .filter(({ userId = defaultUser.id }) => owner === undefined || owner === userId || owner === 'me')
      .filter(({ startTime }) => Date.parse(startTime) >= from && Date.parse(startTime) < to + 86_400_000)
      .sort((a, b) => b.startTime.localeCompare(a.startTime));
    answerPage(response, found, { size });
  }

  function answerPage(
    response: ServerResponse,
    items: CloudRecording[],
    { size, given }: { size: number; given?: string },
  ): void {
    const rest = items.slice(size);
    let next = '';
    if (behaviour.endlessPages) next = given ?? 'page-for-ever';
    else if (rest.length > 0) next = `page-${randomUUID()}`;
    if (next !== '') pages.set(next, { items: behaviour.endlessPages ? items : rest, expires: Date.now() + 900_000 });
    const meetings = items.slice(0, size).map(describe);
    json(response, 200, { page_size: size, total_records: items.length, next_page_token: next, meetings });
  }

  function download(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const id = decodeURIComponent(new URL(request.url ?? '', 'http://zoom').pathname.split('/').at(-1) ?? '');
    const owner = [...recordings.values()].find(({ files }) => files.some((file) => file.id === id));
    const token = bearerOf(request.headers.authorization);
    const scoped = downloadTokens.get(token);
    const allowed =
      isApiToken(request.headers) || (scoped?.uuid === owner?.uuid && (scoped?.expires ?? 0) > Date.now());
    // Neither 401 nor 404: Zoom shows a page.
    if (!owner || !allowed) return void response.writeHead(200, { 'content-type': 'text/html' }).end(loginPage);
    if (behaviour.direct) return sendFile(request, response, id);
    const path = `/GMT20261123-140200_Recording_${encodeURIComponent(id)}.mp4`;
    const location =
      behaviour.redirectTo ?? `${mediaOrigin}${path}?file=${encodeURIComponent(id)}&Signature=${signatureOf(id)}`;
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
    if (searchParams.get('Signature') !== signatureOf(id) || hasToken !== (behaviour.mediaWantsToken ?? false))
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
    const ranged = from !== undefined && (behaviour.ranges ?? true);
    const unchanged = [undefined, etag].includes(request.headers['if-range'] as string | undefined);
    const start = ranged && unchanged ? Number(from) : 0;
    const end = ranged && unchanged && to ? Math.min(Number(to) + 1, content.length) : content.length;
    if (start >= content.length && content.length > 0)
      return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    const partial = ranged && unchanged;
    response.writeHead(partial ? 206 : 200, {
      ...{ 'content-type': 'video/mp4', 'content-length': end - start, etag },
      ...((behaviour.ranges ?? true) && { 'accept-ranges': 'bytes' }),
      ...(partial && { 'content-range': `bytes ${start}-${end - 1}/${content.length}` }),
    });
    const cut = cuts.shift();
    const send = () => {
      if (cut === undefined || cut >= end - start) return void response.end(content.subarray(start, end));
      response.write(content.subarray(start, start + cut), () => response.destroy());
    };
    setTimeout(send, behaviour.downloadDelay ?? 0);
  }

  return {
    origin,
    apiBaseUrl: `${origin}/v2`,
    oauthUrl: `${origin}/oauth/token`,
    mediaOrigin,
    account,
    second,
    requests: seen,
    addRecording: (recording) => void recordings.set(recording.uuid, recording),
    trashed,
    removeRecording: (uuid) => void recordings.delete(uuid),
    expireTokens() {
      oauthTokens = new Map();
      downloadTokens = new Map();
    },
    behave(given) {
      behaviour = { ...behaviour, ...given };
      if (given.answers) scripted = given.answers.map((answer) => ({ answer, left: answer.times ?? 1 }));
      if (given.cutDownloadsAfter) cuts = [...given.cutDownloadsAfter];
    },
    async close() {
      await Promise.all([closed(api), closed(media)]);
    },
  };
}

interface ApiRequest {
  readonly method: string;
  /** of the path after `/v2/`, as written */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  /** account of the token */
  readonly asks: string;
}

function bearerOf(authorization: string | undefined): string {
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
}

function safeDecode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' }).end(JSON.stringify(body));
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
