import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { ingestService, type IngestService } from './opencast-ingest.js';
import { externalApi } from './opencast-api.js';
import { Refusal, type StandInState } from './opencast-state.js';
import { springDigest } from './spring-digest.js';

/**
 * A stand-in for Opencast on 127.0.0.1 that enforces its rules: digest authentication with nonces that grow old, the login page for
 * those who do not ask for a challenge, media fetched one after the other inside the request, the order of fields, 409 while a workflow runs,
 * the default workflow in place of an unknown one, and a search index that lags behind.
 */
export interface OpencastServer extends StandInState {
  readonly origin: string;
  /** Files that it holds, of whatever media package. */
  readonly files: IngestService['files'];
  /** `POST /ingest/addTrack`, in the order they came, without query */
  readonly requests: string[];
  /** Set by a test: what goes wrong. */
  fault: ((request: OpencastStandInRequest) => OpencastFault | undefined) | undefined;
  /** milliseconds that a new nonce is good for */
  nonceLifeMs: number;
  stop(): Promise<void>;
}

export interface OpencastStandInRequest {
  readonly method: string;
  readonly path: string;
}

export type OpencastFault =
  | { readonly kind: 'status'; readonly status: number; readonly text?: string; readonly afterDoing?: boolean }
  /** The connection ends; with `afterDoing` when all is done. */
  | { readonly kind: 'cut'; readonly afterDoing?: boolean }
  | { readonly kind: 'login-page' }
  | { readonly kind: 'slow'; readonly ms: number };

/** bytes of a request */
const maxBody = 256 * 1024 * 1024;

export async function startOpencastServer(
  credentials = { user: 'ingest', password: 'opens "sesame"' },
  port = 0,
): Promise<OpencastServer> {
  const ingest = ingestService((definition) => state.states(definition));
  const server = createServer((request, response) => void handle(request, response));
  const digest = springDigest(credentials, () => state.nonceLifeMs);
  const state: OpencastServer = {
    origin: '',
    credentials,
    series: new Map(),
    definitions: ingest.definitions,
    workflows: ingest.workflows,
    files: ingest.files,
    added: [],
    requests: [],
    fault: undefined,
    nonceLifeMs: 300_000,
    indexLagMs: 0,
    busy: 0,
    states: () => ['INSTANTIATED', 'RUNNING', 'SUCCEEDED'],
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };

  /** True: go on. */
  function letIn(request: IncomingMessage, response: ServerResponse): boolean {
    const { authorization } = request.headers;
    if (authorization?.startsWith('Digest ')) {
      const verdict = digest.judge(authorization, request.method ?? '', request.url ?? '');
      if (verdict === 'ok') return true;
      response.writeHead(401, { 'www-authenticate': digest.challenge(verdict === 'stale') }).end();
      return false;
    }
    if (authorization?.startsWith('Basic ')) {
      const given = Buffer.from(authorization.slice(6), 'base64').toString();
      if (given === `${credentials.user}:${credentials.password}`) return true;
    }
    const asked = String(request.headers['x-requested-auth'] ?? '').toLowerCase();
    if (asked === 'digest') response.writeHead(401, { 'www-authenticate': digest.challenge(false) }).end();
    else if (asked === 'basic') response.writeHead(401, { 'www-authenticate': 'Basic realm="Opencast"' }).end();
    else response.writeHead(302, { location: '/login.html' }).end();
    return false;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const method = request.method ?? 'GET';
    const fault = state.fault?.({ method, path: url.pathname });
    response.on('error', () => undefined);
    try {
      if (fault?.kind === 'slow') await sleep(fault.ms);
      if (fault?.kind === 'cut' && !fault.afterDoing) return void request.socket.destroy();
      if (fault?.kind === 'status' && !fault.afterDoing)
        return void response.writeHead(fault.status, { 'content-type': 'text/plain' }).end(fault.text ?? '');
      if (fault?.kind === 'login-page')
        return void response
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<form action="/j_spring_security_check">');
      if (!letIn(request, response)) return void request.resume();
      state.requests.push(`${method} ${url.pathname}`);
      const body = await bodyOf(request);
      const asked = {
        method,
        path: url.pathname,
        query: url.searchParams,
        contentType: request.headers['content-type'],
        body,
      };
      const answer = (await ingest.answer(asked)) ?? externalApi(state, asked);
      if (fault?.kind === 'cut') return void request.socket.destroy();
      if (fault?.kind === 'status') return void response.writeHead(fault.status).end(fault.text ?? '');
      response.writeHead(answer.status, { 'content-type': answer.contentType ?? 'application/json' }).end(answer.text);
    } catch (error) {
      const status = error instanceof Refusal ? error.status : 500;
      response.writeHead(status, { 'content-type': 'text/plain' }).end(error instanceof Error ? error.message : '');
    }
  }

  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return Object.assign(state, { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > maxBody) throw new Refusal(413, 'too large for this stand-in');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
