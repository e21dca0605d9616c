import type { Kysely, Selectable } from 'kysely';
import { validationKey } from './event-inbox.js';
import type { StoredFailure, Tables } from './tables.js';

/** What Zoom sent and what came of it, for people; it is kept for REELWAY_KEEP_EVENTS days. */
export interface EventArchive {
  /** The newest first. */
  list(filter: ArchiveFilter): Promise<readonly ArchivedEvent[]>;
  /** Lets events be handled once more, now. @returns how many there are */
  replay(which: { readonly key: string } | { readonly uuid: string }): Promise<number>;
}

export interface ArchiveFilter {
  /** of a recording */
  readonly uuid?: string | undefined;
  /** not handled yet, or not understood yet */
  readonly waiting?: boolean | undefined;
  /** of the last one of the page before */
  readonly afterSequence?: number | undefined;
  readonly limit: number;
}

export interface ArchivedEvent {
  readonly key: string;
  readonly sequence: number;
  /** Zoom's name of it: `recording.completed` */
  readonly event: string;
  readonly uuid: string | undefined;
  readonly receivedAt: Date;
  readonly handledAt: Date | undefined;
  readonly outcome: string | undefined;
  readonly failedAttempts: number;
  readonly failure: StoredFailure | undefined;
  /** as it was stored: without tokens and passcodes */
  readonly body: object;
}

export function eventArchive(tables: Kysely<Tables>): EventArchive {
  return {
    async list({ uuid, waiting, afterSequence, limit }) {
      let page = tables.selectFrom('zoom_event').selectAll().where('key', '!=', validationKey);
      if (uuid !== undefined) page = page.where('uuid', '=', uuid);
      if (waiting !== undefined) page = page.where('handled_at', waiting ? 'is' : 'is not', null);
      if (afterSequence !== undefined) page = page.where('sequence', '<', String(afterSequence));
      return (await page.orderBy('sequence', 'desc').limit(limit).execute()).map(eventOf);
    },

    async replay(which) {
      const again = { handled_at: null, outcome: null, lease_until: 0, failed_attempts: 0, last_failure: null };
      const all = tables.updateTable('zoom_event').set(again).where('key', '!=', validationKey);
      const some = 'key' in which ? all.where('key', '=', which.key) : all.where('uuid', '=', which.uuid);
      return Number((await some.executeTakeFirst()).numUpdatedRows);
    },
  };
}

function eventOf(row: Selectable<Tables['zoom_event']>): ArchivedEvent {
  return {
    ...{ key: row.key, sequence: Number(row.sequence), event: row.event, uuid: row.uuid ?? undefined },
    receivedAt: new Date(row.received_at),
    handledAt: row.handled_at === null ? undefined : new Date(row.handled_at),
    outcome: row.outcome ?? undefined,
    failedAttempts: row.failed_attempts,
    failure: row.last_failure ?? undefined,
    body: row.body,
  };
}
