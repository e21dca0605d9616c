import { sql, type Kysely } from 'kysely';
import { currentTrace } from '../domain/span.js';
import { databaseTime } from './database-clock.js';
import { jsonText } from './json-text.js';
import type { StoredFailure, Tables } from './tables.js';

/**
 * What Zoom sent: stored first, worked on afterwards. Handling an event that was handled before must change nothing, because a process may end in the
 * middle of it.
 */
export interface EventInbox {
  /** Stores an event; one that is there already is the same event, delivered again. It is on the disk when this resolves. */
  put(event: ReceivedEvent): Promise<void>;
  /** Takes events that wait, the oldest first, for as long as the lease runs: then somebody else may. */
  take(limit: number, leaseMs: number): Promise<readonly WaitingEvent[]>;
  /** Lets the lease of events that were taken, and are not ended, run on. */
  keep(keys: readonly string[], leaseMs: number): Promise<void>;
  /** All that is not handled can be taken at once. Only for a process that is alone with the database, before it takes anything. */
  takeBack(): Promise<void>;
  /** @param outcome what came of it, for people */
  handled(key: string, outcome: string): Promise<void>;
  /** @param pauseMs until the next attempt */
  failed(key: string, failure: StoredFailure, pauseMs: number): Promise<void>;
  /** Zoom has just validated our address. */
  validated(): Promise<void>;
  lastValidation(): Promise<Date | undefined>;
  /** Forgets states of recordings that are older; events go as the settings say, with other history. @param before milliseconds since 1970 */
  forgetStates(before: number): Promise<void>;
}

export interface ReceivedEvent {
  readonly key: string;
  readonly name: string;
  readonly uuid?: string | undefined;
  /** without tokens and passcodes */
  readonly body: unknown;
}

export interface WaitingEvent {
  readonly key: string;
  readonly body: object;
  readonly receivedAt: Date;
  readonly failedAttempts: number;
  /** Of the request that brought it, where that is followed. */
  readonly trace: string | undefined;
}

/** Events that one statement stores. */
const storedAtOnce = 250;
export const validationKey = 'endpoint.url_validation';

export function eventInbox(tables: Kysely<Tables>): EventInbox {
  const store = groupedWrites((events: readonly TracedEvent[]) => insertAll(tables, events));
  return {
    put: (event) => store({ ...event, trace: currentTrace() }),

    async take(limit, leaseMs) {
      const { rows } = await sql<{
        key: string;
        body: object;
        received_at: number;
        failed_attempts: number;
        sequence: string;
        trace: string | null;
      }>`
        UPDATE reelway.zoom_event SET lease_until = ${databaseTime} + ${leaseMs}
        WHERE key IN (
          SELECT key FROM reelway.zoom_event
          WHERE handled_at IS NULL AND lease_until < ${databaseTime}
          ORDER BY sequence LIMIT ${limit} FOR UPDATE SKIP LOCKED)
        RETURNING key, body, received_at, failed_attempts, sequence, trace`.execute(tables);
      const inOrder = [...rows].sort((a, b) => Number(a.sequence) - Number(b.sequence));
      return inOrder.map(({ key, body, received_at: receivedAt, failed_attempts: failedAttempts, trace }) => ({
        ...{ key, body, failedAttempts, trace: trace ?? undefined },
        receivedAt: new Date(receivedAt),
      }));
    },

    async keep(keys, leaseMs) {
      if (keys.length === 0) return;
      await tables
        .updateTable('zoom_event')
        .set({ lease_until: sql`${databaseTime} + ${leaseMs}` })
        .where('key', 'in', keys)
        .where('handled_at', 'is', null)
        .execute();
    },

    async takeBack() {
      await tables.updateTable('zoom_event').set({ lease_until: 0 }).where('handled_at', 'is', null).execute();
    },

    async handled(key, outcome) {
      await tables.updateTable('zoom_event').set({ handled_at: Date.now(), outcome }).where('key', '=', key).execute();
    },

    async failed(key, failure, pauseMs) {
      await tables
        .updateTable('zoom_event')
        .set((row) => ({
          failed_attempts: row('failed_attempts', '+', 1),
          last_failure: jsonText(failure),
          lease_until: sql`${databaseTime} + ${pauseMs}`,
        }))
        .where('key', '=', key)
        .execute();
    },

    async validated() {
      const now = Date.now();
      const values = { received_at: now, handled_at: now };
      await tables
        .insertInto('zoom_event')
        .values({ key: validationKey, event: validationKey, body: '{}', ...values })
        .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
        .execute();
    },

    async lastValidation() {
      const row = await tables
        .selectFrom('zoom_event')
        .select('received_at')
        .where('key', '=', validationKey)
        .executeTakeFirst();
      return row && new Date(row.received_at);
    },

    async forgetStates(before) {
      await tables
        .deleteFrom('recording_event')
        .where('at', '<', before / 1000)
        .execute();
    },
  };
}

type TracedEvent = ReceivedEvent & Pick<WaitingEvent, 'trace'>;

async function insertAll(tables: Kysely<Tables>, events: readonly TracedEvent[]): Promise<void> {
  const now = Date.now();
  const column = (of: (event: TracedEvent) => string | null) => events.map(of);
  await sql`
    INSERT INTO reelway.zoom_event (key, event, uuid, body, received_at, trace)
    SELECT key, event, uuid, body::jsonb, ${now}, trace
    FROM unnest(
      ${column(({ key }) => key)}::text[], ${column(({ name }) => name)}::text[],
      ${column(({ uuid }) => uuid ?? null)}::text[], ${column(({ body }) => jsonText(body))}::text[],
      ${column(({ trace }) => trace ?? null)}::text[]
    ) AS given (key, event, uuid, body, trace)
    ON CONFLICT DO NOTHING`.execute(tables);
}

/**
 * Many writes at the same time as few: while one statement is on its way to the disk, what arrives waits for the next one. Alone, a write waits for
 * nothing.
 */
function groupedWrites<T>(write: (items: readonly T[]) => Promise<void>): (item: T) => Promise<void> {
  let waiting: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, storedAtOnce);
      waiting = waiting.slice(group.length);
      await write(group.map(({ item }) => item)).then(
        () => group.forEach(({ resolve }) => resolve()),
        (error: unknown) => group.forEach(({ reject }) => reject(error)),
      );
    }
    writing = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!writing) void writeAll();
    });
}
