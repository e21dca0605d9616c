import type { Logger } from 'pino';
import { runChecks, type HealthCheck } from './api/routes/health.js';
import type { LogServices } from './api/routes/logs.js';
import type { SystemServices } from './api/routes/system.js';
import { storageOf, type Config } from './config/config.js';
import type { Environment } from './config/environment.js';
import type { Failure } from './domain/failure.js';
import { harvestPorts } from './harvest-ports.js';
import { startHousekeeping } from './housekeeping.js';
import type { PackagingConfiguration, PackagingGroup } from './domain/packaging-configuration.js';
import { rateLimit } from './net/rate-limit.js';
import { openNotifiers } from './notices.js';
import { packagingPorts, type PackagingPortsSettings } from './packaging-ports.js';
import { recordingsIntake, type RunningIntake } from './recordings-intake.js';
import {
  recordingsLine,
  zoomConnection,
  recordingsOf,
  type RateOf,
  type Recordings,
  type RecordingsTimes,
} from './recordings-line.js';
import { coordinatedEgress } from './publish/egress/embedded-packager/coordinated-egress.js';
import { checkConfiguration, packagingVerdicts } from './publish/egress/embedded-packager/embedded-packager.js';
import { spawnThread } from './publish/egress/embedded-packager/spawn-thread.js';
import { awsClients } from './publish/egress/mediapackage-vod/aws-clients.js';
import { cdnGate, type CdnGate } from './publish/egress/mediapackage-vod/cdn-gate.js';
import { mediaPackageVod } from './publish/egress/mediapackage-vod/mediapackage-vod.js';
import { playablePatience } from './publish/egress/mediapackage-vod/waiting.js';
import { assetCatalog, type AssetCatalog } from './status/asset-catalog.js';
import { openDatabase, type Database } from './status/database.js';
import { alertTable } from './status/alert-table.js';
import { hostVisitors } from './status/host-visitors.js';
import { sharedRate } from './status/shared-rate.js';
import { isDue } from './status/clean-up.js';
import { eventInbox } from './status/event-inbox.js';
import { scheduleTable } from './status/schedule-table.js';
import { jobJournal } from './status/job-journal.js';
import { jobTable } from './status/job-table.js';
import { installationSecret } from './status/secrets.js';
import { openMetrics, type Metrics, type MetricSources } from './status/metrics.js';
import { packagingGroups, type PackagingGroups } from './status/packaging-groups.js';
import { queueShares } from './status/queue-shares.js';
import { sessionTable, type SessionTable } from './status/session-table.js';
import { readTally } from './status/tally.js';
import { vodStore, type VodItem, type VodStore } from './status/vod-store.js';
import { workerTable } from './status/worker-table.js';
import { sourceAt } from './storage/location.js';
import type { ObjectStore } from './storage/object-store.js';
import { addEndpoints } from './workflow/add-endpoints.js';
import { closeInTurn } from './workflow/close-in-turn.js';
import { gathered } from './workflow/gathered.js';
import { harvest } from './workflow/harvest.js';
import { harvestEndpoint } from './workflow/harvest-endpoint.js';
import { lookInPlace } from './workflow/look-in-place.js';
import { isMadeOf } from './workflow/is-made-of.js';
import { packageAsset } from './workflow/package-asset.js';
import { packageEndpoint } from './workflow/package-endpoint.js';
import { packagePart } from './workflow/package-part.js';
import { startEngine, type Engine } from './workflow/start.js';
import { readInventory } from './transfer/inventory.js';
import { logServices } from './log-services.js';
import { uploads, type Uploads } from './transfer/uploads.js';
import { healthChecks, outsideProbes, systemServices } from './system-services.js';
import { startTracing } from './tracing.js';
import { readVersion } from './version.js';
import { submitAsset, type SubmitChoice } from './workflow/submit-asset.js';
import { giveNotice, tell } from './workflow/tell.js';
import { watch, type Watch } from './workflow/watch.js';

/** Everything that runs: what `serve`, `demo` and a command without a server work with. */
export interface Services {
  readonly database: Database;
  readonly engine: Engine;
  readonly catalog: AssetCatalog;
  readonly vodStore: VodStore;
  readonly cdnGate: CdnGate;
  readonly packagingGroups: PackagingGroups;
  /** The storage of the settings, or a bucket that a request names. */
  readonly openStore: (bucket: string | undefined) => ObjectStore;
  /** Files that people upload to be packaged. */
  readonly uploads: Uploads;
  readonly submitAsset: (
    request: unknown,
    group?: PackagingGroup,
    options?: SubmitChoice & { reserved?: boolean },
  ) => Promise<{ id: string; created: boolean }>;
  /** Gives the assets of a group of the VOD store the endpoint of a new configuration, as the job of that id. */
  readonly addEndpoints: (job: string, configuration: VodItem) => Promise<unknown>;
  readonly playbackUrl: (capability: string, manifest: string) => string;
  /** @throws Failure configuration_unsupported naming every field that this server cannot honour */
  readonly checkConfiguration: (configuration: PackagingConfiguration) => void;
  readonly packagingVerdicts: typeof packagingVerdicts;
  readonly sessions: SessionTable;
  /** Signs paths to stored media. */
  readonly mediaSecret: string;
  /** Absent without the settings of Zoom and Opencast. */
  readonly recordings: Recordings | undefined;
  /**
   * The first half of the recordings line; whoever starts it stops it before `close`.
   * @param works as a server does; without it only what is asked for is done
   */
  readonly startIntake: (works: boolean) => RunningIntake;
  /** Tells operators what goes wrong; whoever starts it stops it before `close`. */
  readonly watch: Watch;
  readonly checks: readonly HealthCheck[];
  readonly system: SystemServices;
  readonly metrics: Metrics;
  /** What they are made of at each scrape. */
  readonly metricSources: MetricSources;
  readonly logs: LogServices;
  /** Work under way goes on at its last checkpoint with the next start. */
  close(): Promise<void>;
}

