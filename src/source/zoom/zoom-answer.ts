import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../../domain/failure.js';
import type { HttpResponse } from '../../net/request.js';

export interface ZoomAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** undefined when the body is no JSON, as with the pages of a proxy or of maintenance */
  readonly json: unknown;
}

/** bytes of one answer: a page of 300 meetings with dozens of files each is about 10 MB */
const answerLimit = 32 * 1024 * 1024;

/** @throws Failure too_large; HttpFault when the body breaks off */
export async function readAnswer(response: HttpResponse): Promise<ZoomAnswer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body) {
    size += piece.byteLength;
    if (size > answerLimit) {
      throw new Failure('too_large', `An answer of Zoom is larger than ${answerLimit} bytes.`, {
        details: { allowed: answerLimit },
      });
    }
    pieces.push(piece);
  }
  return { status: response.status, headers: response.headers, json: parse(Buffer.concat(pieces).toString()) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
