import { PGlite } from '@electric-sql/pglite';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDataFolder, type TestDataFolder } from '../../test/support/embedded-data-folder.js';
import { pgliteGate, type PgliteGate } from './pglite-gate.js';

let place: TestDataFolder;
let pglite: PGlite;
let gate: PgliteGate;
let pool: pg.Pool;
beforeAll(async () => {
  place = await createDataFolder();
  pglite = await PGlite.create(`${place.dataFolder}/database`);
});
beforeEach(async () => {
  gate = pgliteGate(pglite);
  pool = gate.pool({ max: 6 });
  await pool.query('CREATE TABLE account (id int PRIMARY KEY, amount int NOT NULL)');
  await pool.query('INSERT INTO account SELECT n, 100 FROM generate_series(1, 10) n');
});
afterEach(async () => {
  await pool.query('DROP TABLE account');
  await pool.end();
});
afterAll(async () => {
  await pglite.close();
  await place.remove();
});

async function transfer(from: number, to: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ amount: number }>('SELECT amount FROM account WHERE id = $1', [from]);
    await client.query('UPDATE account SET amount = $2 WHERE id = $1', [from, rows[0]!.amount - 1]);
    await client.query('UPDATE account SET amount = amount + 1 WHERE id = $1', [to]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

async function total(): Promise<number> {
  const { rows } = await pool.query<{ sum: number }>('SELECT sum(amount)::int FROM account');
  return rows[0]!.sum;
}

describe('the pool over PGlite', () => {
  it('keeps the transactions of many connections apart', async () => {
    await Promise.all(Array.from({ length: 120 }, (_, n) => transfer(1 + (n % 10), 1 + ((n * 7 + 3) % 10))));
    expect(await total()).toBe(1000);
    const { rows } = await pool.query<{ id: number; amount: number }>('SELECT * FROM account ORDER BY id');
    const expected = rows.map(({ id }) => {
      const numbers = Array.from({ length: 120 }, (_, n) => n);
      const out = numbers.filter((n) => 1 + (n % 10) === id).length;
      const into = numbers.filter((n) => 1 + ((n * 7 + 3) % 10) === id).length;
      return { id, amount: 100 - out + into };
    });
    expect(rows).toEqual(expected);
  });

  it('lets Node get to its sockets and timers between the queries of a chain', async () => {
    await pool.query('SELECT 1');
    let turns = 0;
    let next: NodeJS.Immediate;
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    count();
    for (let n = 0; n < 50; n++) await pool.query('SELECT 1');
    clearImmediate(next!);
    expect(turns).toBeGreaterThan(50);
  });

  it('gives every connection the answers to its own questions, large and small', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        pool.query<{ n: number; text: string }>('SELECT $1::int AS n, repeat($2, $3) AS text', [
          n,
          String(n % 10),
          (n * 997) % 50_000,
        ]),
      ),
    );
    for (const [n, { rows }] of answers.entries()) {
      expect(rows[0]!.n).toBe(n);
      expect(rows[0]!.text).toBe(String(n % 10).repeat((n * 997) % 50_000));
    }
  });

  it('rolls back what a connection had open when it is cut, and lets the others on', async () => {
    const client = await pool.connect();
    client.on('error', () => undefined);
    await client.query('BEGIN');
    await client.query('DELETE FROM account');
    const waiting = total();
    client.release(true);
    expect(await waiting).toBe(1000);
  });

  it('lets others on after a failed transaction was rolled back, and reports the error', async () => {
    const client = await pool.connect();
    await client.query('BEGIN');
    await expect(client.query('INSERT INTO account VALUES (1, 1)')).rejects.toMatchObject({ code: '23505' });
    await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    const waiting = total();
    await client.query('ROLLBACK');
    client.release();
    expect(await waiting).toBe(1000);
  });

  it('goes on after an error outside a transaction', async () => {
    await expect(pool.query('SELECT nonsense')).rejects.toMatchObject({ code: '42703' });
    await expect(pool.query('SELECT $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
    expect(await total()).toBe(1000);
  });

  it('runs several statements of one simple query, and prepared statements again and again', async () => {
    const several = (await pool.query('SELECT 1 AS a; SELECT 2 AS b')) as unknown as pg.QueryResult[];
    expect(several.map(({ rows }) => rows as unknown)).toEqual([[{ a: 1 }], [{ b: 2 }]]);
    const client = await pool.connect();
    for (const id of [1, 2, 3]) {
      const { rows } = await client.query({
        name: 'by id',
        text: 'SELECT id FROM account WHERE id = $1',
        values: [id],
      });
      expect(rows).toEqual([{ id }]);
    }
    client.release();
  });

  it('drops a connection that is cut while it waits in line', async () => {
    const holder = await pool.connect();
    await holder.query('BEGIN');
    const impatient = gate.pool({ max: 1, connectionTimeoutMillis: 100 });
    await expect(impatient.connect()).rejects.toThrow(/timeout/);
    await holder.query('COMMIT');
    holder.release();
    expect(await total()).toBe(1000);
    await impatient.end();
  });
});

it('a backend that fails tells the connection that asked, and no other', async () => {
  let broken = true;
  const gate = pgliteGate({
    execProtocolRaw: (...given: Parameters<PGlite['execProtocolRaw']>) => {
      if (broken && Buffer.from(given[0]).includes('boom')) return Promise.reject(new Error('the backend broke'));
      return pglite.execProtocolRaw(...given);
    },
  });
  const other = gate.pool({ max: 3 });
  other.on('error', () => undefined);
  const [bad, good] = await Promise.allSettled([other.query(`SELECT 'boom'`), other.query('SELECT 1 AS one')]);
  expect(bad.status).toBe('rejected');
  expect(good).toMatchObject({ status: 'fulfilled', value: { rows: [{ one: 1 }] } });
  broken = false;
  expect((await other.query(`SELECT 'boom' AS said`)).rows).toEqual([{ said: 'boom' }]);
  await other.end();
});
