import { createHash } from 'node:crypto';
import { enumerate, type Presentation } from './enumerate.js';
import type { FetchedManifest } from './manifest.js';
import type { Resource } from './resource.js';

/** Presentations of documents in memory, and what is found in them. */

export const base = 'https://origin.example/v/';

/** A presentation of documents that are there by name; a value that is a URL is a redirect. */
export function presentation(
  documents: Readonly<Record<string, string | Uint8Array>>,
  entry: string,
): Promise<Presentation> {
  return enumerate(new URL(entry, base).href, (url): Promise<FetchedManifest> => {
    const name = Object.keys(documents).find((each) => new URL(each, base).href === url);
    if (name === undefined) return Promise.reject(new Error(`asked for ${url}`));
    const document = documents[name]!;
    const target = typeof document === 'string' && URL.canParse(document) ? document : url;
    const bytes = Buffer.from(target === url ? document : documents[short(target)]!);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
    return Promise.resolve({ requested: url, url: target, bytes, digest });
  });
}

export const short = (url: string): string => (url.startsWith(base) ? url.slice(base.length) : url);

export async function resourcesOf(documents: Record<string, string | Uint8Array>, entry: string): Promise<string[]> {
  const { resources } = await presentation(documents, entry);
  return [...resources].map(shown);
}

/** `name`, or `kind name`, with what is demanded of it. */
export function shown({ url, kind, atLeast, optional }: Resource): string {
  const facts = `${atLeast === undefined ? '' : ` >=${atLeast}`}${optional ? ' ?' : ''}`;
  return `${kind === 'media' ? '' : `${kind} `}${short(url)}${facts}`;
}

export const media = (...lines: string[]): string =>
  ['#EXTM3U', '#EXT-X-TARGETDURATION:4', ...lines, '#EXT-X-ENDLIST'].join('\n');

export const mpd = (body: string, attributes = 'type="static" mediaPresentationDuration="PT10S"'): string =>
  `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${body}</MPD>`;
export const set = (inner: string, representation = 'id="v" bandwidth="500"', own = ''): string =>
  `<AdaptationSet>${inner}<Representation ${representation}>${own}</Representation></AdaptationSet>`;
export const period = (inner: string, attributes = ''): string => `<Period ${attributes}>${inner}</Period>`;
export const oneFile = (name: string): string => set('', `id="${name}"`, `<BaseURL>${name}</BaseURL>`);
