import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { Failure } from '../domain/failure.js';
import { makeFolder } from '../make-folder.js';
import { refuseHalfRestored } from './half-restored.js';
import { lockDataFolder, type DataFolderLock } from './data-folder-lock.js';
import { migrate } from './migrate.js';
import { pgliteGate } from './pglite-gate.js';
import { serverPool } from './server-pool.js';
import type { Tables } from './tables.js';

/**
 * The one database, under one pool that the engine and our own tables share: PGlite in the data folder, or a PostgreSQL server.
 * On PGlite every connection stands in one line: keep transactions short and never wait for anything else inside one.
 */
export interface Database {
  readonly kind: 'embedded' | 'server';
  readonly pool: pg.Pool;
  /** Our own tables (schema `reelway`). */
  readonly tables: Kysely<Tables>;
  /**
   * The same over a connection of its own, for signs of life: it is given up after seconds, and they do not wait behind queries of the pool that
   * hang on dead connections.
   */
  readonly lifeline: Kysely<Tables>;
  /** Held when the database is embedded. */
  readonly lock: DataFolderLock | undefined;
  /** Copies the files of the embedded database as they are at one instant; whoever uses it meanwhile waits. Absent: it is a server's. */
  readonly snapshot?: (folder: string) => Promise<void>;
  /**
   * From now on a query that is not answered in time has lost its connection: tables and indexes, which may take longer, are made.
   * @param withinMs milliseconds; default 30000
   */
  expectAnswers(withinMs?: number): void;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly dataFolder: string;
  /** `postgres://user:password@host:5432/name`; without it the database is embedded in the data folder. */
  readonly databaseUrl?: string | undefined;
  readonly log: Logger;
  /** The default of `expectAnswers`, other than usual in tests. */
  readonly answerWithinMs?: number | undefined;
  /** The lock of the data folder was lost to another process; the caller must stop at once. */
  readonly onLost?: (failure: Failure) => void;
}

/** Connections of one process: the engine's pollers take up to half of them. */
const poolSize = 10;
/** milliseconds; what is asked for after the start are single rows and pages */
const defaultAnswerWithinMs = 30_000;
/** milliseconds for a sign of life: within the time that a worker has for it (take-over.ts) a second one gets through on a new connection */
const lifelineWithinMs = 3000;

/**
 * Opens the database and brings our tables up to date.
 * @throws Failure `data_folder_in_use`, `database_unavailable`, `database_newer`
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database = options.databaseUrl
    ? serverDatabase({ ...options, databaseUrl: options.databaseUrl })
    : await embeddedDatabase(options);
  try {
    await migrate(database.pool);
    return database;
  } catch (error) {
    await database.close();
    throw asDatabaseFailure(error, options);
  }
}

function serverDatabase(options: DatabaseOptions & { databaseUrl: string }): Database {
  const { answerWithinMs = defaultAnswerWithinMs, log } = options;
  const main = serverPool({ ...options, connections: poolSize, connectWithinMs: 10_000 });
  const lifeline = serverPool({ ...options, connections: 1, connectWithinMs: lifelineWithinMs });
  lifeline.limitSilence(lifelineWithinMs);
  return database({
    kind: 'server',
    pool: guarded(main.pool, log),
    lifeline: tablesOver(guarded(lifeline.pool, log)),
    lock: undefined,
    expectAnswers: (withinMs = answerWithinMs) => main.limitSilence(withinMs),
    close: async () => void (await Promise.all([main.end(), lifeline.end()])),
  });
}

async function embeddedDatabase({ dataFolder, log, onLost }: DatabaseOptions): Promise<Database> {
  const lock = await lockDataFolder(dataFolder, onLost && { onLost });
  try {
    refuseHalfRestored(dataFolder);
    const folder = path.join(dataFolder, 'database');
    await makeFolder(folder, 0o700);
    const pglite = await openPglite(folder);
    const gate = pgliteGate(pglite);
    const pool = guarded(gate.pool({ max: poolSize }), log);
    return database({
      kind: 'embedded',
      pool,
      lock,
      expectAnswers: () => {}, // its backend is in this process
      snapshot: (to) => gate.still(() => cp(folder, to, { recursive: true, mode: constants.COPYFILE_FICLONE })),
      async close() {
        await pool.end();
        await pglite.close();
        await lock.release();
      },
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openPglite(folder: string) {
  // Imported here: a megabyte of code that a process on a PostgreSQL server does not need.
  const { PGlite } = await import('@electric-sql/pglite');
  return PGlite.create({
    dataDir: folder,
    startParams: [
      // PGlite runs with fsync off by default (-F), which a power cut could turn into a corrupt database.
      ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
      ...['-c', 'fsync=on'],
      // Its default of 128 MB is cleared at each start: a third of a second and 120 MB. Beyond this there are the pages of the operating system.
      ...['-c', 'shared_buffers=32MB'],
    ],
  });
}

/** To look into the tables of a server as they are, without bringing them up to date; whoever asks destroys them. */
export function serverTables(databaseUrl: string): Kysely<Tables> {
  return tablesOver(new pg.Pool({ connectionString: databaseUrl, max: 1, connectionTimeoutMillis: 10_000 }));
}

function database(parts: Omit<Database, 'tables' | 'lifeline'> & Partial<Pick<Database, 'lifeline'>>): Database {
  const tables = tablesOver(parts.pool);
  let closed: Promise<void> | undefined;
  return { tables, lifeline: tables, ...parts, close: () => (closed ??= parts.close()) };
}

function tablesOver(pool: pg.Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }).withSchema('reelway');
}

/** A connection that breaks must not end the process: idle ones are the pool's, those in use tell with their next query. */
function guarded(pool: pg.Pool, log: Logger): pg.Pool {
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ reason: error.message }, 'a database connection broke'));
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'an idle database connection broke'));
  return pool;
}

function asDatabaseFailure(error: unknown, { databaseUrl, dataFolder }: DatabaseOptions): Failure {
  if (error instanceof Failure) return error;
  const where = databaseUrl ? `at ${new URL(databaseUrl).host}` : `in ${dataFolder}`;
  const reason = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
  return new Failure('database_unavailable', `The database ${where} does not answer: ${reason}.`, { cause: error });
}
