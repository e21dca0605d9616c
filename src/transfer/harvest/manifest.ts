import { Failure } from '../../domain/failure.js';
import { ManifestError } from '../../manifest/manifest-error.js';
import { shownUrl } from '../../net/safe-url.js';
import { isHtml } from './media-type.js';

/** A manifest as it was fetched: what is read is what is stored. */
export interface FetchedManifest {
  /** as it was asked for: the address that its object is stored by */
  readonly requested: string;
  /** where it came from after redirects: what its relative references begin at */
  readonly url: string;
  readonly bytes: Uint8Array;
  readonly digest: `sha256:${string}`;
}

export type ManifestKind = 'hls' | 'dash' | 'mss';

export const manifestTypes: Readonly<Record<ManifestKind, string>> = {
  hls: 'application/vnd.apple.mpegurl',
  dash: 'application/dash+xml',
  mss: 'application/vnd.ms-sstr+xml',
};

/** bytes of one manifest: 500,000 segments listed one by one */
export const maxManifestBytes = 64 * 1024 * 1024;
/** bytes of all manifests of a presentation together, which are held until their segments are in place */
export const maxAllManifestBytes = 256 * 1024 * 1024;

/**
 * What a manifest is, by its content: names and media types of origins are often wrong.
 * @throws Failure source_invalid when it is none
 */
export function kindOfManifest(text: string, url: string): ManifestKind {
  if (/^\s*#EXTM3U/.test(text)) return 'hls';
  const root = /<(?:[\w.-]+:)?(MPD|SmoothStreamingMedia)[\s>/]/.exec(text.slice(0, 16_384))?.[1];
  if (root !== undefined) return root === 'MPD' ? 'dash' : 'mss';
  const given = isHtml(Buffer.from(text.slice(0, 256))) ? 'an HTML page' : text === '' ? 'nothing' : 'something else';
  throw new Failure(
    'source_invalid',
    `${shownUrl(url)} is no manifest: an HLS playlist, a DASH MPD or a Smooth Streaming client manifest is needed; given: ${given}.`,
    { details: { url: shownUrl(url) } },
  );
}

/**
 * A manifest's text: UTF-8, or what its byte order mark or XML declaration says (client manifests are often UTF-16).
 * @throws Failure source_invalid when the bytes are not of that coding
 */
export function textOfManifest({ bytes, url }: Pick<FetchedManifest, 'bytes' | 'url'>): string {
  const label = codingOf(bytes);
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Failure('source_invalid', `${shownUrl(url)} is not text in ${label}.`, {
      details: { url: shownUrl(url), given: label },
      cause: error,
    });
  }
}

function codingOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const told = /^[^<]{0,3}<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(start)?.[1] ?? 'utf-8';
  // Read byte by byte, it is not of two bytes each, whatever it says: .NET writes so what it then stores as UTF-8.
  return /^utf-?16/i.test(told) ? 'utf-8' : told;
}

/** Runs what reads a manifest; a ManifestError becomes a Failure that names the manifest. */
export function* readingManifest<T>(url: string, read: () => Iterable<T>): Generator<T> {
  try {
    yield* read();
  } catch (error) {
    throw manifestFailure(error, url);
  }
}

/** A ManifestError as a Failure that names the manifest; anything else as it is. */
export function manifestFailure(error: unknown, url: string): unknown {
  if (!(error instanceof ManifestError)) return error;
  const code = error.reason === 'too_large' ? 'source_too_large' : 'source_invalid';
  return new Failure(code, `${shownUrl(url)}: ${error.message}.`, { details: { url: shownUrl(url) }, cause: error });
}
