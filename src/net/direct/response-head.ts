/** The head of an HTTP/1.1 response, RFC 9112 §4 and §5, and how its body ends, §6.3. */
export interface ResponseHead {
  readonly status: number;
  /** By name in small letters; of a field that may be given once, the first counts, lists are joined. */
  readonly headers: ResponseHeaders;
  readonly framing: Framing;
  /** May the connection carry another request after this response? */
  readonly keepAlive: boolean;
}

export type ResponseHeaders = Readonly<Record<string, string | undefined>>;

/** `bytes`: so many; `chunks`: chunked coding; `close`: until the connection ends. */
export type Framing = { readonly kind: 'bytes'; readonly length: number } | { readonly kind: 'chunks' | 'close' };

/**
 * Reads the head of an answer to a GET.
 * @param text from the status line to before the empty line, each byte a character
 * @throws Error that says what is wrong with it
 */
export function readResponseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const [, minor, digits] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(statusLine) ?? [];
  if (minor === undefined) throw new Error('no HTTP/1 status line');
  const headers = readFields(lines);
  const status = Number(digits);
  const framing = framingOf(status, headers);
  const closes = minor === '0' || framing.kind === 'close' || /\bclose\b/i.test(headers.connection ?? '');
  return { status, headers, framing, keepAlive: !closes };
}

function readFields(lines: readonly string[]): ResponseHeaders {
  // Without a prototype: a field may be called __proto__.
  const headers = Object.create(null) as Record<string, string | undefined>;
  for (const line of lines) {
    const [, given = '', text = ''] = field.exec(line) ?? [];
    if (given === '') throw new Error('a header that is none');
    const name = given.toLowerCase();
    const value = text.trim();
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (!singular.has(name)) headers[name] = `${before}, ${value}`;
    else if (name === 'content-length' && before !== value) throw new Error('two lengths');
  }
  return headers;
}

/** RFC 9110 §5.1 and §5.5: no folded lines, no blank before the colon. */
// eslint-disable-next-line no-control-regex -- control characters are what must not be there
const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\u0000-\u0008\u000a-\u001f\u007f]*)$/;

const singular = new Set([
  'content-length',
  'content-type',
  'content-range',
  'etag',
  'last-modified',
  'location',
  'retry-after',
]);

/** @throws Error when it cannot be told where the body ends, which is how responses are smuggled */
function framingOf(status: number, headers: ResponseHeaders): Framing {
  if (status < 200 || status === 204 || status === 304) return { kind: 'bytes', length: 0 };
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    if (length !== undefined || coding.toLowerCase() !== 'chunked') throw new Error('a transfer coding and more');
    return { kind: 'chunks' };
  }
  if (length === undefined) return { kind: 'close' };
  if (!/^\d{1,15}$/.test(length)) throw new Error('a length that is no number');
  return { kind: 'bytes', length: Number(length) };
}
