import type { Logger } from 'pino';
import type { Config } from './config/config.js';
import { Failure } from './domain/failure.js';
import type { Recording } from './domain/recording.js';
import type { PublishTarget } from './domain/schedule.js';
import type { IngestRequest } from './domain/work-request.js';
import type { StoredRecordingFile } from './domain/stored-recording-file.js';
import { hostLimits } from './net/host-limits.js';
import { rateLimit, type RateLimit } from './net/rate-limit.js';
import { httpClient } from './net/request.js';
import { trusting } from './net/safe-url.js';
import { probeMovie } from './packager/isobmff/probe-movie.js';
import type { OpencastAuth } from './publish/opencast/authorization.js';
import type { EventPublisher } from './publish/opencast/event-publisher.js';
import { changedProfile } from './publish/opencast/ingest-profile.js';
import { mediaAccess } from './publish/opencast/media-access.js';
import { opencastClient } from './publish/opencast/opencast-client.js';
import { opencastPublisher } from './publish/opencast/opencast-publisher.js';
import type { Opencast } from './publish/opencast/opencast.js';
import { accessTokens, type AccessTokens } from './source/zoom/access-token.js';
import { fileLocations } from './source/zoom/file-locations.js';
import { zoomApi } from './source/zoom/zoom-api.js';
import { zoomClient, type ZoomClient } from './source/zoom/zoom-client.js';
import { zoomAccounts, type ZoomAccount } from './source/zoom/zoom-accounts.js';
import { allZoomCredentials, type ZoomCredentials } from './source/zoom/zoom-credentials.js';
import { eventLedger } from './status/event-ledger.js';
import type { Database } from './status/database.js';
import { jobPlaces } from './status/job-places.js';
import { recordingCatalog, type RecordingCatalog } from './status/recording-catalog.js';
import type { ObjectStore } from './storage/object-store.js';
import { downloader } from './transfer/download.js';
import { writeInventory } from './transfer/inventory.js';
import { recordingFiles } from './transfer/recording-files.js';
import { attachCaptions } from './workflow/attach-captions.js';
import type { StepOptions, WorkflowDefinition } from './workflow/definition.js';
import { fetchRecordingFile } from './workflow/fetch-recording-file.js';
import { followDefaults, type FollowOptions } from './workflow/follow-event.js';
import { ingestRecording } from './workflow/ingest-recording.js';
import { patient } from './workflow/patience.js';
import { streamLine, type StreamLineOptions } from './stream-line.js';
import { statusLine } from './workflow/recording-lines.js';
import { sweepStorage } from './workflow/sweep-storage.js';
import type { TellInput } from './workflow/tell.js';
import type { Engine } from './workflow/start.js';
import { submitIngest, submitLateFiles, submitTranscripts } from './workflow/submit-ingest.js';
import { submitLateToStream, submitStream } from './workflow/submit-stream.js';
import { trashRecordings, type TrashReport } from './workflow/trash-recordings.js';

/** How patient the line is; other than usual in tests. */
export interface RecordingsTimes {
  readonly patience: StepOptions;
  readonly follow: FollowOptions;
  /** milliseconds, see `startOnce` */
  readonly settleMs?: number;
}

export interface RecordingsLineOptions {
  readonly config: Config;
  readonly database: Pick<Database, 'tables'>;
  readonly store: ObjectStore;
  readonly publicUrl: () => string;
  /** Signs paths to stored media. */
  readonly mediaSecret: string;
  readonly tell: WorkflowDefinition<TellInput, null>;
  readonly targets: number;
  readonly log: Logger;
  /** Of the process: its rate limit and its tokens count for everything that asks Zoom. */
  readonly zoom: ZoomConnection | undefined;
  readonly times?: RecordingsTimes;
  readonly stream: Pick<StreamLineOptions, 'packageEndpoint' | 'findPackagingGroup'>;
}

/** Zoom as this installation reaches it; undefined without its settings. */
export interface ZoomConnection {
  readonly client: ZoomClient;
  /** Absent behind a gateway, and with several accounts, of which each has its own. */
  readonly tokens: AccessTokens | undefined;
  /** Each by itself. */
  readonly accounts: readonly ZoomAccount[];
}

/** @param rateOf what the account's rate is called to what keeps it; default: this process alone keeps it */
export function zoomConnection(config: Config, rateOf?: RateOf): ZoomConnection | undefined {
  const accounts = allZoomCredentials(config).map((credentials) => zoomAccount(config, credentials, rateOf));
  const [only, ...others] = accounts;
  if (!only) return undefined;
  if (others.length === 0) return { client: only.client, tokens: only.tokens, accounts };
  return { client: zoomAccounts(accounts), tokens: undefined, accounts };
}

/** One name, one rate. */
export type RateOf = (rate: { name: string; perSecond: number }) => RateLimit;

