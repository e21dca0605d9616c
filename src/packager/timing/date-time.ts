/**
 * An ISO 8601 date and time in milliseconds since 1970; NaN for what is none. One without a time zone, which playlists should not have and do
 * (RFC 8216bis §4.4.4.6), is in UTC: that of the machine would be chance.
 */
export function readDateTime(text: string): number {
  const written = text.trim();
  const isZoned = !/[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d*)?)?$/i.test(written);
  return Date.parse(isZoned ? written : `${written}Z`);
}
