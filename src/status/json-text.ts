/**
 * A value as JSON that PostgreSQL's `jsonb` takes: its text cannot hold NUL (https://www.postgresql.org/docs/current/datatype-json.html), which JSON
 * can, so NUL goes. An escaped backslash before `u0000` is text and stays.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/\\(\\|u0000)/g, (escape, kind) => (kind === 'u0000' ? '' : escape));
}
