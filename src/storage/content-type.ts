import { isClientManifest } from '../domain/manifest-key.js';

/** Media types by the extension of a key. Sources: RFC 8216bis §4, ISO/IEC 23009-1 Annex C, RFC 8081, IANA's media type registry. */
const contentTypes: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  mpd: 'application/dash+xml',
  ismc: 'application/vnd.ms-sstr+xml',
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  cmfv: 'video/mp4',
  m4s: 'video/iso.segment',
  m4a: 'audio/mp4',
  cmfa: 'audio/mp4',
  aac: 'audio/aac',
  ts: 'video/mp2t',
  vtt: 'text/vtt',
  ttml: 'application/ttml+xml',
  jpg: 'image/jpeg',
  png: 'image/png',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml',
};

/** [MS-SSTR] §2.2.3: the address of a fragment has no extension. */
const fragment = /\.isml?\/QualityLevels\([^/]*\)\/Fragments\(([^/=]*)=[^/]*\)$/i;

/** The media type that the key's extension names, or its address in Smooth Streaming; `application/octet-stream` where it names none. */
export function contentTypeOf(key: string): string {
  if (isClientManifest(key)) return 'application/vnd.ms-sstr+xml';
  const [, stream] = fragment.exec(key) ?? [];
  if (stream !== undefined) return `${/^(video|audio)/i.exec(stream)?.[0].toLowerCase() ?? 'application'}/mp4`;
  const name = key.slice(key.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
  return (Object.hasOwn(contentTypes, extension) && contentTypes[extension]) || 'application/octet-stream';
}
