import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyBaseLogger, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { Failure } from '../domain/failure.js';
import type { SessionTable } from '../status/session-table.js';
import { boundArrival } from './arrival.js';
import { authenticate, type Doors } from './authenticate.js';
import { checkHost } from './check-host.js';
import type { Oidc } from './oidc.js';
import { documentation } from './documentation.js';
import { answerError, answerNotFound } from './error-answer.js';
import { followRequests } from './follow-requests.js';
import type { ApiServer } from './http-types.js';
import { assetRoutes, type Assets } from './routes/assets.js';
import { dashboardRoutes } from './routes/dashboard.js';
import { healthRoutes } from './routes/health.js';
import { jobRoutes, type JobServices } from './routes/jobs.js';
import { logRoutes, type LogServices } from './routes/logs.js';
import { mediaRoutes, type StoredMedia } from './routes/media.js';
import { countRequests, metricRoutes, type MetricServices } from './routes/metrics.js';
import { packagingGroupRoutes, type PackagingGroupServices } from './routes/packaging-groups.js';
import {
  answerServiceError,
  mediaPackageVodPrefix,
  mediaPackageVodRoutes,
  type MediaPackageVodServices,
} from './routes/mediapackage-vod.js';
import { oidcRoutes } from './routes/oidc.js';
import { playbackRoutes, type PlaybackEndpoints } from './routes/playback.js';
import { uploadRoutes } from './routes/uploads.js';
import { sessionRoutes, ticketRoutes } from './routes/session.js';
import { systemRoutes, type SystemRouteServices } from './routes/system.js';
import type { Uploads } from '../transfer/uploads.js';
import type { SignInTickets } from './sign-in-tickets.js';
import { slackRoutes, type SlackDoor } from './routes/slack.js';
import { recordingRoutes, type RecordingsDesk } from './routes/recordings.js';
import { scheduleRoutes, type ScheduleDesk } from './routes/schedule.js';
import { zoomEventRoutes } from './routes/zoom-events.js';
import { zoomIngesterRoutes, type ZoomIngester } from './routes/zoom-ingester.js';

/** bytes of a request's body; every request of the API is a small JSON document */
const requestBodyLimit = 1_048_576;
/** milliseconds for a request to arrive whole; guards against clients that send a byte now and then */
const arrivalTimeout = 60_000;
/** milliseconds for the longest of them, an upload, which is watched piece by piece */
const requestTimeout = 6 * 3_600_000;
/** milliseconds for the headers of a request */
const headersTimeout = 15_000;
/** milliseconds an idle connection stays open: longer than the 60 s of common load balancers, so that they close first */
const keepAliveTimeout = 72_000;
/** milliseconds that requests in flight have at a stop before their connections are cut */
const stopTimeout = 10_000;
/** milliseconds for each of its parts to be ready: all are ours and none waits for anything, but a machine under load may leave them without a turn */
const partTimeout = 300_000;
/** milliseconds between looks, at a stop, for connections that have become idle */
const sweepInterval = 50;

export interface ApiServices extends JobServices, PackagingGroupServices, SystemRouteServices, MetricServices, Doors {
  readonly log: FastifyBaseLogger;
  /** Absent: nobody keeps the logs of jobs. */
  readonly logs?: LogServices;
  readonly sessions: SessionTable;
  /** Absent: people sign in with tokens alone. */
  readonly oidc?: Oidc;
  readonly tickets: SignInTickets;
  readonly endpoints: PlaybackEndpoints;
  readonly assets: Assets;
  /** Absent: no stored media is served. */
  readonly media?: StoredMedia;
  /** Absent: nothing can be uploaded. */
  readonly uploads?: Uploads;
  /** Absent: no recordings are taken. */
  readonly recordings?: RecordingsServices;
  /** Absent: `/slack` is not served. */
  readonly slack?: SlackDoor;
  /** Absent: `/mediapackage-vod` is not served. */
  readonly mediaPackageVod?: MediaPackageVodServices;
}

export interface RecordingsServices {
  readonly zoom: ZoomIngester;
  readonly desk: RecordingsDesk;
  readonly schedule: ScheduleDesk;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any free one */
  readonly port: number;
  readonly publicUrl: string | undefined;
  /** What a problem with them is said of; default REELWAY_HOST and REELWAY_PORT. */
  readonly settings?: { readonly host: string; readonly port: string };
}

/** The API with all of its routes; it does not listen yet. */
export async function apiServer(services: ApiServices, options: ListenOptions): Promise<ApiServer> {
  const app: ApiServer = Fastify({
    loggerInstance: services.log.child({}, { serializers: { req: loggedRequest } }),
    // Of a child made before, the level would not follow `reelway debug`.
    childLoggerFactory: (logger, bindings, given) => logger.child(bindings, { ...given, level: services.log.level }),
    genReqId: requestId,
    bodyLimit: requestBodyLimit,
    requestTimeout,
    keepAliveTimeout,
    forceCloseConnections: 'idle',
    http: { headersTimeout },
    pluginTimeout: partTimeout,
    routerOptions: { maxParamLength: 600 },
    frameworkErrors: (error, request, reply) =>
      void (request.url.startsWith(`${mediaPackageVodPrefix}/`) ? answerServiceError : answerError)(
        error,
        request,
        reply,
      ),
  });
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(answerError).setNotFoundHandler(answerNotFound);
  app.decorateRequest('token', null);
  app.addHook('onRequest', checkHost(options));
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  boundArrival(app, arrivalTimeout);
  countRequests(app, services.metrics);
  followRequests(app);
  await documentation(app, services);
  const publicUrl = () => options.publicUrl ?? addressOf(app);
  const secure = options.publicUrl?.startsWith('https:') ?? false;
  await app.register(routes, { ...services, secure, publicUrl });
  return app;
}

