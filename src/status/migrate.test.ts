import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedDatabase, serverDatabase, type OpenedDatabase } from '../../test/support/databases.js';
import { requires } from '../../test/support/requires.js';
import { migrate } from './migrate.js';
import { migrations, type Migration } from './migrations.js';

const later: readonly Migration[] = [
  { name: 'more', sql: 'CREATE TABLE reelway.more (id integer PRIMARY KEY)', additive: true },
  { name: 'more of it', sql: 'ALTER TABLE reelway.more ADD COLUMN name text', additive: true },
  { name: 'other', sql: 'ALTER TABLE reelway.more RENAME TO other' },
  { name: 'still more', sql: 'CREATE TABLE reelway.still_more (id integer PRIMARY KEY)', additive: true },
];

function contract(open: () => Promise<OpenedDatabase>): void {
  let opened: OpenedDatabase;
  beforeAll(async () => void (opened = await open()));
  afterAll(() => opened.remove());
  const upTo = (count: number) => migrate(opened.database.pool, [...migrations, ...later.slice(0, count)]);

  it('that only add leave the release before at work, one that changes something refuses it by name', async () => {
    await upTo(2);
    await expect(upTo(0)).resolves.toBeUndefined();
    await expect(upTo(1)).resolves.toBeUndefined();
    await upTo(3);
    const of = (count: number) => migrations.length + count;
    for (const count of [0, 1, 2])
      await expect(upTo(count)).rejects.toMatchObject({
        code: 'database_newer',
        details: { given: of(3), allowed: of(count) },
      });
    await upTo(4);
    await expect(upTo(3)).resolves.toBeUndefined();
    await expect(upTo(2)).rejects.toMatchObject({ code: 'database_newer' });
  });

  it('of a release that did not say what they need count as needed', async () => {
    await opened.database.pool.query('ALTER TABLE reelway.migration DROP COLUMN needs');
    await expect(upTo(4)).resolves.toBeUndefined();
    await expect(upTo(3)).rejects.toMatchObject({ code: 'database_newer' });
  });
}

describe('migrations of the embedded database', () => contract(embeddedDatabase));
describe.runIf(requires('postgres'))('migrations of a PostgreSQL server', () => contract(serverDatabase));
