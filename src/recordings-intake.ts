import { AsyncResource } from 'node:async_hooks';
import type { Logger } from 'pino';
import type { RecordingsDesk } from './api/routes/recordings.js';
import type { ScheduleDesk } from './api/routes/schedule.js';
import type { SlackDoor } from './api/routes/slack.js';
import type { ZoomIngester } from './api/routes/zoom-ingester.js';
import type { Config } from './config/config.js';
import { Failure } from './domain/failure.js';
import type { Inventory } from './domain/inventory.js';
import type { CountedZoomEvent } from './domain/zoom-event.js';
import { httpClient } from './net/request.js';
import { trusting } from './net/safe-url.js';
import { slackApi } from './source/slack/slack-api.js';
import { isFromSlack, readSlackRequest } from './source/slack/slack-request.js';
import { webhookReceiver } from './source/zoom/receive-webhook.js';
import { readWebhook } from './source/zoom/webhook-event.js';
import type { ZoomClient } from './source/zoom/zoom-client.js';
import { readCsvTimetable } from './source/timetable/csv-timetable.js';
import { googleSheets, type TimetableSource } from './source/timetable/google-sheets.js';
import { readJsonTimetable } from './source/timetable/json-timetable.js';
import type { Database } from './status/database.js';
import { eventArchive } from './status/event-archive.js';
import { eventInbox, type EventInbox } from './status/event-inbox.js';
import { eventLedger } from './status/event-ledger.js';
import { recordingCatalog } from './status/recording-catalog.js';
import { listRecordings } from './status/recording-list.js';
import { recordingStreams } from './status/recording-streams.js';
import { scheduleTable } from './status/schedule-table.js';
import { startClockwork, type RecurringWork } from './workflow/clockwork.js';
import { startEventLoop } from './workflow/event-loop.js';
import { handleEvent, type EventServices } from './workflow/handle-event.js';
import { ingestOnDemand } from './workflow/ingest-on-demand.js';
import { reconcileZoom } from './workflow/reconcile-zoom.js';
import { recordingDesk } from './workflow/recording-desk.js';
import { statusLine } from './workflow/recording-lines.js';
import type { Jobs } from './workflow/jobs.js';
import type { Engine } from './workflow/start.js';
import { applySchedule, syncSchedule, syncSheets } from './workflow/sync-schedule.js';

export interface RecordingsIntakeOptions {
  readonly config: Config;
  readonly database: Pick<Database, 'tables' | 'kind'>;
  /** undefined: no credentials were set */
  readonly zoom: ZoomClient | undefined;
  /** What lies below a prefix of the storage; absent: nothing. */
  readonly inventory?: (prefix: string) => Promise<Inventory | undefined>;
  /** As the second half of the line takes work; undefined while Zoom or Opencast is not set up. */
  readonly second: () => Pick<EventServices, 'submit' | 'submitTranscripts' | 'submitLateFiles'> | undefined;
  /** Counts what Zoom tells. */
  readonly countEvent: (event: CountedZoomEvent) => void;
  readonly log: Logger;
}

/** The first half of the recordings line: from what Zoom, a person or the clock says to a decided ingest. */
export interface RecordingsIntake {
  readonly workflows: readonly [ReturnType<typeof reconcileZoom>, ReturnType<typeof syncSchedule>];
  /** @param works begins to work on what is stored and on what is due; without it, only what is asked for is done, as commands want it */
  start(engine: Pick<Engine, 'submit'> & { readonly jobs: Jobs }, works: boolean): RunningIntake;
}

export interface RunningIntake {
  readonly zoomIngester: ZoomIngester;
  readonly desk: RecordingsDesk;
  readonly schedule: ScheduleDesk;
  /** undefined: its settings are not set */
  readonly slack: SlackDoor | undefined;
  readonly inbox: EventInbox;
  stop(): Promise<void>;
}

const day = 86_400_000;