interface OwnAddress {
  readonly secure: boolean;
  readonly publicUrl: () => string;
}

async function routes(app: ApiServer, services: ApiServices & OwnAddress): Promise<void> {
  healthRoutes(app, services);
  sessionRoutes(app, services);
  if (services.oidc) oidcRoutes(app, { ...services, oidc: services.oidc });
  await dashboardRoutes(app);
  await app.register(playback, services);
  if (services.media) mediaRoutes(app, services.media, services);
  if (services.mediaPackageVod)
    await app.register(mediaPackageVodRoutes, { ...services.mediaPackageVod, prefix: mediaPackageVodPrefix });
  await app.register(guarded, services);
  await app.register(zoomIngester, services);
}

// eslint-disable-next-line @typescript-eslint/require-await -- fastify tells plugins without a callback by their promise
async function playback(app: ApiServer, services: ApiServices): Promise<void> {
  playbackRoutes(app, services);
}

/** Each of these doors has a lock of its own. */
// eslint-disable-next-line @typescript-eslint/require-await -- fastify tells plugins without a callback by their promise
async function zoomIngester(app: ApiServer, { recordings, slack, tokens }: ApiServices): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  if (recordings) zoomIngesterRoutes(app, { zoom: recordings.zoom, tokens });
  if (slack) slackRoutes(app, slack);
}

/** Everything below `/api` that reads or changes something needs a token. */
async function guarded(app: ApiServer, services: ApiServices): Promise<void> {
  app.addHook('onRequest', authenticate(services));
  assetRoutes(app, services);
  if (services.uploads) await uploadRoutes(app, { ...services, uploads: services.uploads });
  packagingGroupRoutes(app, services);
  jobRoutes(app, services);
  systemRoutes(app, services);
  if (services.logs) logRoutes(app, services.logs);
  ticketRoutes(app, services);
  if (services.recordings) {
    recordingRoutes(app, services.recordings);
    zoomEventRoutes(app, services.recordings);
    scheduleRoutes(app, services.recordings);
  }
  metricRoutes(app, services);
}

/**
 * Listens.
 * @returns the address as this machine reaches it, `http://127.0.0.1:8080`
 * @throws Failure port_in_use, or invalid_settings when the address is none of this machine
 */
export async function listen(app: ApiServer, options: ListenOptions): Promise<string> {
  const { host, port } = options;
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw listenFailure(error as NodeJS.ErrnoException, options);
  }
  return addressOf(app);
}

function addressOf(app: ApiServer): string {
  const address = app.server.address() as AddressInfo;
  const reachable = ['0.0.0.0', '::'].includes(address.address) ? '127.0.0.1' : address.address;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${address.port}`;
}

/** Lets requests in flight finish, for a while; nothing new comes in. */
export async function stop(app: ApiServer): Promise<void> {
  const cut = setTimeout(() => app.server.closeAllConnections(), stopTimeout);
  // A connection whose answer ends now would stay open for the next request.
  const sweep = setInterval(() => app.server.closeIdleConnections(), sweepInterval);
  try {
    await app.close();
  } finally {
    clearTimeout(cut);
    clearInterval(sweep);
  }
}

const ownSettings = { host: 'REELWAY_HOST', port: 'REELWAY_PORT' };

function listenFailure(error: NodeJS.ErrnoException, { host, port, settings = ownSettings }: ListenOptions): Error {
  if (error.code === 'EADDRINUSE')
    return new Failure('port_in_use', `Port ${port} of ${host} is in use by another process.`, {
      details: { setting: settings.port, given: port },
      cause: error,
    });
  if (error.code === 'EACCES')
    return new Failure('invalid_settings', `Port ${port} may not be used by this user; ports from 1024 on may.`, {
      details: { setting: settings.port, given: port },
      cause: error,
    });
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Failure('invalid_settings', `${host} is no address of this machine.`, {
      details: { setting: settings.host, given: host },
      cause: error,
    });
  return error;
}

/** The caller's id when it is a sane one, so that logs can be followed across systems. */
function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}

/** What a log line says of a request: no query and no capability of a playback URL, both may be secrets. */
function loggedRequest(request: FastifyRequest): object {
  const path = request.url.split('?', 1)[0] ?? '';
  return {
    method: request.method,
    path: path.replace(/^(\/out\/v1\/|\/media\/)[^/]+/, '$1***'),
    remoteAddress: request.ip,
  };
}
