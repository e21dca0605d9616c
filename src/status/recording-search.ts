import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from './tables.js';

/**
 * Recordings that have the text, in any case, in what is searched of them (see search-index), or that are of a course which has it: of a series or a
 * meeting of its classes. Courses stand in the schedule alone, which changes: they are looked up first, so that indexes find the rest.
 */
export async function hasText(tables: Kysely<Tables>, text: string): Promise<RawBuilder<boolean>> {
  const inText = holds(sql`search_text`, text);
  const classes = await classesOf(tables, text);
  if (classes.length === 0) return inText;
  const meetings = [...new Set(classes.map((each) => each.meeting_id))];
  const series = [...new Set(classes.map((each) => each.series_id))];
  return sql`(${inText} OR meeting_id = ANY(${meetings}::text[]) OR string_to_array(series, ' ') && ${series}::text[])`;
}

/** Classes whose course, or its code with its title, has the text: `math 55 lec`. */
function classesOf(tables: Kysely<Tables>, text: string) {
  return tables
    .selectFrom('scheduled_class')
    .select(['meeting_id', 'series_id'])
    .where(holds(sql`lower(course_code || ' ' || title)`, text))
    .execute();
}

/** The cheap question first: grams are made anew where no index has them. */
function holds(inside: RawBuilder<unknown>, text: string): RawBuilder<boolean> {
  const wanted = sql`lower(${text}::text)`;
  return sql`(
    (length(${wanted}) < 3 OR strpos(${inside}, ${wanted}) > 0)
    AND reelway.search_grams(${inside}) @> reelway.wanted_grams(${wanted}))`;
}
