import type { Kysely } from 'kysely';
import type { PackagingGroupStore } from './packaging-group-store.js';
import type { Tables } from './tables.js';

/** Rows of a PostgreSQL server's database: every process has them, and they stay when a machine goes. */
export function packagingGroupTable(tables: Kysely<Tables>): PackagingGroupStore {
  return {
    placeOf: (id) => `the packaging group ${id} in the database`,

    async ids() {
      const rows = await tables.selectFrom('packaging_group').select('id').execute();
      return rows.map(({ id }) => id);
    },

    async read(id) {
      const row = await tables.selectFrom('packaging_group').select('text').where('id', '=', id).executeTakeFirst();
      return row?.text;
    },

    async write(id, text) {
      const values = { text, saved_at: Date.now() };
      await tables
        .insertInto('packaging_group')
        .values({ id, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
    },
  };
}
