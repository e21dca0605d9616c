import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createDatabase } from './postgres.js';
import { startPrivateCluster } from './postgres-server.js';
import { postgresBinaries } from './provision.js';
import { requires } from './requires.js';

describe.runIf(requires('postgres'))('a test database', () => {
  it('is empty, and gone after drop even while somebody is connected', async () => {
    const database = await createDatabase();
    const client = new pg.Client({ connectionString: database.url });
    const cut = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    const { rows } = await client.query("select count(*)::int as tables from pg_tables where schemaname = 'public'");
    expect(rows).toEqual([{ tables: 0 }]);
    await database.drop();
    await cut;
    await expect(new pg.Client({ connectionString: database.url }).connect()).rejects.toThrow(/does not exist/);
  });
});

describe.runIf(requires('postgres') && postgresBinaries())('a private cluster', () => {
  it('lets databases be created, and ends with its folder', async () => {
    const server = await startPrivateCluster();
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('create database of_a_test');
    await server.stop();
    await expect(new pg.Client({ connectionString: server.url }).connect()).rejects.toThrow(/ECONNREFUSED/);
  });
});
