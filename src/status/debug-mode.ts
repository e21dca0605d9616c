import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** Whether all processes that share the database log everything, for a while. */
export interface DebugMode {
  /** @returns milliseconds since 1970 until which they do; undefined: they do not */
  until(): Promise<number | undefined>;
  /** @param milliseconds from now, by the database's clock */
  on(milliseconds: number): Promise<number>;
  off(): Promise<void>;
}

const now = sql<number>`extract(epoch FROM clock_timestamp()) * 1000`;

export function debugMode(tables: Kysely<Tables>): DebugMode {
  return {
    async until() {
      const found = await tables.selectFrom('debug_mode').select('until').where('until', '>', now).executeTakeFirst();
      return found?.until;
    },
    async on(milliseconds) {
      const until = sql<number>`${now} + ${milliseconds}`;
      const { until: set } = await tables
        .insertInto('debug_mode')
        .values({ one: true, until })
        .onConflict((row) => row.column('one').doUpdateSet({ until }))
        .returning('until')
        .executeTakeFirstOrThrow();
      return set;
    },
    async off() {
      await tables.deleteFrom('debug_mode').execute();
    },
  };
}

/** milliseconds between looks */
const lookEvery = 2000;

/** Calls back when the mode changes, within seconds, and at the begin when it is on. A database that is away changes nothing. */
export function followDebugMode(
  mode: Pick<DebugMode, 'until'>,
  apply: (on: boolean) => void,
  everyMs = lookEvery,
): { stop: () => void } {
  let isOn = false;
  const look = () =>
    mode.until().then(
      (until) => {
        if ((until !== undefined) === isOn) return;
        isOn = until !== undefined;
        apply(isOn);
      },
      () => undefined,
    );
  void look();
  const timer = setInterval(() => void look(), everyMs).unref();
  return { stop: () => clearInterval(timer) };
}
