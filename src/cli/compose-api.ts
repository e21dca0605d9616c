import type { Logger } from 'pino';
import type { ApiServer } from '../api/http-types.js';
import type { Oidc } from '../api/oidc.js';
import { apiServer } from '../api/server.js';
import type { SignInTickets } from '../api/sign-in-tickets.js';
import type { Config } from '../config/config.js';
import type { StoredToken } from '../domain/api-token.js';
import { readVersion } from '../version.js';
import type { Services } from '../wiring.js';

interface ApiParts {
  readonly intake: ReturnType<Services['startIntake']>;
  readonly config: Config;
  readonly log: Logger;
  readonly tickets: SignInTickets;
  readonly tokens: () => readonly StoredToken[];
}

/** The API over the services; it does not listen. */
export async function composeApi(services: Services, parts: ApiParts): Promise<ApiServer> {
  const { intake, config, log, tickets, tokens } = parts;
  const version = readVersion();
  const { system, checks, metrics, metricSources, logs } = services;
  return apiServer(
    {
      ...{ log, version, metrics, metricSources, logs },
      ...(await oidcOf(config)),
      ...{ tokens, checks, sessions: services.sessions, tickets },
      system: { ...system, zoom: () => zoomState(intake, services, config) },
      packagingGroups: services.packagingGroups,
      packagingVerdicts: services.packagingVerdicts,
      endpoints: {
        find: (capability) => playable(services, capability),
        passes: (capability, given) => services.cdnGate.passes(capability, given),
      },
      assets: { submit: services.submitAsset, catalog: services.catalog, playbackUrl: services.playbackUrl },
      uploads: services.uploads,
      recordings: { zoom: intake.zoomIngester, desk: intake.desk, schedule: intake.schedule },
      ...(intake.slack && { slack: intake.slack }),
      mediaPackageVod: {
        keys: config.REELWAY_AWS_KEYS,
        store: services.vodStore,
        check: services.checkConfiguration,
        submit: (request, group) => services.submitAsset(request, group, { reserved: true }),
        addEndpoints: services.addEndpoints,
        jobs: services.engine.jobs,
        playbackUrl: services.playbackUrl,
        domainName: () => new URL(services.playbackUrl('', '')).host,
      },
      media: { store: services.openStore(undefined), secret: services.mediaSecret },
      jobs: services.engine.jobs,
      feed: services.engine.feed,
    },
    { host: config.REELWAY_HOST, port: config.REELWAY_PORT, publicUrl: config.REELWAY_PUBLIC_URL },
  );
}

/** Loaded where it is set up alone. */
async function oidcOf(config: Config): Promise<{ oidc?: Oidc }> {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_ROLES: rules } = config;
  if (issuer === undefined || clientId === undefined || rules === undefined) return {};
  const [{ oidc }, { httpClient }, { trusting }] = await Promise.all([
    import('../api/oidc.js'),
    import('../net/request.js'),
    import('../net/safe-url.js'),
  ]);
  const { OIDC_CLIENT_SECRET: clientSecret, OIDC_SCOPES: scopes, REELWAY_PRIVATE_HOSTS: privateHosts } = config;
  const http = httpClient({ policy: trusting(issuer, { privateHosts }) });
  return { oidc: oidc({ issuer, clientId, clientSecret, scopes, rules, http }) };
}

/** What the health page shows of Zoom. */
async function zoomState({ inbox }: ApiParts['intake'], { engine }: Services, config: Config) {
  const [validated, { jobs }] = await Promise.all([
    inbox.lastValidation(),
    engine.jobs.list({ kind: ['reconcile-zoom'], status: ['done', 'failed'], limit: 1 }),
  ]);
  const [last] = jobs;
  return {
    webhooks: config.WEBHOOK_VALIDATION_SECRET_TOKEN !== undefined,
    validatedAt: validated?.toISOString() ?? null,
    sweep: last ? { job: last.id, at: last.endedAt ?? last.createdAt, status: last.status } : null,
  };
}

async function playable({ catalog, openStore }: Services, capability: string) {
  const place = await catalog.findEndpoint(capability);
  return place && { store: openStore(place.bucket), prefix: place.prefix };
}
