import type { FastifyRequest } from 'fastify';
import { Failure } from '../../domain/failure.js';
import { isManifest } from '../../domain/manifest-key.js';
import type { ObjectStore, StoredObject } from '../../storage/object-store.js';
import type { ApiServer } from '../http-types.js';
import { answerObject } from '../object-answer.js';

/** Finds the endpoint that a capability stands for. */
export interface PlaybackEndpoints {
  /** @param capability 32 hex digits: who knows it may watch */
  find(capability: string): Promise<PlaybackEndpoint | undefined>;
  /** Whether the request may pass where the endpoint's group has CDN authorization; absent: it may. */
  readonly passes?: (capability: string, cdnIdentifier: string | undefined) => Promise<boolean>;
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
      await refuseWithoutIdentifier(endpoints, request);
      const object = await findObject(store, key);
      const seconds = isManifest(key) ? manifestCacheSeconds : segmentCacheSeconds;
      return answerObject(request, reply, { store, object, cacheControl: `public, max-age=${seconds}` });
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

/** As MediaPackage does it: manifests and segments alike need the header. */
async function refuseWithoutIdentifier(
  { passes }: PlaybackEndpoints,
  { headers, params }: FastifyRequest<{ Params: { capability: string } }>,
): Promise<void> {
  const given = headers['x-mediapackage-cdnidentifier'];
  if (!passes || (await passes(params.capability, typeof given === 'string' ? given : undefined))) return;
  throw new Failure('forbidden', 'This endpoint needs the header X-MediaPackage-CDNIdentifier of its packaging group.');
}

/** One wording for an endpoint and for an object that is not there: nobody learns which. */
function notThere(): Failure {
  return new Failure('not_found', 'There is nothing to play at this address.');
}
