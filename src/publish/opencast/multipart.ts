import { randomBytes } from 'node:crypto';

/** A `multipart/form-data` body, RFC 7578, written in the order given: Opencast reads its parts as they come. */
export interface Multipart {
  readonly contentType: string;
  /** bytes of the whole body */
  readonly length: number;
  /** The body from its start, as often as it has to be sent. */
  open(): AsyncIterable<Uint8Array>;
}

export type FormPart =
  { readonly name: string; readonly value: string } | { readonly name: string; readonly file: UploadFile };

export interface UploadFile {
  readonly fileName: string;
  readonly contentType: string;
  /** bytes that `open` gives */
  readonly size: number;
  open(): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
}

export function multipart(
  parts: readonly FormPart[],
  boundary = `reelway-${randomBytes(16).toString('hex')}`,
): Multipart {
  const heads = parts.map((part) => Buffer.from(`--${boundary}\r\n${headersOf(part)}\r\n\r\n`));
  const end = Buffer.from(`--${boundary}--\r\n`);
  const sizes = parts.map((part) => ('file' in part ? part.file.size : Buffer.byteLength(part.value)));
  const length = heads.reduce((sum, head, index) => sum + head.length + (sizes[index] ?? 0) + 2, end.length);

  async function* open(): AsyncGenerator<Uint8Array> {
    for (const [index, part] of parts.entries()) {
      yield heads[index] ?? new Uint8Array(0);
      if ('file' in part) yield* await part.file.open();
      else yield Buffer.from(part.value);
      yield lineEnd;
    }
    yield end;
  }
  return { contentType: `multipart/form-data; boundary=${boundary}`, length, open };
}

const lineEnd = Buffer.from('\r\n');

function headersOf(part: FormPart): string {
  const disposition = `Content-Disposition: form-data; name="${escaped(part.name)}"`;
  if (!('file' in part)) return disposition;
  return `${disposition}; filename="${escaped(part.file.fileName)}"\r\nContent-Type: ${part.file.contentType}`;
}

/** As browsers do (WHATWG HTML, multipart/form-data encoding algorithm). */
function escaped(text: string): string {
  return text.replace(/\r/g, '%0D').replace(/\n/g, '%0A').replace(/"/g, '%22');
}
