import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.js';

export interface JobLogWriterOptions {
  readonly tables: Kysely<Tables>;
  /** Calls back for each line of a job, a JSON object as pino writes it, until the returned function is called. */
  readonly subscribe: (listener: (line: string) => void) => () => void;
  /** milliseconds between two writes; default 500 */
  readonly everyMs?: number;
}

/** Lines that wait while the database is away; beyond, the oldest go. */
const waitingLimit = 5000;
/** Lines of one write. */
const batchSize = 500;
/** Newest lines that are kept of each job, about. */
const keptOfJob = 1000;
/** Lines of a job that this process writes before it looks whether there are too many. */
const trimEvery = 200;
/** characters; what is longer keeps what it says and loses what stands beside */
const longestLine = 8000;
/** Any number: the advisory lock under which lines are written, so that a higher number is never seen before a lower one. */
const writeLock = 7_335_930;

interface Line {
  readonly job: string;
  readonly at: number;
  readonly line: string;
}

/** Keeps what the log says about jobs in the database, a moment later: nobody waits for it, and a database that is away loses the oldest lines. */
export function startJobLogWriter({ tables, subscribe, everyMs = 500 }: JobLogWriterOptions): {
  stop: () => Promise<void>;
} {
  const waiting: Line[] = [];
  const written = new Map<string, number>();
  let writing: Promise<void> | undefined;

  const unsubscribe = subscribe((text) => {
    const line = lineOf(text);
    if (!line) return;
    waiting.push(line);
    if (waiting.length > waitingLimit) waiting.shift();
  });

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize);
      await insert(tables, batch);
      waiting.splice(0, batch.length);
      await trim(batch);
    }
  }

  async function trim(batch: readonly Line[]): Promise<void> {
    for (const { job } of batch) written.set(job, (written.get(job) ?? 0) + 1);
    for (const [job, lines] of written) {
      if (lines < trimEvery) continue;
      written.delete(job);
      await sql`DELETE FROM reelway.job_log WHERE job_id = ${job} AND sequence <= (
        SELECT sequence FROM reelway.job_log WHERE job_id = ${job} ORDER BY sequence DESC OFFSET ${keptOfJob} LIMIT 1)`.execute(
        tables,
      );
    }
    if (written.size > waitingLimit) written.clear();
  }

  // What cannot be written waits: to log that it could not would only make more of it.
  const tick = () => (writing ??= write().then(undefined, () => undefined)).finally(() => (writing = undefined));
  const timer = setInterval(() => void tick(), everyMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      unsubscribe();
      await writing;
      await tick();
    },
  };
}

async function insert(tables: Kysely<Tables>, lines: readonly Line[]): Promise<void> {
  await tables.transaction().execute(async (transaction) => {
    await sql`SELECT pg_advisory_xact_lock(${writeLock})`.execute(transaction);
    await sql`INSERT INTO reelway.job_log (job_id, at, line)
      SELECT * FROM unnest(${lines.map(({ job }) => job)}::text[], ${lines.map(({ at }) => at)}::float8[],
        ${lines.map(({ line }) => line)}::text[])`.execute(transaction);
  });
}

/** undefined: it is of no job after all. */
function lineOf(text: string): Line | undefined {
  const read = JSON.parse(text) as { job?: unknown; time: number; level: number; msg?: string; step?: string };
  const { job, time, level, msg, step } = read;
  if (typeof job !== 'string') return undefined;
  const short =
    text.length <= longestLine ? text : JSON.stringify({ level, time, job, step, msg: msg?.slice(0, 2000) });
  // Text in PostgreSQL holds no NUL, which JSON writes so.
  return { job, at: time, line: short.trimEnd().replaceAll('\\u0000', '\\ufffd') };
}
