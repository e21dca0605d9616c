/**
 * How long a server asks to wait, in milliseconds: RFC 9110 §10.2.3, either seconds or a date (also those in the past: 0).
 * Undefined when the header is absent or neither.
 */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // An HTTP date begins with a day's name; Date.parse alone would take much else.
  const date = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
