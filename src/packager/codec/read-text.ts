import { MalformedError } from '../bits/malformed.js';
import { readSrt } from './srt/read-srt.js';
import { readTtml } from './ttml/read-ttml.js';
import { absentMap } from './webvtt/timestamp-map.js';
import { readWebVtt, type WebVttDocument } from './webvtt/read-webvtt.js';

/**
 * A document of text; what it is decides its content: WebVTT, TTML, or SubRip.
 * @throws MalformedError
 */
export function readText(bytes: Uint8Array): WebVttDocument {
  const text = decodeText(bytes);
  const head = text.slice(0, 64).replace(/^\uFEFF/, '');
  if (head.startsWith('WEBVTT')) return readWebVtt(text);
  const document = head.trimStart().startsWith('<') ? readTtml(text) : readSrt(text);
  return { ...document, timestampMap: absentMap };
}

/** UTF-8, or UTF-16 with its byte order mark. @throws MalformedError */
export function decodeText(bytes: Uint8Array): string {
  const utf16 = { 0xfffe: 'utf-16le', 0xfeff: 'utf-16be' }[((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)];
  try {
    return new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedError('text that is neither UTF-8, nor UTF-16 with a byte order mark', 0);
  }
}
