import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Failure, toFailure } from '../domain/failure.js';
import { inSpan } from '../domain/span.js';
import { directClient, type DirectResponse } from './direct/direct-get.js';
import { hostLimits, type HostLimits } from './host-limits.js';
import { faultOf, HttpFault } from './http-fault.js';
import { readBody } from './response-body.js';
import { checkUrl, guardedLookup, shownUrl, type UrlPolicy } from './safe-url.js';
import { defaultTimeouts, type Timeouts } from './timeouts.js';

/** Every outbound request goes through here: http.get, which costs half the CPU of fetch, with the rules of `safe-url` at each hop. */
export interface HttpClient {
  /**
   * Asks, follows redirects of GET and HEAD, and answers with whatever status came, once the headers are there. The body has to be
   * iterated or `discard`ed: until then it holds a connection and one of the host's places.
   * @throws Failure url_refused; HttpFault when there is no answer; the signal's reason
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** GET by the same rules, for bodies that are read straight into the reader's memory: what is large, or many. @throws as request does */
  get(request: GetRequest): Promise<DirectResponse>;
  /** Closes idle connections. */
  close(): void;
}

export interface HttpRequest {
  readonly url: string;
  /** default GET */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** `authorization` and `cookie` are not sent on to another origin by a redirect. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that only the URL's own origin gets, whatever they are called; a redirect to another one goes without them. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** A stream is sent as it comes, once: with `content-length` among the headers, else in chunks. */
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  /** Are redirects of GET and HEAD followed? Default yes; without, a redirect is an answer like any other. */
  readonly follow?: boolean;
  /** Where this request needs others than the client's. */
  readonly timeouts?: Partial<Timeouts>;
}

export type GetRequest = Pick<HttpRequest, 'url' | 'headers' | 'credentials' | 'signal' | 'follow'>;

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** where the answer came from, after redirects */
  readonly url: URL;
  /** @throws HttpFault cut, timeout or encoded; the signal's reason */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets the body go: unread. */
  discard(): void;
}

export interface HttpClientOptions {
  readonly policy: UrlPolicy;
  readonly timeouts?: Partial<Timeouts>;
  /** Places per host, shared with whoever has the same limits; default 8 of this client's own. */
  readonly limits?: HostLimits;
}

const maxRedirects = 5;
/** Connections that the server had closed meanwhile, met one after the other, before that counts as an error. */
const maxStaleConnections = 4;

