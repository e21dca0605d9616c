import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Failure, toFailure } from '../domain/failure.js';

/** bytes of one request; a line that is longer is reported and passed over */
const maxLineBytes = 1024 * 1024;
/** requests of one list; more want several lists */
const maxRequests = 1_000_000;

/** A line of a list: what it asks for, or why it asks for nothing. */
export type BatchLine = {
  /** counted from 1, as editors do */
  readonly number: number;
} & ({ readonly request: object } | { readonly failure: Failure; readonly given: string });

/**
 * Reads a list of requests, JSON to a line (JSON Lines), as it is needed: what of the list is in memory is a line. Empty lines count and ask
 * for nothing. A `failure`, which failure files have beside the request, is left out.
 * @throws Failure usage when the file cannot be read; too_large
 */
export async function* readBatch(file: string, signal?: AbortSignal): AsyncGenerator<BatchLine> {
  let number = 0;
  for await (const line of linesOf(file, signal)) {
    if (++number > maxRequests)
      throw new Failure('too_large', `${file} has more than ${maxRequests} lines: divide it into several lists.`);
    const text = line.text.trim();
    if (text !== '' || line.cut) yield { number, ...requestOf(text, line.cut) };
  }
}

/**
 * A list is read twice, once more for what failed of it: what can be read once only, as a pipe, would lose that.
 * @throws Failure usage
 */
export async function checkList(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  // Why one that is not there cannot be read, reading it tells.
  if (!found || found.isFile()) return;
  throw new Failure(
    'usage',
    `${file} is no file: a list is read twice, once more for what failed. Write it to a file.`,
  );
}

function requestOf(text: string, cut: boolean): { request: object } | { failure: Failure; given: string } {
  const given = text.slice(0, 1000);
  if (cut) return { failure: invalid(`the line is longer than ${maxLineBytes} bytes`), given };
  try {
    const json = JSON.parse(text) as unknown;
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      return { failure: invalid('a line has to be one JSON object'), given };
    return { request: Object.fromEntries(Object.entries(json).filter(([name]) => name !== 'failure')) };
  } catch (error) {
    return { failure: invalid(`the line is no JSON: ${(error as Error).message}`), given };
  }
}

function invalid(message: string): Failure {
  return new Failure('invalid_request', message);
}

async function* linesOf(file: string, signal?: AbortSignal): AsyncGenerator<{ text: string; cut: boolean }> {
  let pieces: Buffer[] = [];
  let held = 0;
  const take = (): { text: string; cut: boolean } => {
    const line = { text: Buffer.concat(pieces).toString('utf8'), cut: held > maxLineBytes };
    pieces = [];
    held = 0;
    return line;
  };
  const hold = (piece: Buffer): void => {
    // What is beyond the longest line is counted and let go.
    if (held <= maxLineBytes && piece.length > 0) pieces.push(piece.subarray(0, maxLineBytes + 1 - held));
    held += piece.length;
  };
  try {
    for await (const chunk of createReadStream(file, signal && { signal }) as AsyncIterable<Buffer>) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        hold(chunk.subarray(from, end));
        from = end + 1;
        yield take();
      }
      hold(chunk.subarray(from));
    }
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === undefined) throw toFailure(error);
    throw new Failure('usage', `${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (held > 0) yield take();
}
