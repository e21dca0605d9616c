import { XMLParser } from 'fast-xml-parser';
import { Failure } from '../domain/failure.js';
import { readMediaPlaylist } from '../manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../manifest/hls/read-multivariant-playlist.js';

export interface FetchedEndpoint {
  readonly manifests: number;
  /** initialization segments among them */
  readonly segments: number;
  readonly bytes: number;
}

/**
 * Fetches everything that a manifest of ours refers to, as a player would in the end: that all of it is there is shown over HTTP.
 * @param url of a multivariant playlist, or of an MPD as Reelway writes it (SegmentTemplate with $Number$)
 * @throws Failure source_invalid naming the address that answered otherwise than it should
 */
export async function fetchEndpoint(url: string, signal: AbortSignal): Promise<FetchedEndpoint> {
  const manifest = await fetchText(url, signal);
  const { playlists, segments } = url.endsWith('.mpd')
    ? { playlists: [], segments: mpdSegments(manifest, url) }
    : await playlistSegments(manifest, url, signal);
  let bytes = 0;
  for (const segment of segments) bytes += (await fetchBytes(segment, signal)).byteLength;
  return { manifests: 1 + playlists.length, segments: segments.length, bytes };
}

/**
 * A rendition as one fragmented MP4: its initialization segment and all of its segments.
 * @param url of a multivariant playlist of ours; its first variant is taken
 */
export async function fetchFirstRendition(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const [variant] = readMultivariantPlaylist(await fetchText(url, signal), url).variants;
  if (!variant) throw new Failure('source_invalid', `${url} lists no variant.`);
  const playlist = new URL(variant.uri, url).href;
  const { segments } = readMediaPlaylist(await fetchText(playlist, signal));
  const uris = new Set([...segments.flatMap(({ map }) => map?.uri ?? []), ...segments.map(({ uri }) => uri)]);
  const pieces: Uint8Array[] = [];
  for (const uri of uris) pieces.push(new Uint8Array(await fetchBytes(new URL(uri, playlist).href, signal)));
  return Buffer.concat(pieces);
}

async function playlistSegments(text: string, url: string, signal: AbortSignal) {
  const { variants, media } = readMultivariantPlaylist(text, url);
  const uris = [...variants, ...media].flatMap(({ uri }) => (uri === undefined ? [] : [new URL(uri, url).href]));
  const playlists = [...new Set(uris)];
  const segments = new Set<string>();
  for (const playlist of playlists) {
    for (const { uri, map } of readMediaPlaylist(await fetchText(playlist, signal)).segments) {
      if (map) segments.add(new URL(map.uri, playlist).href);
      segments.add(new URL(uri, playlist).href);
    }
  }
  return { playlists, segments: [...segments] };
}

/** ISO/IEC 23009-1, 5.3.9: what is read here is of our own writing. */
interface SegmentTemplate {
  readonly '@media': string;
  readonly '@initialization': string;
  readonly '@startNumber'?: string;
  readonly SegmentTimeline: readonly { readonly S: readonly { readonly '@r'?: string }[] }[];
}

interface MpdDocument {
  readonly MPD: readonly {
    readonly Period: readonly {
      readonly AdaptationSet: readonly {
        readonly SegmentTemplate?: readonly SegmentTemplate[];
        readonly Representation: readonly {
          readonly '@id': string;
          readonly SegmentTemplate?: readonly SegmentTemplate[];
        }[];
      }[];
    }[];
  }[];
}

const mpdParser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  processEntities: false,
  isArray: (name, _path, _leaf, isAttribute) => !isAttribute && name !== '?xml',
});

function mpdSegments(text: string, url: string): string[] {
  const { MPD: roots } = mpdParser.parse(text) as MpdDocument;
  const urls: string[] = [];
  for (const set of roots.flatMap((root) => root.Period).flatMap((period) => period.AdaptationSet)) {
    for (const { '@id': id, SegmentTemplate: own } of set.Representation) {
      const template = (own ?? set.SegmentTemplate)?.[0];
      if (!template) throw new Failure('source_invalid', `${url}: the Representation ${id} has no SegmentTemplate.`);
      const runs = template.SegmentTimeline.flatMap((timeline) => timeline.S);
      const count = runs.reduce((sum, run) => sum + 1 + Number(run['@r'] ?? 0), 0);
      const first = Number(template['@startNumber'] ?? 1);
      const names = [
        template['@initialization'],
        ...Array.from({ length: count }, (_, index) =>
          template['@media'].replaceAll('$Number$', String(first + index)),
        ),
      ];
      urls.push(...names.map((name) => new URL(name.replaceAll('$RepresentationID$', id), url).href));
    }
  }
  return [...new Set(urls)];
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  return new TextDecoder().decode(await fetchBytes(url, signal));
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal });
  const bytes = await response.arrayBuffer();
  if (response.status === 200 && bytes.byteLength > 0) return bytes;
  throw new Failure('source_invalid', `${url} answered ${response.status} with ${bytes.byteLength} bytes.`);
}
