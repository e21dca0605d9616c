import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import type { Visitors } from '../net/visitors.js';
import type { Tables } from './tables.js';

export interface HostVisitors extends Visitors {
  /** Leaves all hosts to the others. */
  stop(): Promise<void>;
}

export interface HostVisitorsOptions {
  readonly tables: Kysely<Tables>;
  /** milliseconds between two looks; default 2000 */
  readonly lookMs?: number;
}

/** looks without a visit after which one visits no more */
const looksAfterVisit = 15;
/** looks of another process that may fail before it counts as gone */
const looksOfOthers = 5;

/**
 * Keeps in the database which hosts this process visits, and learns from it who else does. With a newcomer there are for one look more than there should be: he takes one
 * place until he knows how many they are, the others give theirs up with their next look.
 */
export function hostVisitors({ tables, lookMs = 2000 }: HostVisitorsOptions): HostVisitors {
  const own = randomUUID();
  const hosts = new Map<string, { looksLeft: number; count: number | undefined }>();
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    for (const [host, visit] of hosts) if (visit.looksLeft-- <= 0) hosts.delete(host);
    const visited = [...hosts.keys()].sort();
    const gone = sql`make_interval(secs => ${(looksOfOthers * lookMs) / 1000})`;
    await sql`DELETE FROM reelway.host_visitor WHERE visitor = ${own} AND host <> ALL(${visited}::text[])
      OR seen_at < now() - ${gone}`.execute(tables);
    if (visited.length === 0) return;
    await sql`INSERT INTO reelway.host_visitor (host, visitor) SELECT host, ${own} FROM unnest(${visited}::text[]) AS of (host)
      ON CONFLICT (host, visitor) DO UPDATE SET seen_at = now()`.execute(tables);
    const { rows } = await sql<{ host: string; count: number }>`
      SELECT host, count(*)::int AS count FROM reelway.host_visitor WHERE host = ANY(${visited}::text[]) GROUP BY host`.execute(
      tables,
    );
    for (const { host, count } of rows) {
      const visit = hosts.get(host);
      if (visit) visit.count = count;
    }
  }
  // A look that fails leaves everybody what they had: whoever cannot be counted now is counted with the next.
  const lookNow = () => (looking ??= look().catch(() => undefined)).finally(() => (looking = undefined));
  const timer = setInterval(() => {
    if (hosts.size > 0) void lookNow();
  }, lookMs).unref();

  return {
    count(host) {
      const visit = hosts.get(host) ?? { looksLeft: 0, count: undefined };
      visit.looksLeft = looksAfterVisit;
      if (!hosts.has(host)) {
        hosts.set(host, visit);
        void lookNow();
      }
      return visit.count;
    },
    async stop() {
      clearInterval(timer);
      hosts.clear();
      await looking;
      await tables.deleteFrom('host_visitor').where('visitor', '=', own).execute();
    },
  };
}