export interface ServicesOptions {
  readonly config: Config;
  readonly environment: Environment;
  readonly log: Logger;
  /** Start of the URLs that are given away: `http://127.0.0.1:8080`. Asked when one is made, because the port may be any free one. */
  readonly publicUrl: () => string;
  /** Other than usual in tests. */
  readonly recordingsTimes?: RecordingsTimes;
  /** Serves to look at what is stored and to change it: no job runs here, and none can be started. */
  readonly idle?: boolean;
  /** The data folder was lost to another process: stop at once. */
  readonly onLost: (failure: Failure) => void;
}

/**
 * The system diagram in code: settings to services.
 * @throws Failure data_folder_in_use, database_unavailable
 */
export async function openServices(options: ServicesOptions): Promise<Services> {
  const { config, log } = options;
  const tracing = await startTracing(process.env, readVersion(), log);
  const database = await openDatabase({
    dataFolder: config.REELWAY_DATA_DIR,
    databaseUrl: config.DATABASE_URL,
    log,
    onLost: options.onLost,
  });
  try {
    const services = await compose(options, database);
    const close = async () => {
      await services.close();
      await tracing?.stop();
    };
    return { ...services, close };
  } catch (error) {
    await database.close();
    await tracing?.stop();
    throw error;
  }
}

