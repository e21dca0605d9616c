/**
 * How long a server asks to wait, in milliseconds: RFC 9110 section 10.2.3, either seconds or a date (also those in the past: 0), and the ISO 8601
 * time that Zoom has been seen to send. Undefined when the header is absent or none of them.
 */
export function retryAfter(header: string | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // An HTTP date begins with a day's name; Date.parse alone would take much else.
  const isDate = /^[A-Z][a-z]{2,8},? /.test(text) || /^\d{4}-\d{2}-\d{2}T[\d:.]{5,12}(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const date = isDate ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
