import { adtsFrameLength, adtsHeaderLength, adtsSignature, isAdtsSync } from './adts.js';

/** How many frames must follow each other before bytes that look like a header are believed to be one. */
const confirmations = 3;

/**
 * Offset of the first ADTS frame that commences at or after `from` and before `limit`: -1 when there is none, undefined when more bytes
 * are needed to tell.
 * @param complete no more bytes will come
 */
export function firstFrame(
  bytes: Uint8Array,
  { from, limit, complete }: { from: number; limit: number; complete: boolean },
): number | undefined {
  for (let at = from; at < limit; at += 1) {
    if (!isAdtsSync(bytes, at) && !(at + 1 === bytes.length && bytes[at] === 0xff)) continue;
    const verdict = isFrame(bytes, at, complete);
    if (verdict === undefined) return undefined;
    if (verdict) return at;
  }
  return -1;
}

function isFrame(bytes: Uint8Array, at: number, complete: boolean): boolean | undefined {
  let next = at;
  for (let frame = 0; frame <= confirmations; frame += 1) {
    if (next + adtsHeaderLength > bytes.length) return complete ? frame > 0 && endsHere(bytes, next) : undefined;
    if (!isAdtsSync(bytes, next) || adtsSignature(bytes, next) !== adtsSignature(bytes, at)) return false;
    const length = adtsFrameLength(bytes, next);
    if (length < adtsHeaderLength) return false;
    next += length;
  }
  return true;
}

/** The last frame may be cut off, but not before it began. */
function endsHere(bytes: Uint8Array, next: number): boolean {
  return next >= bytes.length || bytes[next] === 0xff;
}
