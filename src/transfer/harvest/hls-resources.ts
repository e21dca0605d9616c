import { Failure } from '../../domain/failure.js';
import { readAttributeList, type AttributeList } from '../../manifest/hls/attribute-list.js';
import { playlistKind, playlistLines, type PlaylistLine } from '../../manifest/hls/tag.js';
import { Variables } from '../../manifest/hls/variables.js';
import { ManifestError } from '../../manifest/manifest-error.js';
import { shownUrl } from '../../net/safe-url.js';
import { resolveReference, type Resource } from './resource.js';

/** What one playlist refers to. */
export type HlsReference =
  | { readonly kind: 'resource'; readonly resource: Resource }
  /** A playlist that inherits this one's variables. */
  | { readonly kind: 'playlist'; readonly url: string; readonly variables: ReadonlyMap<string, string> }
  /** A presentation of its own: the asset of a date range (an interstitial), RFC 8216bis Appendix D.2. */
  | { readonly kind: 'presentation'; readonly url: string }
  /** A JSON list of such assets. */
  | { readonly kind: 'asset-list'; readonly url: string };

type TagLine = Extract<PlaylistLine, { kind: 'tag' }>;

/** bytes of an AES-128 key, RFC 8216bis §4.4.4.4 */
export const identityKeyBytes = 16;

/**
 * Everything that a playlist refers to, RFC 8216bis §4.4; content steering servers, preload hints and DRM systems' own key addresses are
 * left alone: they are services, not resources.
 * @param imported variables of the multivariant playlist
 * @throws ManifestError naming the line; Failure source_live for a media playlist without EXT-X-ENDLIST; url_refused
 */
export function* hlsReferences(
  text: string,
  url: string,
  imported?: ReadonlyMap<string, string>,
): Generator<HlsReference> {
  const isMedia = playlistKind(text) === 'media';
  const walk = new PlaylistWalk(url, new Variables(imported, url));
  for (const item of playlistLines(text)) {
    if (item.kind === 'uri') yield* walk.uri(item.uri, item.line);
    else yield* walk.tag(item);
  }
  if (isMedia && !walk.ended)
    throw new Failure(
      'source_live',
      `${shownUrl(url)} has no EXT-X-ENDLIST: it is live, or it was cut off on its way.`,
      { details: { url: shownUrl(url) } },
    );
  walk.finish();
}

class PlaylistWalk {
  ended = false;
  readonly #url: string;
  readonly #variables: Variables;
  /** What the next URI line is: EXT-X-STREAM-INF comes before a playlist, everything else before a segment. */
  #stream: number | undefined;
  #gap = false;
  #range: { length: number; offset: number | undefined } | undefined;
  #previous: { url: string; end: number } | undefined;

  constructor(url: string, variables: Variables) {
    this.#url = url;
    this.#variables = variables;
  }

  *tag(item: TagLine): Generator<HlsReference> {
    switch (item.name) {
      case 'EXT-X-STREAM-INF':
        this.finish();
        this.#stream = item.line;
        return;
      case 'EXT-X-MEDIA':
      case 'EXT-X-I-FRAME-STREAM-INF':
      case 'EXT-X-IMAGE-STREAM-INF':
        yield* this.#playlist(this.#attributes(item).text('URI'));
        return;
      case 'EXT-X-SESSION-KEY':
      case 'EXT-X-KEY':
        yield* this.#key(this.#attributes(item));
        return;
      case 'EXT-X-SESSION-DATA':
        yield* this.#resource(this.#attributes(item).text('URI'), 'data');
        return;
      case 'EXT-X-MAP':
        yield* this.#ranged(this.#attributes(item), item.line);
        return;
      case 'EXT-X-PART': {
        const attributes = this.#attributes(item);
        if (!attributes.flag('GAP')) yield* this.#ranged(attributes, item.line);
        return;
      }
      case 'EXT-X-DATERANGE':
        yield* this.#dateRange(this.#attributes(item));
        return;
      default:
        this.#state(item);
    }
  }

