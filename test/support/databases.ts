import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { openDatabase, type Database } from '../../src/status/database.js';
import { createDataFolder } from './embedded-data-folder.js';
import { createDatabase } from './postgres.js';

/** A fresh database with our tables, as `openDatabase` gives it. */
export interface OpenedDatabase {
  readonly database: Database;
  /** As DATABASE_URL; empty: it is embedded. */
  readonly url: string;
  remove(): Promise<void>;
}

const log = pino({ level: 'silent' });

export async function embeddedDatabase(): Promise<OpenedDatabase> {
  const folder = await createDataFolder();
  const database = await openDatabase({ dataFolder: folder.dataFolder, log });
  return {
    database,
    url: '',
    async remove() {
      await database.close();
      await folder.remove();
    },
  };
}

/** The test file must say `requires('postgres')`. */
export async function serverDatabase(): Promise<OpenedDatabase> {
  const empty = await createDatabase();
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'reelway-data-'));
  const database = await openDatabase({ dataFolder, databaseUrl: empty.url, log });
  return {
    database,
    url: empty.url,
    async remove() {
      await database.close();
      await empty.drop();
      await rm(dataFolder, { recursive: true });
    },
  };
}
