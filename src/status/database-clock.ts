import { sql, type RawBuilder } from 'kysely';

/**
 * The time of the database, in milliseconds since 1970: for what one process writes and another judges, whose own clocks may be minutes apart. The time of
 * the statement, not of the transaction's beginning.
 */
export const databaseTime: RawBuilder<number> = sql<number>`(extract(epoch FROM clock_timestamp()) * 1000)::float8`;