function zoomAccount(config: Config, credentials: ZoomCredentials, rateOf: RateOf = rateLimit): ZoomAccount {
  const { ZOOM_OAUTH_URL: oauthUrl, ZOOM_API_BASE_URL: baseUrl, REELWAY_PRIVATE_HOSTS: privateHosts } = config;
  const http = httpClient({ policy: trusting(oauthUrl, trusting(baseUrl, { privateHosts })) });
  const tokens = credentials.kind === 'apigee' ? undefined : accessTokens({ credentials, oauthUrl, http });
  const accountId = credentials.kind === 'server-to-server' ? credentials.accountId : undefined;
  const api = zoomApi({
    baseUrl,
    http,
    authorization: tokens ?? { apigeeKey: credentials.kind === 'apigee' ? credentials.key : '' },
    rate: rateOf({ name: `zoom ${accountId ?? ''}`.trim(), perSecond: config.ZOOM_REQUESTS_PER_SECOND }),
  });
  return { accountId, client: zoomClient({ api }), tokens };
}

/** The Opencast of the settings; undefined when they name none. */
export function opencastConnection(config: Config): Opencast | undefined {
  const { OPENCAST_BASE_URL: baseUrl, REELWAY_PRIVATE_HOSTS: privateHosts } = config;
  const auth = opencastAuth(config);
  if (baseUrl === undefined || !auth) return undefined;
  return opencastClient({ baseUrl, auth, http: httpClient({ policy: trusting(baseUrl, { privateHosts }) }) });
}

function opencastAuth(config: Config): OpencastAuth | undefined {
  const {
    OPENCAST_AUTH: kind,
    OPENCAST_API_USER: user,
    OPENCAST_API_PASSWORD: password,
    OPENCAST_TOKEN: token,
  } = config;
  if (kind === 'token') return token === undefined ? undefined : { kind, token, header: config.OPENCAST_TOKEN_HEADER };
  return user === undefined || password === undefined ? undefined : { kind, user, password };
}

/**
 * The second half of the recordings line: from a decided ingest to the event in Opencast, or to addresses that play it. Undefined when Zoom
 * is not set up, or an Opencast that is to have recordings.
 */
export function recordingsLine(options: RecordingsLineOptions) {
  const { config, zoom } = options;
  // Both ways are open whatever the setting, where they can be: a class of the schedule may say otherwise, and what was begun under another setting goes on.
  const opencast = opencastConnection(config);
  if (!zoom || (config.RECORDINGS_PUBLISH !== 'stream' && !opencast)) return undefined;
  const catalog = recordingCatalog(options.database.tables, statusLine(options.log));
  const collecting = { ...collectingOf(options, zoom), catalog };
  const stream = streamLine({ ...options, ...options.stream, collecting });
  const targetOf = ({ publish = config.RECORDINGS_PUBLISH }: IngestRequest) => publish;
  const events = opencast && eventLine({ ...options, zoom, opencast, catalog, collecting, stream, targetOf });
  return {
    ...{ events, stream, targetOf },
    workflows: [collecting.fetchFile, stream.workflow, ...(events?.workflows ?? [])],
  };
}

/** What it takes to have a recording's files. */
function collectingOf(
  options: RecordingsLineOptions,
  zoom: ZoomConnection,
): Omit<StreamLineOptions['collecting'], 'catalog'> {
  const { config, store } = options;
  const { patience } = options.times ?? { patience: patient };
  return {
    ...{ source: zoom.client, incomplete: config.INCOMPLETE_RECORDINGS, patience },
    fetchFile: fetchRecordingFile(fetcherOf(options, zoom), patience),
    writeInventory: (prefix, uuid, files) => describeFiles(store, { prefix, uuid, files }),
  };
}

interface EventLineOptions extends Omit<RecordingsLineOptions, 'stream'> {
  readonly zoom: ZoomConnection;
  readonly opencast: Opencast;
  readonly catalog: RecordingCatalog;
  readonly collecting: StreamLineOptions['collecting'];
  readonly stream: ReturnType<typeof streamLine>;
  readonly targetOf: (request: IngestRequest) => PublishTarget;
}

/** From a decided ingest to the event in Opencast. */
function eventLine(options: EventLineOptions) {
  const { config, database, store, tell, targets, zoom, catalog, collecting, stream, targetOf } = options;
  const { times = { patience: patient, follow: followDefaults } } = options;
  const ledger = eventLedger(database.tables);
  const publisher = publisherOf(options, options.opencast);
  const attach = attachCaptions({ fetchFile: collecting.fetchFile, publisher, ledger, patience: times.patience });
  const ingest = ingestRecording({
    ...collecting,
    catalog,
    publisher,
    ledger,
    places: jobPlaces(database.tables, { pool: 'opencast', most: config.OC_TRACK_UPLOAD_MAX }),
    stream: {
      workflow: stream.workflow,
      inputOf: (request) => (targetOf(request) === 'opencast' ? undefined : stream.inputOf(request)),
    },
    attachCaptions: attach,
    tell,
    targets,
    follow: times.follow,
  });
  const trash = trashRecordings({ ledger, zoom: zoom.client, publisher, afterDays: config.ZOOM_TRASH_AFTER_DAYS });
  const sweep = sweepStorage({ ledger, store, keepDays: config.RECORDINGS_KEEP_DAYS });
  return {
    ledger,
    catalog,
    publisher,
    ingest,
    attach,
    sweep,
    trash,
    tell,
    targets,
    workflows: [attach, ingest, sweep, trash],
  };
}

