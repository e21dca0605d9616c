import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from './tables.js';

/** The text in which a job is searched, and when it has come to an end: as the index `reelway_jobs_by_text` has them, to the letter. */
export const searchedText = `left(lower(workflow_uuid || chr(10) || coalesce(attributes ->> 'title', '')), 1000)`;
export const hasEnded = `status NOT IN ('ENQUEUED', 'DELAYED', 'PENDING')`;

/** Where a job stands in the lists. */
export interface JobPlace {
  /** milliseconds since 1970 */
  readonly createdAt: number;
  readonly id: string;
}

/** How many jobs a search looks at before it answers with what it has and where to go on. */
export interface SearchReach {
  /** newest ones of the list, first */
  readonly first: number;
  /** those after them, where many have the text: so many again and again */
  readonly further: number;
  /** milliseconds in which another look at those may begin */
  readonly furtherMs: number;
  /** those that the index names */
  readonly indexed: number;
  /** those that have not ended, of which the index has none; where there are more, one job after the other is looked at */
  readonly open: number;
}
/** Each a few ten milliseconds with a million jobs. */
const defaultReach: SearchReach = { first: 1000, further: 2000, furtherMs: 30, indexed: 4000, open: 20_000 };

interface Search {
  readonly text: string;
  /** what else is asked of `w`, a job, with `d`, its dismissal */
  readonly where: (after: JobPlace | undefined) => RawBuilder<unknown>;
  readonly after?: JobPlace | undefined;
  readonly limit: number;
}

/** The ids of a page; `next`: not all were looked at, go on after this one. */
export interface FoundJobs {
  readonly ids: readonly string[];
  readonly next?: JobPlace;
}

/**
 * Finds the newest jobs with a text, in a time that does not grow with the number of jobs. A text that many have is soon among the newest ones; one
 * that few have is found by the index. The planner cannot tell these apart (it takes the grams of a text for independent of each other), so it is
 * not asked. What many have, but none of the newest, comes in pages that may be short.
 */
export async function searchJobs(tables: Kysely<Tables>, search: Search, reach = defaultReach): Promise<FoundJobs> {
  const { after, limit } = search;
  const newest = await walk(tables, search, after, reach.first);
  if (newest.ids.length >= limit || !newest.next) return { ids: newest.ids };
  const fillsByWalking = newest.ids.length * (reach.further / reach.first) >= limit;
  const walks = fillsByWalking || (await manyHave(tables, search.text));
  const named = walks ? undefined : await throughIndex(tables, search, reach);
  if (named) return { ids: named };
  let found: FoundJobs = newest;
  const end = performance.now() + reach.furtherMs;
  do {
    const further = await walk(tables, { ...search, limit: limit - found.ids.length }, found.next, reach.further);
    found = { ...further, ids: [...found.ids, ...further.ids] };
  } while (found.next && performance.now() < end);
  return found;
}

/** Looks at one job after the other. @returns with `next` when neither the page is full nor the list at its end */
async function walk(
  tables: Kysely<Tables>,
  { text, where, limit }: Search,
  after: JobPlace | undefined,
  jobs: number,
): Promise<FoundJobs> {
  const { rows } = await sql<{ id: string; createdAt: number; found: boolean; n: number }>`
    SELECT * FROM (
      SELECT workflow_uuid AS "id", created_at::float8 AS "createdAt", ${holds(text)} AS found, row_number() OVER ()::int AS n
      FROM (
        SELECT w.workflow_uuid, w.created_at, w.attributes FROM dbos.workflow_status w
        LEFT JOIN reelway.job_dismissal d ON d.job_id = w.workflow_uuid
        WHERE ${where(after)} ORDER BY w.created_at DESC, w.workflow_uuid DESC LIMIT ${jobs}) AS newest) AS looked_at
    WHERE found OR n = ${jobs} LIMIT ${limit}`.execute(tables);
  const ids = rows.filter(({ found }) => found).map(({ id }) => id);
  const last = rows.at(-1);
  return { ids, ...(last?.n === jobs && ids.length < limit && { next: last }) };
}

/**
 * More than one of a hundred in a thousandth of all jobs have it: the index would name them all before it gives one. A table with less than a
 * few thousand jobs has no such part, and the index is quick.
 */
async function manyHave(tables: Kysely<Tables>, text: string): Promise<boolean> {
  const { rows } = await sql<{ many: boolean }>`
    SELECT count(*) FILTER (WHERE ${holds(text)}) * 100 > count(*) AS many
    FROM dbos.workflow_status TABLESAMPLE SYSTEM (0.1)`.execute(tables);
  return rows[0]?.many ?? false;
}

/** @returns undefined when more have the text, or are open, than is looked at */
async function throughIndex(
  tables: Kysely<Tables>,
  { text, where, after, limit }: Search,
  reach: SearchReach,
): Promise<string[] | undefined> {
  const columns = sql.raw('workflow_uuid, created_at, status, name, parent_workflow_id');
  const { rows } = await sql<{ named: number; unended: number; ids: string[] }>`
    WITH named AS MATERIALIZED (
      SELECT ${columns} FROM dbos.workflow_status WHERE ${sql.raw(hasEnded)}
        AND reelway.search_grams(${sql.raw(searchedText)}) @> reelway.wanted_grams(lower(${text}::text)) AND ${holds(text)}
      LIMIT ${reach.indexed + 1}),
    unended AS MATERIALIZED (
      SELECT ${columns}, ${holds(text)} AS found FROM dbos.workflow_status WHERE status IN ('ENQUEUED', 'DELAYED', 'PENDING')
      LIMIT ${reach.open + 1})
    SELECT (SELECT count(*) FROM named)::int AS named, (SELECT count(*) FROM unended)::int AS unended, ARRAY(
      SELECT w.workflow_uuid FROM (SELECT * FROM named UNION ALL SELECT ${columns} FROM unended WHERE found) AS w
      LEFT JOIN reelway.job_dismissal d ON d.job_id = w.workflow_uuid
      WHERE ${where(after)} ORDER BY w.created_at DESC, w.workflow_uuid DESC LIMIT ${limit}) AS ids`.execute(tables);
  const [found] = rows;
  return found && found.named <= reach.indexed && found.unended <= reach.open ? found.ids : undefined;
}

/** A text of one or two characters is the beginning of a word, as the index has it; a longer one may be anywhere. */
function holds(text: string): RawBuilder<unknown> {
  const inside = sql.raw(searchedText);
  if (text.length >= 3) return sql`strpos(${inside}, lower(${text}::text)) > 0`;
  const literal = text.replace(/[^\p{L}\p{N}]/gu, String.raw`\$&`);
  return sql`${inside} ~ ('(^|[^[:alnum:]])' || lower(${literal}::text))`;
}
