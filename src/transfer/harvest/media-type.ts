import { fittingType } from './inventory-size.js';

/**
 * The media type of a harvested object: what its bytes say, else its name, else what the origin said. Origins that serve from plain storage
 * send `binary/octet-stream` or `text/plain` for nearly everything, which some players refuse.
 */

/** bytes at the start of an object that are looked at */
export const sniffedBytes = 512;

/**
 * @param head the object's first bytes
 * @param name the last part of its address
 * @param declared Content-Type as the origin sent it
 */
export function mediaTypeOf(head: Uint8Array, name: string, declared: string | undefined): string {
  const byName = typesByExtension[/\.([A-Za-z0-9]{1,8})$/.exec(name)?.[1]?.toLowerCase() ?? ''];
  const sniffed = sniff(head);
  // A name tells more where the bytes leave it open: an audio segment and a video segment begin alike.
  if (sniffed !== undefined) return byName !== undefined && sameFamily(sniffed, byName) ? byName : sniffed;
  // Two bytes or three are chance where all is encrypted: one segment in 256 begins as a transport stream, one in 16,384 as AAC.
  const guessed = byName === undefined ? sniffShort(head) : undefined;
  if (guessed !== undefined) return guessed;
  const told = declared?.split(';', 1)[0]?.trim().toLowerCase();
  if (byName !== undefined) return byName;
  if (told === undefined || meaningless.test(told)) return 'application/octet-stream';
  return fittingType(declared?.trim()) ?? fittingType(told) ?? 'application/octet-stream';
}

/** Is it a web page: what proxies and login forms answer, with status 200, in place of media? */
export function isHtml(head: Uint8Array): boolean {
  const text = Buffer.from(head.subarray(0, 256))
    .toString('latin1')
    .replace(/^\u00EF\u00BB\u00BF/, '');
  return /^\s*(<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<script[\s>])/i.test(text);
}

const meaningless =
  /^(binary\/octet-stream|application\/(octet-stream|x-octet-stream|unknown|x-download)|text\/(plain|html))$/;

function sniff(head: Uint8Array): string | undefined {
  const text = Buffer.from(head.subarray(0, 64)).toString('latin1');
  if (/^(?:\u00EF\u00BB\u00BF)?\s*#EXTM3U/.test(text)) return 'application/vnd.apple.mpegurl';
  if (/^(?:\u00EF\u00BB\u00BF)?WEBVTT/.test(text)) return 'text/vtt';
  if (isHtml(head)) return 'text/html';
  if (/^....(ftyp|styp|moof|moov|sidx|emsg|prft|mdat|free|uuid)/s.test(text)) return 'video/mp4';
  if (text.startsWith('\u0089PNG\r\n')) return 'image/png';
  if (/^RIFF....WEBP/s.test(text)) return 'image/webp';
  return undefined;
}

/** Signatures that media which are encrypted have by chance now and then. */
function sniffShort(head: Uint8Array): string | undefined {
  if (head[0] === 0x47 && (head.byteLength < 189 || head[188] === 0x47)) return 'video/mp2t';
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'image/jpeg';
  if (head[0] === 0xff && ((head[1] ?? 0) & 0xf6) === 0xf0) return 'audio/aac'; // ADTS sync word, layer 0
  if (head[0] === 0x0b && head[1] === 0x77) return 'audio/ac3';
  return undefined;
}

function sameFamily(sniffed: string, byName: string): boolean {
  return sniffed === byName || (sniffed === 'video/mp4' && /mp4|iso\.segment/.test(byName));
}

/** RFC 8216bis §4, ISO/IEC 23009-1 Annex C, RFC 6381, IANA's registry. */
const typesByExtension: Readonly<Record<string, string | undefined>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  m3u: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  ismc: 'application/vnd.ms-sstr+xml',
  ts: 'video/mp2t',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  cmfv: 'video/mp4',
  m4s: 'video/iso.segment',
  m4f: 'video/iso.segment',
  m4a: 'audio/mp4',
  cmfa: 'audio/mp4',
  cmft: 'application/mp4',
  aac: 'audio/aac',
  ac3: 'audio/ac3',
  ec3: 'audio/eac3',
  mp3: 'audio/mpeg',
  webm: 'video/webm',
  vtt: 'text/vtt',
  webvtt: 'text/vtt',
  ttml: 'application/ttml+xml',
  dfxp: 'application/ttml+xml',
  srt: 'application/x-subrip',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  json: 'application/json',
  key: 'application/octet-stream',
  bin: 'application/octet-stream',
};