  #state(item: TagLine): void {
    switch (item.name) {
      case 'EXT-X-DEFINE':
        this.#variables.define(this.#attributes(item), item.line);
        return;
      case 'EXT-X-BYTERANGE':
        this.#range = readByteRange(item.value, item.line);
        return;
      case 'EXT-X-GAP':
        this.#gap = true;
        return;
      case 'EXT-X-ENDLIST':
        this.ended = true;
        return;
      case 'EXT-X-SKIP':
        throw new ManifestError('invalid', 'EXT-X-SKIP: a delta update is not a whole playlist', item.line);
    }
  }

  *uri(written: string, line: number): Generator<HlsReference> {
    const uri = this.#variables.substitute(written, line);
    if (this.#stream !== undefined) {
      this.#stream = undefined;
      yield* this.#playlist(uri);
      return;
    }
    const [gap, range] = [this.#gap, this.#range];
    this.#gap = false;
    this.#range = undefined;
    const url = resolveReference(uri, this.#url);
    if (url === undefined) return;
    const atLeast = range && this.#endOf(url, range, line);
    if (!range) this.#previous = undefined;
    // What EXT-X-GAP marks is missing on purpose, §4.4.4.7; the range after it continues it all the same.
    if (gap) return;
    yield { kind: 'resource', resource: { url, kind: 'media', ...(atLeast !== undefined && { atLeast }) } };
  }

  /** An absent offset continues where the previous range of the same resource ended, §4.4.4.2. */
  #endOf(url: string, { length, offset }: { length: number; offset: number | undefined }, line: number): number {
    const start = offset ?? (this.#previous?.url === url ? this.#previous.end : undefined);
    if (start === undefined)
      throw new ManifestError('invalid', 'EXT-X-BYTERANGE without offset continues no range of the same URI', line);
    this.#previous = { url, end: start + length };
    return start + length;
  }

  *#playlist(uri: string | undefined): Generator<HlsReference> {
    const url = uri === undefined ? undefined : resolveReference(uri, this.#url);
    if (url !== undefined) yield { kind: 'playlist', url, variables: this.#variables.values };
  }

  *#resource(uri: string | undefined, kind: Resource['kind'], atLeast?: number): Generator<HlsReference> {
    const url = uri === undefined ? undefined : resolveReference(uri, this.#url);
    if (url !== undefined)
      yield { kind: 'resource', resource: { url, kind, ...(atLeast !== undefined && { atLeast }) } };
  }

  /** EXT-X-MAP and EXT-X-PART: URI with an optional BYTERANGE. */
  *#ranged(attributes: AttributeList, line: number): Generator<HlsReference> {
    const written = attributes.text('BYTERANGE');
    const range = written === undefined ? undefined : readByteRange(written, line);
    yield* this.#resource(attributes.required('URI'), 'media', range && (range.offset ?? 0) + range.length);
  }

  /** Only identity keys are plain resources; `skd://`, `data:` and licence servers belong to a DRM system. */
  *#key(attributes: AttributeList): Generator<HlsReference> {
    const uri = attributes.text('URI');
    if (attributes.text('METHOD') === 'NONE' || uri === undefined) return;
    if ((attributes.text('KEYFORMAT') ?? 'identity') !== 'identity') return;
    if (/^[a-z][a-z0-9+.-]*:/i.test(uri) && !/^https?:/i.test(uri)) return;
    yield* this.#resource(uri, 'key', identityKeyBytes);
  }

  *#dateRange(attributes: AttributeList): Generator<HlsReference> {
    const asset = attributes.text('X-ASSET-URI');
    const list = attributes.text('X-ASSET-LIST');
    const assetUrl = asset === undefined ? undefined : resolveReference(asset, this.#url);
    const listUrl = list === undefined ? undefined : resolveReference(list, this.#url);
    if (assetUrl !== undefined) yield { kind: 'presentation', url: assetUrl };
    if (listUrl !== undefined) yield { kind: 'asset-list', url: listUrl };
  }

  #attributes({ value, line }: TagLine): AttributeList {
    return readAttributeList(value, line, (text) => this.#variables.substitute(text, line));
  }

  /** @throws ManifestError when EXT-X-STREAM-INF has no URI */
  finish(): void {
    if (this.#stream !== undefined)
      throw new ManifestError('invalid', 'EXT-X-STREAM-INF is not followed by a URI', this.#stream);
  }
}

/** `<length>[@<offset>]`, bytes */
function readByteRange(value: string, line: number): { length: number; offset: number | undefined } {
  const match = /^\s*(\d{1,15})(?:@(\d{1,15}))?\s*$/.exec(value);
  if (!match)
    throw new ManifestError('invalid', `a byte range must be <length>[@<offset>]; given: ${value.slice(0, 60)}`, line);
  return { length: Number(match[1]), offset: match[2] === undefined ? undefined : Number(match[2]) };
}