export function httpClient({ policy, timeouts, limits = hostLimits({ perHost: 8 }) }: HttpClientOptions): HttpClient {
  const times = { ...defaultTimeouts, ...timeouts };
  // Own agents: a kept connection to a private host must not serve a client with a stricter policy.
  const agents = { 'http:': new http.Agent({ keepAlive: true }), 'https:': new https.Agent({ keepAlive: true }) };

  const direct = directClient(policy);

  async function exchange(url: URL, request: HttpRequest): Promise<HttpResponse> {
    const leave = await limits.enter(url.host, request.signal);
    try {
      const own = { ...times, ...request.timeouts };
      const total = AbortSignal.timeout(own.total);
      const message = await answered(url, request, own, total);
      message.once('close', leave);
      const body = readBody(message, {
        url,
        idle: own.idle,
        total,
        ...(request.signal && { signal: request.signal }),
      });
      return { status: message.statusCode ?? 0, headers: message.headers, url, body, discard: () => discard(message) };
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function answered(url: URL, request: HttpRequest, own: Timeouts, total: AbortSignal): Promise<IncomingMessage> {
    for (let stale = 0; ; stale++) {
      const clientRequest = start(url, request);
      try {
        const headers = headersOf(clientRequest, url, own, total);
        return await (isStream(request.body) ? sending(clientRequest, request.body, headers) : headers);
      } catch (error) {
        clientRequest.destroy();
        request.signal?.throwIfAborted();
        if (error instanceof HttpFault || error instanceof Failure) throw error;
        const lost = clientRequest.reusedSocket && stale < maxStaleConnections;
        if (!lost || (request.method ?? 'GET') === 'POST' || isStream(request.body)) throw faultOf(error, url);
      }
    }
  }

  function start(url: URL, { method = 'GET', headers, body, signal }: HttpRequest): ClientRequest {
    const { request } = url.protocol === 'https:' ? https : http;
    const clientRequest = request(url, {
      method,
      headers: { ...ownHeaders, ...headers },
      agent: agents[url.protocol as keyof typeof agents],
      lookup: guardedLookup(url, policy),
      ...(signal && { signal }),
    });
    if (!isStream(body)) clientRequest.end(body);
    return clientRequest;
  }

  async function directly(url: URL, request: GetRequest & { headers: Headers }): Promise<DirectResponse> {
    const { signal } = request;
    const leave = await limits.enter(url.host, signal);
    try {
      const headers = { ...ownHeaders, ...request.headers };
      return await direct.get({ url, headers, timeouts: times, leave, ...(signal && { signal }) });
    } catch (error) {
      leave();
      throw error;
    }
  }

  return {
    request: (request) => {
      const follows = (request.follow ?? true) && ['GET', 'HEAD'].includes(request.method ?? 'GET');
      return following(
        request,
        policy,
        (url, headers) => {
          const ask = () => exchange(url, { ...request, headers });
          return asSpan(url, request.method ?? 'GET', ask);
        },
        follows,
      );
    },
    get: (request) =>
      following(
        request,
        policy,
        (url, headers) => {
          const ask = () => directly(url, { ...request, headers });
          return asSpan(url, 'GET', ask);
        },
        request.follow ?? true,
      ),
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
      direct.close();
    },
  };
}

type Headers = Readonly<Record<string, string>>;

const ownHeaders = { 'accept-encoding': 'identity', 'user-agent': 'reelway' };

interface Redirectable {
  readonly status: number;
  readonly headers: { readonly location?: string | undefined };
  discard(): void;
}

/** Asks, and asks where it is redirected to: each address is checked, and another origin gets no credentials. */
async function following<Response extends Redirectable>(
  request: GetRequest,
  policy: UrlPolicy,
  ask: (url: URL, headers: Headers) => Promise<Response>,
  follows: boolean,
): Promise<Response> {
  let url = checkUrl(request.url, policy);
  let headers: Headers = { ...request.headers, ...request.credentials };
  for (let hops = 0; ; hops++) {
    const response = await ask(url, headers);
    const { location } = response.headers;
    if (!follows || ![301, 302, 303, 307, 308].includes(response.status)) return response;
    response.discard();
    if (location === undefined) throw new HttpFault('redirects', `${shownUrl(url)} redirects to nowhere`);
    if (hops === maxRedirects)
      throw new HttpFault('redirects', `${shownUrl(request.url)} redirects more than ${maxRedirects} times`);
    const next = checkUrl(asUtf8(location), policy, url.href);
    if (next.origin !== url.origin) headers = withoutCredentials(request.headers ?? {});
    url = next;
  }
}

/** A header has a character for each byte, while servers name files in UTF-8 there, unescaped; browsers read it so. */
function asUtf8(location: string): string {
  return Buffer.from(location, 'latin1').toString('utf8');
}

function isStream(body: HttpRequest['body']): body is AsyncIterable<Uint8Array> {
  return body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
}

/** Sends a streamed body as fast as it is taken, until all is sent or the answer is there (an early one is mostly a refusal). */
async function sending(
  request: ClientRequest,
  body: AsyncIterable<Uint8Array>,
  answer: Promise<IncomingMessage>,
): Promise<IncomingMessage> {
  let answered = false;
  const settled = answer.then(
    () => void (answered = true),
    () => void (answered = true),
  );
  try {
    for await (const piece of body) {
      if (answered) break;
      if (!request.write(piece)) {
        await Promise.race([new Promise((drained) => request.once('drain', drained)), settled]);
      }
    }
  } catch (error) {
    request.destroy(); // half a body must not look like a whole one
    await settled;
    throw toFailure(error);
  }
  if (!answered) request.end();
  const message = await answer;
  // The rest of the body is owed to this connection: it serves no further request.
  if (!request.writableEnded) message.once('end', () => request.destroy());
  return message;
}

/** The answer's headers, within the times for connecting and for answering. */
function headersOf(request: ClientRequest, url: URL, times: Timeouts, total: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const expire = (phase: 'connect' | 'headers' | 'total'): void => {
      reject(new HttpFault('timeout', `${shownUrl(url)} did not ${phases[phase]} within ${times[phase] / 1000} s`));
      request.destroy();
    };
    const expireTotal = (): void => expire('total');
    let timer = setTimeout(() => expire('connect'), times.connect);
    const connected = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => expire('headers'), times.headers);
    };
    const settle = (): void => {
      clearTimeout(timer);
      total.removeEventListener('abort', expireTotal);
    };
    total.addEventListener('abort', expireTotal, { once: true });
    request.once('socket', (socket) => {
      if (!socket.connecting) connected();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
    request.once('close', settle);
    request.once('response', (message) => {
      settle();
      resolve(message);
    });
    request.on('error', reject);
  });
}

/** Lets a body go: a short one runs out, so that the connection can be used again; a long one is cut. */
function discard(message: IncomingMessage): void {
  if (message.readableEnded || message.destroyed) return;
  const length = Number(message.headers['content-length'] ?? NaN);
  if (length > maxDiscarded || Number.isNaN(length)) return void message.destroy();
  const timer = setTimeout(() => message.destroy(), discardTime).unref();
  message.once('close', () => clearTimeout(timer));
  message.resume();
}

/** bytes and milliseconds that may be spent on a body nobody wants */
const maxDiscarded = 64 * 1024;
const discardTime = 2000;

const phases = { connect: 'accept a connection', headers: 'answer', total: 'finish' } as const;

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const secret = ['authorization', 'cookie', 'proxy-authorization'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.includes(name.toLowerCase())));
}

/** Until the answer's headers. Of the address the host alone is told: the rest may be a permission. */
function asSpan<T extends { readonly status: number }>(url: URL, method: string, ask: () => Promise<T>): Promise<T> {
  const { hostname, port, protocol } = url;
  const known = { 'http.request.method': method, 'server.address': hostname, 'url.scheme': protocol.slice(0, -1) };
  const facts = { ...known, ...(port && { 'server.port': Number(port) }) };
  return inSpan({ name: `${method} ${url.host}`, kind: 'client', facts }, async (facts) => {
    const response = await ask();
    facts['http.response.status_code'] = response.status;
    return response;
  });
}
