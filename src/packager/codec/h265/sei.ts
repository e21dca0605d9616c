import { rawByteSequence } from '../../bits/emulation-prevention.js';
import type { Picture } from '../../model/video.js';
import { nalHeaderLength } from './nal-unit.js';

/** payloadType, ITU-T H.265 §D.2.1 */
const payloadTypes = { masteringDisplay: 137, contentLight: 144, alternativeTransfer: 147 };
/** What matters here is short; what is longer than this is user data. */
const searchedBytes = 1024;

/** What SEI messages say of how a picture is to be shown. */
export interface DisplayInformation extends Pick<Picture, 'masteringDisplay' | 'contentLight'> {
  readonly preferredTransfer?: number;
}

/** @param units prefix SEI, with their headers */
export function displayInformation(units: readonly Uint8Array[]): DisplayInformation {
  const messages = new Map(units.flatMap((unit) => [...seiMessages(unit)]));
  const masteringDisplay = messages.get(payloadTypes.masteringDisplay);
  const contentLight = messages.get(payloadTypes.contentLight);
  const [preferredTransfer] = messages.get(payloadTypes.alternativeTransfer) ?? [];
  return {
    ...(masteringDisplay?.length === 24 && { masteringDisplay }),
    ...(contentLight?.length === 4 && { contentLight }),
    ...(preferredTransfer !== undefined && { preferredTransfer }),
  };
}

/** Payloads by their types, §7.3.5. */
function* seiMessages(unit: Uint8Array): Generator<readonly [number, Uint8Array]> {
  const raw = rawByteSequence(unit, searchedBytes);
  let at = nalHeaderLength;
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
