/**
 * Stored bytes came from elsewhere and are served on the dashboard's origin, where a script would have the session of whoever opened the
 * address. So nothing of them runs: no type that browsers run or render as a page, no guessing of types, and a page in a sandbox without an origin
 * whatever it is, because browsers render every `...+xml`, MPDs and TTML among them, as a document that may hold scripts.
 */
export const inertHeaders = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
} as const;

/** What players, captions and posters need. SVG is the one type of image that runs scripts. */
const inertTypes = [
  /^(video|audio|font)\/[\w.+-]+$/,
  /^image\/(?!svg)[\w.-]+$/,
  /^text\/(plain|vtt)$/,
  /^application\/(json|mp4|octet-stream|x-subrip)$/,
  /^application\/(vnd\.apple\.mpegurl|x-mpegurl|dash\+xml|ttml\+xml|vnd\.ms-sstr\+xml)$/,
];

/** A header in one line, RFC 9110 section 5.5. */
const visible = /^[\x20-\x7e]+$/;

/** The type as it was stored, or `application/octet-stream` where a browser might do more with it than show or play it. */
export function inertType(contentType: string | undefined): string {
  const essence = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return contentType !== undefined && visible.test(contentType) && inertTypes.some((type) => type.test(essence))
    ? contentType
    : 'application/octet-stream';
}
