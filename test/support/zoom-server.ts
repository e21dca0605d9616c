import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { zoomBehaviour, type Behaviour } from './zoom-behaviour.js';
import { defaultUser, zoomCloud, type CloudRecording } from './zoom-cloud.js';
import { zoomDownloads } from './zoom-downloads.js';

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

export async function startZoomServer(): Promise<ZoomServer> {
  const account = { accountId: 'AbCdEfGhIjKlMnOp', clientId: 'client', clientSecret: 'client-secret' };
  const second = { accountId: 'QrStUvWxYz', clientId: 'client-2', clientSecret: 'client-secret-2' };
  const seen: SeenRequest[] = [];
  const pages = new Map<string, { items: CloudRecording[]; expires: number }>();
  let oauthTokens = new Map<string, { readonly expires: number; readonly accountId: string }>();
  let downloadTokens = new Map<string, { uuid: string; expires: number }>();
  let refreshToken = 'refresh-1';
  const trashed: string[] = [];

  const api = createServer((request, response) => void handle('api', request, response));
  const media = createServer((request, response) => void handle('media', request, response));
  const [origin, mediaOrigin] = [await listening(api), await listening(media)];
  const { recordings, allUsers, recordingsOf, findMeeting, describe } = zoomCloud(account.accountId, origin);
  const behaviour = zoomBehaviour();
  const { download, serveMedia } = zoomDownloads({ recordings, behaviour, mediaOrigin, mayDownload });

  async function handle(host: 'api' | 'media', request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    seen.push({ host, request: `${method} ${url}`, authorization: headers.authorization, range: headers.range });
    if (behaviour.answerScripted(`${method} ${url}`, response)) return void request.resume();
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
    const seconds = behaviour.now.tokenSeconds ?? 3600;
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

  /** Zoom's own tokens open all; the one of a recording opens its files. */
  function mayDownload(headers: IncomingMessage['headers'], owner: CloudRecording): boolean {
    const scoped = downloadTokens.get(bearerOf(headers.authorization));
    return isApiToken(headers) || (scoped?.uuid === owner.uuid && (scoped?.expires ?? 0) > Date.now());
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
    if (!behaviour.now.missingScopes?.includes(scope)) return false;
    json(response, 400, { code: 4711, message: `Invalid access token, does not contain scopes:[${scope}].` });
    return true;
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

  function listed(
    response: ServerResponse,
    query: URLSearchParams,
    { owner, asks }: { owner: string | undefined; asks: string },
  ): void {
    const given = query.get('next_page_token');
    const size = Math.min(Number(query.get('page_size') ?? 30), behaviour.now.pageSize ?? 300, 300);
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
    if (behaviour.now.endlessPages) next = given ?? 'page-for-ever';
    else if (rest.length > 0) next = `page-${randomUUID()}`;
    if (next !== '')
      pages.set(next, { items: behaviour.now.endlessPages ? items : rest, expires: Date.now() + 900_000 });
    const meetings = items.slice(0, size).map(describe);
    json(response, 200, { page_size: size, total_records: items.length, next_page_token: next, meetings });
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
    behave: (given) => behaviour.behave(given),
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
