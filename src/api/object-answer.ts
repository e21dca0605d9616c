import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { ObjectStore, StoredObject } from '../storage/object-store.js';
import { isNotModified, rangeCounts } from './conditional-request.js';
import { inertHeaders, inertType } from './inert-answer.js';
import { resolveRangeRequest } from './range-request.js';

interface ObjectAnswer {
  readonly store: ObjectStore;
  readonly object: StoredObject;
  readonly cacheControl: string;
}

/** Answers with an object of the store: ranges, conditional requests and HEAD as RFC 9110. */
export async function answerObject(
  request: FastifyRequest,
  reply: FastifyReply,
  { store, object, cacheControl }: ObjectAnswer,
): Promise<FastifyReply> {
  const { key, size, etag, lastModified, contentType } = object;
  reply.headers({
    ...inertHeaders,
    'accept-ranges': 'bytes',
    'cache-control': cacheControl,
    ...(etag !== undefined && { etag }),
    ...(lastModified && { 'last-modified': lastModified.toUTCString() }),
  });
  if (isNotModified(request.headers, object)) return reply.code(304).send();
  reply.type(inertType(contentType));
  if (request.method === 'HEAD') return reply.header('content-length', size).send();

  const range = rangeCounts(request.headers, object)
    ? resolveRangeRequest(request.headers.range, size)
    : ({ kind: 'whole' } as const);
  switch (range.kind) {
    case 'unsatisfiable':
      return reply
        .code(416)
        .removeHeader('cache-control')
        .removeHeader('content-type')
        .header('content-range', `bytes */${size}`)
        .send();
    case 'part':
      reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
      return sendBytes(reply, store, key, { start: range.start, end: range.end });
    case 'whole':
      return sendBytes(reply, store, key);
  }
}

async function sendBytes(
  reply: FastifyReply,
  store: ObjectStore,
  key: string,
  range?: { start: number; end: number },
): Promise<FastifyReply> {
  const abort = new AbortController();
  // A player that seeks away drops the connection: stop reading at once.
  reply.raw.once('close', () => abort.abort());
  const { body, length } = await store.get(key, { ...(range && { range }), signal: abort.signal });
  return reply.header('content-length', length).send(Readable.from(body, { objectMode: false }));
}
