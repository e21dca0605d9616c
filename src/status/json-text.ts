import { Failure } from '../domain/failure.js';

/**
 * A value as JSON that PostgreSQL's `jsonb` takes: its text cannot hold NUL (https://www.postgresql.org/docs/current/datatype-json.html), which JSON
 * can, so NUL goes, and half a pair of surrogates, as where a text was cut within an emoji, becomes U+FFFD. Only halves are escaped (ECMA-262,
 * QuoteJSONString). An escaped backslash before `u0000` is text and stays.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/\\(\\|u0000|ud[89a-f][0-9a-f]{2})/g, (escape, kind: string) => {
    if (kind === '\\') return escape;
    return kind === 'u0000' ? '' : '\ufffd';
  });
}

/**
 * The same of what somebody asks for, who is told in place of finding something else.
 * @throws Failure invalid_request
 */
export function exactJsonText(value: unknown): string {
  const text = jsonText(value);
  if (text === JSON.stringify(value)) return text;
  throw new Failure(
    'invalid_request',
    'A text of the request holds NUL or half of a character, which nothing here has.',
  );
}
