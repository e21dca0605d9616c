/** A part of a `multipart/form-data` body, in the order in which it came. */
export interface ReadPart {
  readonly name: string;
  /** present: a file */
  readonly fileName: string | undefined;
  readonly body: Buffer;
}

/** Reads a whole body, RFC 7578; throws when it is cut off or has no boundary. */
export function readMultipart(contentType: string | undefined, body: Buffer): ReadPart[] {
  const boundary = /^multipart\/form-data;.*\bboundary="?([^";]+)"?/i.exec(contentType ?? '')?.[1];
  if (boundary === undefined) throw new Error('not multipart/form-data');
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: ReadPart[] = [];
  let at = body.indexOf(delimiter);
  for (;;) {
    if (at < 0) throw new Error('the body is cut off');
    at += delimiter.length;
    if (body.subarray(at, at + 2).equals(Buffer.from('--'))) return parts;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), at);
    if (next < 0) throw new Error('the body is cut off');
    parts.push(readPart(body.subarray(at + 2, next)));
    at = next + 2;
  }
}

function readPart(bytes: Buffer): ReadPart {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, end).toString('utf8');
  const name = /\bname="([^"]*)"/.exec(head)?.[1];
  if (name === undefined) throw new Error('a part without a name');
  return { name, fileName: /\bfilename="([^"]*)"/.exec(head)?.[1], body: bytes.subarray(end + 4) };
}