export function recordingsIntake(options: RecordingsIntakeOptions): RecordingsIntake {
  const { config, database, zoom, second, log } = options;
  const catalog = recordingCatalog(database.tables, statusLine(log));
  const schedule = scheduleTable(database.tables);
  const inbox = eventInbox(database.tables);
  // A sweep starts ingests from within its step: jobs of their own, not parts of the sweep.
  const outside = new AsyncResource('reelway:recordings-intake');
  const services = {
    ...{ catalog, schedule, zoom, sheets: sheetsOf(config) },
    rules: {
      timeZone: config.LOCAL_TIME_ZONE,
      bufferMinutes: config.BUFFER_MINUTES,
      minimumDuration: config.MINIMUM_DURATION,
      defaultSeriesId: config.DEFAULT_SERIES_ID,
    },
    submit: (request: Parameters<EventServices['submit']>[0]) =>
      outside.runInAsyncScope(() => working().submit(request)),
    submitTranscripts: (recording: Parameters<EventServices['submitTranscripts']>[0]) =>
      outside.runInAsyncScope(() => working().submitTranscripts(recording)),
    submitLateFiles: (recording: Parameters<EventServices['submitLateFiles']>[0]) =>
      outside.runInAsyncScope(() => working().submitLateFiles(recording)),
  };

  /** What is decided meanwhile waits in the inbox. */
  function working() {
    const line = second();
    if (line) return line;
    throw new Failure(
      'invalid_settings',
      'Recordings cannot be ingested: the settings of Zoom and Opencast are needed.',
    );
  }

  const reconcile = reconcileZoom(services);
  const sync = syncSchedule(services);
  return {
    workflows: [reconcile, sync],

    start(engine, works) {
      const loop =
        works &&
        startEventLoop({
          ...{ inbox, log, alone: database.kind === 'embedded' },
          read(body) {
            const reading = readWebhook(body);
            return reading.kind === 'event' ? reading.event : undefined;
          },
          handle: (event, receivedAt) => handleEvent(services, event, receivedAt),
        });
      const clockwork = works && startClockwork(recurring(config, engine, { zoom, reconcile, sync }), log);
      return {
        inbox,
        zoomIngester: {
          receive: webhookReceiver({
            secrets: config.WEBHOOK_VALIDATION_SECRET_TOKEN ?? [],
            window: config.ZOOM_WEBHOOK_WINDOW,
            inbox,
            onEvent: () => loop && loop.wake(),
            countEvent: options.countEvent,
          }),
          ingest: (json) => ingestOnDemand(services, json),
          views: catalog,
          updateSchedule: () => syncSheets(services),
          isAllowed: config.INGEST_ALLOWED_IPS,
          scheduleSecret: config.SCHEDULE_UPDATE_SECRET,
        },
        slack: slackDoor(config, {
          ...{ views: catalog, classes: (meetingId) => schedule.classes(meetingId), rules: services.rules },
          ingest: (json) => ingestOnDemand(services, json),
          retry: (job) => engine.jobs.retry(job),
        }),
        desk: {
          ...recordingDesk({
            ...services,
            list: (filter) => listRecordings(database.tables, filter),
            ledger: eventLedger(database.tables),
            streams: recordingStreams(database.tables),
            archive: eventArchive(database.tables),
            inventory: options.inventory ?? (() => Promise.resolve(undefined)),
            wake: () => loop && loop.wake(),
          }),
          backfill: (range) => engine.submit(reconcile, `backfill:${range.from}:${range.to}:${Date.now()}`, range),
        },
        schedule: {
          ...{ timeZone: services.rules.timeZone, bufferMinutes: services.rules.bufferMinutes },
          classes: () => schedule.bySource(),
          importFile({ name, format, text }, apply) {
            const read = format === 'csv' ? readCsvTimetable(text, name) : readJsonTimetable(text, name);
            return applySchedule(services, `file:${name}`, read, apply);
          },
          sync: (apply) => syncSheets(services, apply),
        },
        async stop() {
          if (clockwork) await clockwork.stop();
          if (loop) await loop.stop();
        },
      };
    },
  };
}

function slackDoor(
  config: Config,
  line: Pick<SlackDoor['desk'], 'views' | 'classes' | 'rules' | 'ingest' | 'retry'>,
): SlackDoor | undefined {
  const { SLACK_SIGNING_SECRET: secret, SLACK_API_TOKEN: token, SLACK_ALLOWED_GROUPS: groups } = config;
  if (secret === undefined || token === undefined || groups === undefined) return undefined;
  const { SLACK_API_BASE_URL: baseUrl, REELWAY_PRIVATE_HOSTS: privateHosts, REELWAY_PUBLIC_URL: publicUrl } = config;
  const api = slackApi({ baseUrl, token, groups, http: httpClient({ policy: trusting(baseUrl, { privateHosts }) }) });
  const source = publicUrl === undefined ? 'Reelway' : `Reelway ${new URL(publicUrl).host}`;
  return {
    isGenuine: (request) => isFromSlack(request, secret),
    read: readSlackRequest,
    respond: (responseUrl, message) => api.respond(responseUrl, message),
    desk: { ...line, api, channel: config.SLACK_ZIP_CHANNEL, source },
  };
}

interface RecurringWorkflows {
  readonly zoom: ZoomClient | undefined;
  readonly reconcile: ReturnType<typeof reconcileZoom>;
  readonly sync: ReturnType<typeof syncSchedule>;
}

function recurring(
  config: Config,
  engine: Pick<Engine, 'submit'>,
  { zoom, reconcile, sync }: RecurringWorkflows,
): RecurringWork[] {
  const { ZOOM_SWEEP_MINUTES: sweepMinutes, ZOOM_SWEEP_DAYS: days, SCHEDULE_SYNC_MINUTES: syncMinutes } = config;
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  const sweep = (at: string) => {
    const now = Date.parse(`${at}Z`);
    return engine.submit(
      reconcile,
      `sweep:${at}`,
      { from: dayOf(now - days * day), to: dayOf(now), dryRun: false },
      { urgency: 'sweep' },
    );
  };
  return [
    ...(zoom && sweepMinutes > 0 ? [{ every: sweepMinutes * 60_000, start: sweep }] : []),
    ...(sheetsOf(config) && syncMinutes > 0
      ? [{ every: syncMinutes * 60_000, start: (at: string) => engine.submit(sync, `schedule:${at}`, { at }) }]
      : []),
  ];
}

/** The spreadsheet of the settings, if they name one whole. */
export function sheetsOf(config: Config): TimetableSource | undefined {
  const {
    GSHEETS_DOC_ID: documentId,
    GSHEETS_SHEET_NAMES: sheetNames,
    GSHEETS_CREDENTIALS_FILE: credentialsFile,
  } = config;
  if (documentId === undefined || sheetNames === undefined || credentialsFile === undefined) return undefined;
  const { GSHEETS_API_BASE_URL: apiBaseUrl, REELWAY_PRIVATE_HOSTS: privateHosts } = config;
  const http = httpClient({ policy: trusting(apiBaseUrl, { privateHosts }) });
  return googleSheets({ documentId, sheetNames, credentialsFile, apiBaseUrl, http });
}