export type RecordingsLine = NonNullable<ReturnType<typeof recordingsLine>>;
export type EventLine = ReturnType<typeof eventLine>;

/** The second half of the recordings line, for who decides what is work. */
export interface Recordings {
  /** Takes a recording that is to be ingested. @returns the job, stored when this resolves */
  readonly submitIngest: (request: IngestRequest) => Promise<{ id: string; created: boolean }>;
  /** Takes transcripts that Zoom has finished. @returns their jobs */
  readonly submitTranscripts: (recording: Recording) => Promise<readonly string[]>;
  /** Tells of media that Zoom added too late. @returns what is in no event, for people */
  readonly submitLateFiles: (recording: Recording) => Promise<readonly string[]>;
  /** Removes copies that Opencast had finished with before then, in place of the hour's own look. @param before milliseconds since 1970 */
  readonly sweep: (before: number) => Promise<void>;
  /** Puts into Zoom's trash what Opencast had finished before then, in place of the day's own look. @param before milliseconds since 1970 */
  readonly trash: (before: number) => Promise<TrashReport>;
}

export function recordingsOf({ events, stream, targetOf }: RecordingsLine, engine: Engine): Recordings {
  const submitting = events && { engine, ingestRecording: events.ingest, attachCaptions: events.attach, ...events };
  const streaming = { engine, streamRecording: stream.workflow, ...stream };
  const withoutOpencast = () =>
    new Failure('invalid_settings', 'Recordings do not go into Opencast: its settings are not set.');
  const needEvents = () => {
    if (events) return events;
    throw withoutOpencast();
  };
  return {
    async submitIngest(request) {
      if (targetOf(request) === 'stream') return submitStream(streaming, request);
      if (submitting) return submitIngest(submitting, request);
      throw withoutOpencast();
    },
    async submitTranscripts(recording) {
      const attached = submitting ? await submitTranscripts(submitting, recording) : [];
      return [...attached, ...(await submitLateToStream(streaming, recording))];
    },
    async submitLateFiles(recording) {
      const untaken = submitting ? await submitLateFiles(submitting, recording) : [];
      await submitLateToStream(streaming, recording);
      return untaken;
    },
    async sweep(before) {
      const { sweep } = needEvents();
      const { id } = await engine.submit(sweep, `sweep-storage:before ${before}`, { before });
      await engine.result(id);
    },
    async trash(before) {
      const { trash } = needEvents();
      const { id } = await engine.submit(trash, `trash-recordings:before ${before}`, { before });
      return engine.result<TrashReport>(id);
    },
  };
}

function publisherOf(
  { config, database, store, publicUrl, mediaSecret, times }: Omit<RecordingsLineOptions, 'stream'>,
  opencast: Opencast,
): EventPublisher {
  return opencastPublisher({
    opencast,
    ledger: eventLedger(database.tables),
    profile: changedProfile(config.OPENCAST_PROFILE, config.OPENCAST_PROFILE_CHANGES),
    rules: {
      defaultWorkflow: config.DEFAULT_OC_WORKFLOW,
      overridePublisher: config.OVERRIDE_PUBLISHER,
      defaultPublisher: config.DEFAULT_PUBLISHER,
      minimumMs: config.MINIMUM_DURATION * 60_000,
      mostRunningIngests: config.OC_TRACK_UPLOAD_MAX,
      captionsWorkflow: config.OPENCAST_CAPTIONS_WORKFLOW,
    },
    media: mediaAccess({
      store,
      by: config.OPENCAST_MEDIA,
      expiresInSeconds: config.OPENCAST_MEDIA_HOURS * 3600,
      publicUrl,
      secret: mediaSecret,
    }),
    ...(times?.settleMs !== undefined && { settleMs: times.settleMs }),
  });
}

function fetcherOf({ config, store }: RecordingsLineOptions, { client, tokens }: ZoomConnection) {
  const { ZOOM_DOWNLOAD_HOSTS: hosts, REELWAY_PRIVATE_HOSTS: privateHosts } = config;
  // An answer may take long to begin, a file may take hours.
  const timeouts = { headers: 120_000, total: 24 * 3600_000 };
  // How many files are fetched at a time is the queue's limit; each needs one place at a time.
  const limits = hostLimits({ perHost: 1000 });
  const http = httpClient({ policy: { privateHosts }, limits, timeouts });
  const download = downloader({ http, hosts, store, probe: probeMovie });
  return recordingFiles({ download, locations: fileLocations({ client, tokens }) });
}

async function describeFiles(
  store: ObjectStore,
  { prefix, uuid, files }: { prefix: string; uuid: string; files: readonly StoredRecordingFile[] },
): Promise<void> {
  await writeInventory(store, prefix, {
    version: 1,
    subject: `recording ${uuid}`,
    fingerprint: uuid,
    completedAt: new Date().toISOString(),
    entries: [],
    objects: files.map(({ key, size, digest }) => ({
      key: key.slice(prefix.length + 1),
      size,
      digest,
      contentType: 'application/octet-stream',
    })),
  });
}
