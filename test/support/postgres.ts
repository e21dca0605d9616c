import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

/** A fresh, empty database on the test server; the test file must say `requires('postgres')`. */
export interface TestDatabase {
  readonly url: string;
  /** Cuts what is connected and removes the database. */
  drop(): Promise<void>;
}

export async function createDatabase(): Promise<TestDatabase> {
  const { databaseUrl } = inject('provision');
  if (databaseUrl === undefined)
    throw new Error("no PostgreSQL: guard the suite with describe.runIf(requires('postgres'))");
  const name = `reelway_test_${randomUUID().replaceAll('-', '')}`;
  await maintain(databaseUrl, `create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => maintain(databaseUrl, `drop database if exists ${name} with (force)`) };
}

async function maintain(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