async function compose(
  { config, environment, log, publicUrl, recordingsTimes: times, idle = false }: ServicesOptions,
  database: Database,
): Promise<Services> {
  const portSettings: PackagingPortsSettings = {
    storage: storageOf(config),
    privateHosts: environment.REELWAY_PRIVATE_HOSTS ?? '',
    trustSourceHost: false,
    sourceRoles: config.REELWAY_SOURCE_ROLES,
    externalId: config.REELWAY_SOURCE_EXTERNAL_ID,
    dedicated: false,
  };
  const { openStore } = packagingPorts(portSettings);
  const egress = coordinatedEgress({
    check: checkConfiguration,
    spawn: () => spawnThread('packaging-coordinator', { ...portSettings }),
  });
  const catalog = assetCatalog(database.tables);
  const vod = vodStore(database.tables);
  const aws = awsClients();
  const groups = packagingGroups(config.REELWAY_DATA_DIR, database.kind === 'server' ? database.tables : undefined);
  const playbackUrl = (capability: string, manifest: string) => `${publicUrl()}/out/v1/${capability}/${manifest}`;
  const locate = (bucket: string | undefined, key: string) => `${openStore(bucket).location}/${key}`;

  const logs = logServices(database.tables, log);
  const notifiers = openNotifiers(config);
  const part = packagePart(egress);
  const endpoint = packageEndpoint({
    ...{ egress, catalog, locate, playbackUrl, packagePart: part },
    workers: () => workerTable(database.tables).working(),
  });
  const told = tell(notifiers);
  // An embedded database has one process: nobody shares with it.
  const visitors = database.kind === 'server' ? hostVisitors({ tables: database.tables }) : undefined;
  const managedEgress = mediaPackageVod({ clients: aws, harvesting: harvestPorts(config, visitors), openStore });
  const telling = { tell: told, targets: notifiers.length };
  const broughtOver = harvest({ managedEgress, ...telling });
  const looking = lookInPlace({ managedEgress });
  const harvested = harvestEndpoint({
    ...{ managedEgress, harvest: broughtOver },
    catalog,
    locate,
    playbackUrl,
    ...telling,
    patience: playablePatience,
  });
  const asset = packageAsset({
    ...{ packageEndpoint: endpoint, harvestEndpoint: harvested, lookInPlace: looking, managedEgress },
    ...telling,
  });
  const adding = addEndpoints({
    ...{ store: vod, packageAsset: asset, packageEndpoint: endpoint },
    engine: () => engine,
  });
  const findPackagingGroup = async (id: string) => (await groups.find(id))?.group;
  const mediaSecret = await installationSecret(database.tables, 'media');
  const zoom = zoomConnection(config, ratesOf(database));
  const line = recordingsLine({
    ...{ config, database, store: openStore(undefined), publicUrl, mediaSecret, tell: told, log },
    ...{ targets: notifiers.length, zoom },
    ...(times && { times }),
    stream: { packageEndpoint: endpoint, findPackagingGroup },
  });
  const metrics = openMetrics();
  const intake = recordingsIntake({
    ...{ config, database, log, zoom: zoom?.client, countEvent: metrics.zoomEvent },
    inventory: (prefix) => readInventory(openStore(undefined), prefix),
    second: () => recordings && { submit: recordings.submitIngest, ...recordings },
  });
  const vodWorkflows = [asset, endpoint, part, harvested, broughtOver, looking, adding, told];
  const engine: Engine = await startEngine({
    database,
    meter: metrics,
    journal: jobJournal(database.tables),
    table: jobTable(database.tables),
    workers: workerTable(database.tables, database.lifeline),
    shares: queueShares(database.tables),
    limits: config.REELWAY_QUEUE_LIMITS,
    // Without a server there is nobody to hand over to: the next start goes on.
    drainMs: database.kind === 'server' ? config.REELWAY_DRAIN_SECONDS * 1000 : 0,
    workflows: idle ? [] : [...vodWorkflows, ...(line?.workflows ?? []), ...intake.workflows],
    log,
  });

  const received = uploads({
    store: openStore(undefined),
    limit: config.REELWAY_UPLOAD_MEGABYTES * 1_000_000,
    sourceOf: (key) => sourceAt(storageOf(config), key),
  });
  const housekeeping = startHousekeeping({
    ...{ config, database, engine, idle, log, events: line?.events },
    daily: [
      (signal) => openStore(undefined).tidy(signal),
      (signal) => received.sweep((id, source) => isMadeOf({ catalog, jobs: engine.jobs }, id, source), signal),
    ],
  });

  const recordings: Recordings | undefined = line && recordingsOf(line, engine);
  const checks = healthChecks(database, openStore);
  const system = systemServices(config, database);
  const alerting = watch({
    ...{
      log,
      publicUrl,
      alerts: alertTable(database.tables),
      queues: () => system.queues(),
      disks: () => system.disks(),
    },
    isDue: () => isDue(database.tables, 'watch', watchEvery),
    probes: [...checks, ...outsideProbes(config, zoom)],
    lastValidation: config.WEBHOOK_VALIDATION_SECRET_TOKEN && (() => eventInbox(database.tables).lastValidation()),
    classes: () => scheduleTable(database.tables).classes(),
    ...{ timeZone: config.LOCAL_TIME_ZONE, classHours: config.REELWAY_ALERT_CLASS_HOURS },
    targets: notifiers.map(({ target }) => target),
    tell: (notice, target) => giveNotice(engine, told, { notice, target }),
  });
  const sourceRoles = config.REELWAY_SOURCE_ROLES;
  const earlierRequest = gathered(async (ids: readonly string[]) => {
    const found = await catalog.requestsOf(ids);
    return ids.map((id) => found.get(id));
  });
  const submitting = { engine, packageAsset: asset, egress, earlierRequest, sourceRoles, findPackagingGroup };
  return {
    database,
    engine,
    catalog,
    vodStore: vod,
    cdnGate: cdnGate({ secretOf: (capability) => vod.secretOf(capability), readSecret: aws.readSecret }),
    checkConfiguration,
    packagingVerdicts,
    packagingGroups: groups,
    openStore,
    uploads: received,
    submitAsset: (request, group, options) => submitAsset(submitting, request, group, options),
    addEndpoints: (job, { groupId, body, createdAt }) =>
      engine.submit(adding, job, {
        groupId,
        configuration: body as unknown as PackagingConfiguration,
        createdAt: createdAt.toISOString(),
      }),
    playbackUrl,
    sessions: sessionTable(database.tables),
    mediaSecret,
    recordings,
    startIntake: (works) => intake.start(engine, works),
    watch: alerting,
    checks,
    system,
    metrics,
    metricSources: {
      ...{ version: readVersion(), view: system, disks: system.disks },
      tally: () => readTally(database.tables),
      checks: () => runChecks(checks),
    },
    logs,
    close() {
      const parts = [
        { name: 'housekeeping', close: () => housekeeping.stop() },
        { name: 'engine', close: () => engine.stop(), withinMs: Infinity },
        { name: 'packaging', close: () => egress.close(), withinMs: Infinity },
        { name: 'visited hosts', close: async () => visitors?.stop() },
        { name: 'logs of jobs', close: () => logs.stop() },
        { name: 'database', close: () => database.close(), withinMs: Infinity },
      ];
      return closeInTurn(parts, log);
    },
  };
}

/** milliseconds */
const watchEvery = 60_000;
/** Rates that count for all processes of a server's database, or for this one. */
function ratesOf({ kind, tables }: Database): RateOf | undefined {
  return kind === 'server' ? (rate) => sharedRate({ tables, ...rate, alone: rateLimit(rate) }) : undefined;
}
