/** What a file of a recording must look like from its first bytes on, so that an error that came with status 200 is not taken for it. */
export type ContentKind = 'media' | 'captions' | 'json' | 'other';

export function contentKind(fileType: string): ContentKind {
  switch (fileType.toUpperCase()) {
    case 'MP4':
    case 'M4A':
      return 'media';
    case 'TRANSCRIPT':
    case 'CC':
      return 'captions';
    case 'TIMELINE':
    case 'SUMMARY':
      return 'json';
    default:
      return 'other';
  }
}

/** bytes from the start that are looked at */
export const headLength = 64;

/** What is wrong with a file that begins so; undefined when nothing is. */
export function problemOfHead(head: Uint8Array, kind: ContentKind): string | undefined {
  const text = Buffer.from(head).toString('latin1');
  const words = text.replace(/^ï»¿/, '').trimStart();
  if (/^<(!doctype\s+html|html|head|body)\b/i.test(words)) return 'it is an HTML page';
  if (/^\{\s*"(status|errorCode|errorMessage|code)"/.test(words)) return 'it is an error message in JSON';
  // ISO/IEC 14496-12 §4.3: a file begins with its type box
  if (kind === 'media' && text.slice(4, 8) !== 'ftyp') return 'it does not begin like an MP4 file';
  if (kind === 'captions' && !words.startsWith('WEBVTT')) return 'it does not begin like a WebVTT file';
  return undefined;
}
