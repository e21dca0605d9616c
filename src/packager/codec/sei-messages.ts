import { rawByteSequence } from '../bits/emulation-prevention.js';

/**
 * Payloads of an SEI NAL unit by their types, ITU-T H.264 §7.3.2.3.1 and H.265 §7.3.5.
 * @param header bytes of the NAL unit's header @param limit bytes that are looked at; what goes beyond is left out
 */
export function* seiMessages(
  unit: Uint8Array,
  { header, limit }: { readonly header: number; readonly limit: number },
): Generator<readonly [type: number, payload: Uint8Array]> {
  const raw = rawByteSequence(unit, limit);
  let at = header;
  while (at + 2 < raw.length) {
    const type = variableLength(raw, at);
    const size = variableLength(raw, type.next);
    const end = size.next + size.value;
    if (end > raw.length) return;
    yield [type.value, raw.slice(size.next, end)];
    at = end;
  }
}

/** 0xFF bytes add 255 each, the next one ends the number. */
function variableLength(raw: Uint8Array, from: number): { value: number; next: number } {
  let at = from;
  while (raw[at] === 255) at += 1;
  return { value: (at - from) * 255 + (raw[at] ?? 0), next: at + 1 };
}
