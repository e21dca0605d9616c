import type { Media, MultivariantPlaylist, Variant } from '../../manifest/hls/multivariant-playlist.js';
import { readMediaPlaylist } from '../../manifest/hls/read-media-playlist.js';
import { readMultivariantPlaylist } from '../../manifest/hls/read-multivariant-playlist.js';
import { ManifestError } from '../../manifest/manifest-error.js';
import { PackagerError } from '../errors.js';
import type { AssetIndex, SourceMedia, SourceVariant, TextMedia } from '../model/asset-index.js';
import type { SourceReader } from '../model/source-reader.js';
import { announcedCaptions } from './announced-captions.js';
import { inParallel } from './in-parallel.js';
import type { IndexLimits } from './limits.js';
import { mediaSegments } from './media-segments.js';
import { resolveUri } from './resolve-uri.js';
import type { SourceRendition } from './source-rendition.js';
import type { TextSource } from './text-source.js';

export interface PlaylistReading {
  readonly reader: SourceReader;
  readonly limits: IndexLimits;
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadPlaylists {
  readonly renditions: readonly SourceRendition[];
  readonly texts: readonly TextSource[];
  readonly captions?: AssetIndex['captions'];
  /** What is left out of the source. */
  readonly notes: readonly string[];
}

/**
 * Reads a multivariant playlist and the media playlists that it names, or a media playlist.
 * @throws PackagerError naming the playlist and the line; errors of the reader
 */
export async function readPlaylists(uri: string, reading: PlaylistReading): Promise<ReadPlaylists> {
  const text = await readText(uri, reading);
  if (!/^#EXT-X-(STREAM-INF|MEDIA):/m.test(text)) {
    return { renditions: [{ id: 'r1', uri, ...readMedia(text, uri, reading) }], texts: [], notes: [] };
  }
  const playlist = inPlaylist(uri, () => readMultivariantPlaylist(text, uri));
  const named = namedRenditions(playlist, uri, reading.limits);
  const renditions = await inParallel(named, reading.concurrency, async (rendition) => {
    const media = await readText(rendition.uri, reading);
    return { ...rendition, ...readMedia(media, rendition.uri, reading, playlist.variables) };
  });
  const texts = await inParallel(namedTexts(playlist, uri, reading.limits), reading.concurrency, async (text) => {
    const media = await readText(text.uri, reading);
    return { ...text, segments: readMedia(media, text.uri, reading, playlist.variables).segments };
  });
  const captions = announcedCaptions(playlist);
  return { renditions, texts, ...(captions && { captions }), notes: leftOut(playlist) };
}

async function readText(uri: string, { reader, limits, signal }: PlaylistReading): Promise<string> {
  const bytes = await reader.read({ uri }, { limit: limits.maximumPlaylistBytes, ...(signal && { signal }) });
  const text = new TextDecoder().decode(bytes);
  if (/^\s*#EXTM3U/.test(text)) return text;
  throw new PackagerError('source_invalid', 'not a playlist: it does not begin with #EXTM3U', { uri });
}

function readMedia(
  text: string,
  uri: string,
  { limits }: PlaylistReading,
  variables?: ReadonlyMap<string, string>,
): Pick<SourceRendition, 'segments' | 'dateRanges'> {
  return inPlaylist(uri, () => {
    const playlist = readMediaPlaylist(text, { uri, ...(variables && { variables }) });
    const { dateRanges } = playlist;
    return { segments: mediaSegments(playlist, uri, limits), ...(dateRanges && { dateRanges }) };
  });
}

/** Groups that one rendition may be in, or be combined with. */
const maximumAudioGroups = 1000;

/** What a multivariant playlist says of one URI. */
class NamedUri {
  readonly #uri: string;
  #variant: SourceVariant | undefined;
  #media: SourceMedia | undefined;
  /** Of EXT-X-STREAM-INFs, and of EXT-X-MEDIAs. */
  readonly #audioGroups = new Set<string>();
  readonly #groupIds = new Set<string>();

  constructor(uri: string) {
    this.#uri = uri;
  }

  addVariant(variant: SourceVariant): void {
    this.#variant ??= variant;
    if (this.#variant.audioGroups) this.#add(this.#audioGroups, variant.audioGroups ?? []);
  }
  addMedia(media: SourceMedia): void {
    this.#media ??= media;
    this.#add(this.#groupIds, media.groupIds);
  }

  #add(groups: Set<string>, more: readonly string[]): void {
    for (const group of more) groups.add(group);
    if (groups.size <= maximumAudioGroups) return;
    throw new PackagerError(
      'source_too_large',
      `${this.#uri} is in more than ${maximumAudioGroups} groups (maximumAudioGroups)`,
    );
  }

  /** What is said first, with all groups. */
  get said(): Pick<SourceRendition, 'variant' | 'media'> {
    const [variant, media] = [this.#variant, this.#media];
    return {
      ...(variant && { variant: { ...variant, ...(variant.audioGroups && { audioGroups: [...this.#audioGroups] }) } }),
      ...(media && { media: { ...media, groupIds: [...this.#groupIds] } }),
    };
  }
}

/** A URI may be named for several groups, as a variant and as audio: it is one rendition with all of these, and else with what is said first. */
function namedRenditions(
  playlist: MultivariantPlaylist,
  uri: string,
  limits: IndexLimits,
): Omit<SourceRendition, 'segments'>[] {
  const byUri = new Map<string, NamedUri>();
  const named = (reference: string): NamedUri => {
    const resolved = resolveUri(reference, uri);
    if (resolved === undefined)
      throw new PackagerError('source_invalid', `not a URI: ${reference.slice(0, 200)}`, { uri });
    const known = byUri.get(resolved) ?? new NamedUri(resolved);
    byUri.set(resolved, known);
    return known;
  };
  for (const variant of playlist.variants) named(variant.uri).addVariant(sourceVariant(variant));
  for (const media of playlist.media)
    if (media.type === 'AUDIO' && media.uri) named(media.uri).addMedia(sourceMedia(media));
  if (playlist.variants.length === 0)
    throw new PackagerError('source_invalid', 'the playlist lists no variants', { uri });
  if (byUri.size > limits.maximumRenditions) {
    const { maximumRenditions } = limits;
    throw new PackagerError('source_too_large', `${byUri.size} renditions; maximumRenditions is ${maximumRenditions}`, {
      uri,
    });
  }
  return [...byUri].map(([address, { said }], index) => {
    const muxed = muxedMedia(playlist, said.variant);
    return { id: `r${index + 1}`, uri: address, ...said, ...(muxed && { muxed }) };
  });
}

/** RFC 8216bis §4.4.6.2.1: a rendition of a variant's group that has no URI is in the variant's own segments. */
function muxedMedia({ media }: MultivariantPlaylist, variant: SourceVariant | undefined): SourceRendition['muxed'] {
  const found = media.find(
    ({ type, uri, groupId }) => type === 'AUDIO' && uri === undefined && variant?.audioGroups?.includes(groupId),
  );
  return found && { name: found.name, ...(found.language !== undefined && { language: found.language }) };
}

/** Subtitles, each URI once: with what is said of it first. */
function namedTexts(playlist: MultivariantPlaylist, uri: string, limits: IndexLimits): Omit<TextSource, 'segments'>[] {
  const byUri = new Map<string, TextMedia>();
  for (const media of playlist.media) {
    if (media.type !== 'SUBTITLES' || media.uri === undefined) continue;
    const resolved = resolveUri(media.uri, uri);
    if (resolved === undefined)
      throw new PackagerError('source_invalid', `not a URI: ${media.uri.slice(0, 200)}`, { uri });
    if (!byUri.has(resolved)) byUri.set(resolved, textMedia(media));
  }
  const { maximumRenditions } = limits;
  if (byUri.size > maximumRenditions)
    throw new PackagerError(
      'source_too_large',
      `${byUri.size} renditions of subtitles; maximumRenditions is ${maximumRenditions}`,
      { uri },
    );
  return [...byUri].map(([address, media], index) => ({ id: `t${index + 1}`, uri: address, media }));
}

function textMedia({ name, language, autoselect, forced, characteristics, ...media }: Media): TextMedia {
  return {
    ...{ name, default: media.default, autoselect, forced },
    ...(language !== undefined && { language }),
    ...(characteristics !== undefined && { characteristics }),
  };
}

function sourceVariant({ bandwidth, audio, frameRate }: Variant): SourceVariant {
  return {
    bandwidth,
    ...(audio !== undefined && { audioGroups: [audio] }),
    ...(frameRate !== undefined && { frameRate }),
  };
}

function sourceMedia(media: Media): SourceMedia {
  const { groupId, name, autoselect, language, channels, characteristics } = media;
  return {
    ...{ groupIds: [groupId], name, autoselect, default: media.default },
    ...(language !== undefined && { language }),
    ...(channels !== undefined && { channels }),
    ...(characteristics !== undefined && { characteristics }),
  };
}

function leftOut({ media }: MultivariantPlaylist): string[] {
  const reasons = {
    VIDEO: 'alternative video renditions are not supported',
  } as const;
  return media.flatMap(({ type, name, groupId, uri }) => {
    if (type !== 'VIDEO' || uri === undefined) return [];
    return [`EXT-X-MEDIA ${type} "${name}" of group "${groupId}" is left out: ${reasons[type]}.`];
  });
}

function inPlaylist<T>(uri: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PackagerError) throw error.at({ uri });
    if (!(error instanceof ManifestError)) throw error;
    const code = error.reason === 'too_large' ? 'source_too_large' : 'source_invalid';
    throw new PackagerError(code, error.message, { uri }, { cause: error });
  }
}
