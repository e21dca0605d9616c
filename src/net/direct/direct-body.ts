import type { Connection } from './connection.js';
import type { Framing } from './response-head.js';

/** bytes of the line before a chunk, and of all lines after the last one */
const maxChunkLine = 1024;
const maxTrailers = 16 * 1024;

/**
 * The body in pieces that each lie in the memory that was given for it, and fill it but for the last.
 * @param memory asked for when a piece begins; may be used again as soon as its piece is done with
 * @throws Error when it ends early, or its chunks are none
 */
export async function* bodyPieces(
  connection: Connection,
  framing: Framing,
  memory: () => Uint8Array,
): AsyncGenerator<Uint8Array> {
  if (framing.kind === 'chunks') {
    yield* chunkedPieces(connection, memory);
    return;
  }
  let left = framing.kind === 'bytes' ? framing.length : Infinity;
  while (left > 0) {
    const room = memory();
    const piece = room.subarray(0, Math.min(room.byteLength, left));
    const count = await connection.fill(piece);
    left -= count;
    if (count > 0) yield piece.subarray(0, count);
    if (count === piece.byteLength) continue;
    if (framing.kind === 'bytes' || connection.fault) throw connection.fault ?? new Error('it ends early');
    return;
  }
}

/** RFC 9112 §7.1 */
async function* chunkedPieces(connection: Connection, memory: () => Uint8Array): AsyncGenerator<Uint8Array> {
  let room = memory();
  let filled = 0;
  for (let left = await chunkSize(connection); left > 0; left = await chunkSize(connection)) {
    while (left > 0) {
      const part = room.subarray(filled, filled + Math.min(left, room.byteLength - filled));
      if ((await connection.fill(part)) < part.byteLength) throw new Error('it ends early');
      left -= part.byteLength;
      filled += part.byteLength;
      if (filled < room.byteLength) continue;
      yield room;
      room = memory();
      filled = 0;
    }
    if ((await connection.textUntil('\r\n', 0)) !== '') throw new Error('it ends early');
  }
  if (filled > 0) yield room.subarray(0, filled);
  await skipTrailers(connection);
}

async function chunkSize(connection: Connection): Promise<number> {
  const line = await connection.textUntil('\r\n', maxChunkLine);
  const digits = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;|$)/.exec(line ?? '')?.[1];
  if (digits === undefined) throw new Error('a chunk without a size');
  return Number.parseInt(digits, 16);
}

async function skipTrailers(connection: Connection): Promise<void> {
  for (let left = maxTrailers; ;) {
    const line = await connection.textUntil('\r\n', left);
    if (line === undefined) throw new Error('it ends early');
    if (line === '') return;
    left -= line.length;
  }
}
