import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import type { Tables } from '../../src/status/tables.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** The tables as our queries see them, and which of them PostgreSQL reads from end to end to answer. */
export function explainedTables(pool: Pool): { tables: Kysely<Tables>; readWhole: Set<string> } {
  const readWhole = new Set<string>();
  const collect = (node: PlanNode): void => {
    if (node['Node Type'] === 'Seq Scan' && node['Relation Name']) readWhole.add(node['Relation Name']);
    node.Plans?.forEach(collect);
  };
  const explaining: PostgresPool = {
    async connect() {
      const client = await pool.connect();
      const query = async (text: string, parameters: readonly unknown[]) => {
        if (/^\s*(select|with)/i.test(text)) {
          const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${text}`, [
            ...parameters,
          ]);
          collect(rows[0]!['QUERY PLAN'][0].Plan);
        }
        return client.query(text, [...parameters]);
      };
      return { query, release: () => client.release() } as unknown as PostgresPoolClient & PoolClient;
    },
    end: () => Promise.resolve(),
  };
  const tables = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: explaining }) }).withSchema('reelway');
  return { tables, readWhole };
}
