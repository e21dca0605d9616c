import { Failure } from '../domain/failure.js';
import type { Inventory } from '../domain/inventory.js';
import type { RecordingStateEvent } from '../domain/recording.js';
import { recordingPrefix } from '../domain/recording-key.js';
import type { Decision, IntakeRules } from '../intake/decide-ingest.js';
import { explainSeries, type SeriesExplanation } from '../intake/explain-series.js';
import type { OnDemandRequest } from '../intake/request-on-demand.js';
import { suggestClasses, type ClassSuggestion } from '../intake/suggest-classes.js';
import type { ArchivedEvent, ArchiveFilter, EventArchive } from '../status/event-archive.js';
import type { EventLedger, LedgerEvent } from '../status/event-ledger.js';
import type { RecordingFilter } from '../status/recording-list.js';
import type { CatalogRecording, PastStatus } from '../status/recording-views.js';
import type { RecordingStream, RecordingStreams } from '../status/recording-streams.js';
import type { ScheduleTable } from '../status/schedule-table.js';
import { orderedOf, orderIngest, type OnDemandServices, type OrderedIngest } from './ingest-on-demand.js';
import { automaticWish, decide, rematch, rematchFor, takeRecording } from './take-recording.js';

/** What operators look at and do with recordings. */
export interface RecordingDesk {
  list(filter: RecordingFilter): Promise<readonly CatalogRecording[]>;
  /** @throws Failure not_found */
  show(uuid: string): Promise<ShownRecording>;
  /** @throws Failure as orderIngest does */
  order(request: OnDemandRequest): Promise<OrderedIngest>;
  /** Decides anew on a recording that nothing came of. @throws Failure not_found */
  rematch(uuid: string): Promise<OrderedIngest>;
  /** Decides anew on everything that waits for a class. @returns how many found theirs */
  rematchAll(): Promise<number>;
  events(filter: ArchiveFilter): Promise<readonly ArchivedEvent[]>;
  /** @throws Failure not_found when nothing of it is kept */
  replay(which: { readonly key: string } | { readonly uuid: string }): Promise<number>;
}

/** Everything that is known of a recording. */
export interface ShownRecording extends CatalogRecording {
  /** What would be decided now. */
  readonly decision: Decision;
  /** Ingests that have a series, oldest first, and why. */
  readonly taken: readonly TakenIngest[];
  /** Classes to choose from; empty when one matches. */
  readonly suggestions: readonly ClassSuggestion[];
  /** What of it lies whole and checked in our storage, by key. */
  readonly stored: ReadonlyMap<string, { readonly bytes: number; readonly digest: string }>;
  /** of Zoom: started, paused, ..., in the order in which it happened */
  readonly states: readonly RecordingStateEvent[];
  /** Statuses of each ingest, by its tracking id, oldest first. */
  readonly history: ReadonlyMap<string, readonly PastStatus[]>;
  readonly opencast: readonly LedgerEvent[];
  /** What our own packager made of it; undefined: it was not packaged. */
  readonly stream: RecordingStream | undefined;
  /** What Zoom sent of it, oldest first; kept for REELWAY_KEEP_EVENTS days. */
  readonly events: readonly ArchivedEvent[];
}

export interface TakenIngest extends SeriesExplanation {
  readonly trackingId: string;
  readonly seriesId: string;
}

export interface RecordingDeskServices extends OnDemandServices {
  readonly list: RecordingDesk['list'];
  readonly schedule: ScheduleTable;
  readonly rules: IntakeRules;
  readonly ledger: Pick<EventLedger, 'ofRecording'>;
  readonly streams: Pick<RecordingStreams, 'find'>;
  readonly archive: EventArchive;
  /** What lies below a prefix of our storage; undefined: nothing. */
  readonly inventory: (prefix: string) => Promise<Inventory | undefined>;
  /** There is something in the inbox. */
  readonly wake: () => void;
}

/** events of one recording that are shown */
const mostEvents = 200;

export function recordingDesk(services: RecordingDeskServices): RecordingDesk {
  const { catalog, schedule, ledger, archive, rules } = services;

  async function known(uuid: string): Promise<CatalogRecording> {
    const found = await catalog.find(uuid);
    if (found) return found;
    throw new Failure('not_found', `There is no recording ${uuid}.`, { details: { recording: uuid } });
  }

  async function storedFiles(prefix: string): Promise<ShownRecording['stored']> {
    const objects = (await services.inventory(prefix))?.objects ?? [];
    return new Map(objects.map(({ key, size, digest }) => [`${prefix}/${key}`, { bytes: size, digest }]));
  }

  return {
    list: services.list,

    async show(uuid) {
      const found = await known(uuid);
      const { recording, ingests } = found;
      const [decision, classes, states, opencast, stream, events, stored] = await Promise.all([
        decide(services, recording, {}),
        schedule.classes(),
        catalog.recordingEvents(uuid),
        ledger.ofRecording(uuid),
        services.streams.find(uuid),
        archive.list({ uuid, limit: mostEvents }),
        storedFiles(recordingPrefix(recording)),
      ]);
      const history = new Map<string, readonly PastStatus[]>();
      for (const { trackingId } of ingests) history.set(trackingId, await catalog.history(trackingId));
      const isMatched = decision.kind === 'ingest' && decision.series.courseCode !== undefined;
      const suggestions = isMatched ? [] : suggestClasses(recording, classes, rules);
      return {
        ...found,
        decision,
        taken: takenOf(ingests, { decision, classes, defaultSeriesId: rules.defaultSeriesId }),
        suggestions,
        stored,
        states,
        history,
        opencast,
        stream,
        events: [...events].reverse(),
      };
    },

    order: (request) => orderIngest(services, request),

    async rematch(uuid) {
      const { recording } = await known(uuid);
      const wish = automaticWish(uuid, 'webhook');
      return orderedOf(wish.trackingId, await takeRecording(services, recording, wish));
    },

    rematchAll: () => rematch(services, Date.now() - rematchFor),

    events: (filter) => archive.list(filter),

    async replay(which) {
      const replayed = await archive.replay(which);
      if (replayed === 0) throw new Failure('not_found', 'No such event of Zoom is kept.', { details: which });
      services.wake();
      return replayed;
    },
  };
}

function takenOf(ingests: CatalogRecording['ingests'], now: Parameters<typeof explainSeries>[1]): TakenIngest[] {
  return ingests.flatMap(({ trackingId, origin, seriesId }) =>
    seriesId === undefined ? [] : [{ trackingId, seriesId, ...explainSeries({ origin, seriesId }, now) }],
  );
}
