import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Failure } from '../../domain/failure.js';
import type { ObjectStore, StoredObject } from '../../storage/object-store.js';
import { isNotModified, rangeCounts } from '../conditional-request.js';
import type { ApiServer } from '../http-types.js';
import { resolveRangeRequest } from '../range-request.js';

/** Finds the endpoint that a capability stands for. */
export interface PlaybackEndpoints {
  /** @param capability 32 hex digits: who knows it may watch */
  find(capability: string): Promise<PlaybackEndpoint | undefined>;
}

export interface PlaybackEndpoint {
  readonly store: ObjectStore;
  /** Key prefix of the endpoint, without trailing slash. */
  readonly prefix: string;
}

/** Segments of an endpoint stay as they are; a repaired one has the same bytes. A day, in seconds, because an asset may still be replaced. */
const segmentCacheSeconds = 86_400;
/** Manifests are the first to change when an asset is made anew. */
const manifestCacheSeconds = 60;

/** Players of every origin may read (the capability is the permission), and see what they need for seeking and measuring. */
const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Content-Length, Content-Range, Accept-Ranges, ETag, Date',
  'cross-origin-resource-policy': 'cross-origin',
  'timing-allow-origin': '*',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * `/out/v1/<capability>/...`: the objects of an egress endpoint, for players and CDNs. The URL is the permission (as MediaPackage's), so it is
 * not logged. Ranges, conditional requests and HEAD as RFC 9110; what is Reelway's own (`.reelway/`) is not there.
 */
export function playbackRoutes(app: ApiServer, { endpoints }: { endpoints: PlaybackEndpoints }): void {
  const hidden = { logLevel: 'warn', schema: { hide: true } } as const;
  type Params = { Params: { capability: string; '*': string } };

  app.addHook('onRequest', (_, reply, done) => {
    reply.headers(corsHeaders);
    done();
  });

  app.options('/out/v1/:capability/*', hidden, (_, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-methods': 'GET, HEAD, OPTIONS',
        'access-control-allow-headers': 'Range, If-Range, If-None-Match, If-Modified-Since, Cache-Control',
        'access-control-max-age': String(segmentCacheSeconds),
      })
      .send(),
  );

  app.route<Params>({
    ...hidden,
    method: ['GET', 'HEAD'],
    url: '/out/v1/:capability/*',
    handler: async (request, reply) => {
      const { store, key } = await locate(endpoints, request.params);
      const object = await findObject(store, key);
      return answerObject(request, reply, { store, object });
    },
  });
}

async function locate(
  endpoints: PlaybackEndpoints,
  params: { capability: string; '*': string },
): Promise<{ store: ObjectStore; key: string }> {
  const path = params['*'];
  const hiddenPart = path.split('/').some((part) => part === '' || part.startsWith('.'));
  const endpoint =
    /^[0-9a-f]{32}$/.test(params.capability) && !hiddenPart ? await endpoints.find(params.capability) : undefined;
  if (!endpoint) throw notThere();
  return { store: endpoint.store, key: `${endpoint.prefix}/${path}` };
}

async function findObject(store: ObjectStore, key: string): Promise<StoredObject> {
  const object = await store.head(key).catch((error: unknown) => {
    // A name that no object can have is a name that is not there.
    if (error instanceof Failure && error.code === 'invalid_request') return undefined;
    throw error;
  });
  if (!object) throw notThere();
  return object;
}

/** One wording for an endpoint and for an object that is not there: nobody learns which. */
function notThere(): Failure {
  return new Failure('not_found', 'There is nothing to play at this address.');
}

async function answerObject(
  request: FastifyRequest,
  reply: FastifyReply,
  { store, object }: { store: ObjectStore; object: StoredObject },
): Promise<FastifyReply> {
  const { key, size, etag, lastModified, contentType = 'application/octet-stream' } = object;
  const isManifest = /\.(m3u8|mpd)$/.test(key);
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': `public, max-age=${isManifest ? manifestCacheSeconds : segmentCacheSeconds}`,
    ...(etag !== undefined && { etag }),
    ...(lastModified && { 'last-modified': lastModified.toUTCString() }),
  });
  if (isNotModified(request.headers, object)) return reply.code(304).send();
  reply.type(contentType);
  if (request.method === 'HEAD') return reply.header('content-length', size).send();

  const range = rangeCounts(request.headers, object)
    ? resolveRangeRequest(request.headers.range, size)
    : ({ kind: 'whole' } as const);
  switch (range.kind) {
    case 'unsatisfiable':
      return reply
        .code(416)
        .removeHeader('cache-control')
        .removeHeader('content-type')
        .header('content-range', `bytes */${size}`)
        .send();
    case 'part':
      reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
      return sendBytes(reply, store, key, { start: range.start, end: range.end });
    case 'whole':
      return sendBytes(reply, store, key);
  }
}

async function sendBytes(
  reply: FastifyReply,
  store: ObjectStore,
  key: string,
  range?: { start: number; end: number },
): Promise<FastifyReply> {
  const abort = new AbortController();
  // A player that seeks away drops the connection: stop reading at once.
  reply.raw.once('close', () => abort.abort());
  const { body, length } = await store.get(key, { ...(range && { range }), signal: abort.signal });
  return reply.header('content-length', length).send(Readable.from(body, { objectMode: false }));
}
