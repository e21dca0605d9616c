import { ManifestError } from '../manifest-error.js';
import { type AttributeList, readAttributeList } from './attribute-list.js';
import type { IFrameVariant, Media, MultivariantPlaylist, Variant } from './multivariant-playlist.js';
import { playlistLines, readInteger } from './tag.js';
import { Variables } from './variables.js';

/**
 * Reads a multivariant playlist. Unknown tags and attributes are passed over, as players do.
 * @param uri where it was loaded from; only variables taken from the query need it
 * @throws ManifestError naming the line
 */
export function readMultivariantPlaylist(text: string, uri?: string): MultivariantPlaylist {
  const variables = new Variables(undefined, uri);
  const variants: Variant[] = [];
  const iFrameVariants: IFrameVariant[] = [];
  const media: Media[] = [];
  let version = 1;
  let independentSegments = false;
  let stream: { attributes: AttributeList; line: number } | undefined;

  for (const item of playlistLines(text)) {
    if (item.kind === 'uri') {
      if (stream) variants.push(readVariant(stream.attributes, variables.substitute(item.uri, item.line)));
      stream = undefined;
      continue;
    }
    const attributes = () =>
      readAttributeList(item.value, item.line, (value) => variables.substitute(value, item.line));
    switch (item.name) {
      case 'EXT-X-VERSION':
        version = readInteger(item.name, item.value, item.line);
        break;
      case 'EXT-X-INDEPENDENT-SEGMENTS':
        independentSegments = true;
        break;
      case 'EXT-X-DEFINE':
        variables.define(attributes(), item.line);
        break;
      case 'EXT-X-STREAM-INF':
        if (stream) throw withoutUri(stream.line);
        stream = { attributes: attributes(), line: item.line };
        break;
      case 'EXT-X-I-FRAME-STREAM-INF':
        iFrameVariants.push(readIFrameVariant(attributes()));
        break;
      case 'EXT-X-MEDIA':
        media.push(readMedia(attributes(), item.line));
        break;
      case 'EXTINF':
      case 'EXT-X-TARGETDURATION':
        throw new ManifestError('invalid', `${item.name} has no place in a multivariant playlist`, item.line);
    }
  }
  if (stream) throw withoutUri(stream.line);
  return { version, independentSegments, variants, iFrameVariants, media, variables: variables.values };
}

function withoutUri(line: number): ManifestError {
  return new ManifestError('invalid', 'EXT-X-STREAM-INF is not followed by a URI', line);
}

function readVariant(attributes: AttributeList, uri: string): Variant {
  return {
    ...readStream(attributes, uri),
    ...optional('frameRate', attributes.number('FRAME-RATE')),
    ...optional('audio', attributes.text('AUDIO')),
    ...optional('video', attributes.text('VIDEO')),
    ...optional('subtitles', attributes.text('SUBTITLES')),
    ...optional('closedCaptions', attributes.text('CLOSED-CAPTIONS')),
  };
}

function readIFrameVariant(attributes: AttributeList): IFrameVariant {
  return readStream(attributes, attributes.required('URI'));
}

function readStream(attributes: AttributeList, uri: string): IFrameVariant {
  attributes.required('BANDWIDTH');
  return {
    uri,
    bandwidth: attributes.number('BANDWIDTH') ?? 0,
    ...optional('averageBandwidth', attributes.number('AVERAGE-BANDWIDTH')),
    ...optional('codecs', attributes.text('CODECS')),
    ...optional('resolution', attributes.resolution('RESOLUTION')),
    ...optional('videoRange', attributes.text('VIDEO-RANGE')),
    ...optional('hdcpLevel', attributes.text('HDCP-LEVEL')),
  };
}

const mediaTypes = ['AUDIO', 'VIDEO', 'SUBTITLES', 'CLOSED-CAPTIONS'] as const;

function readMedia(attributes: AttributeList, line: number): Media {
  const given = attributes.required('TYPE');
  const type = mediaTypes.find((known) => known === given);
  if (!type)
    throw new ManifestError(
      'invalid',
      `TYPE must be one of ${mediaTypes.join(', ')}; given: ${given.slice(0, 60)}`,
      line,
    );
  const isDefault = attributes.flag('DEFAULT');
  return {
    type,
    groupId: attributes.required('GROUP-ID'),
    name: attributes.required('NAME'),
    ...optional('uri', attributes.text('URI')),
    ...optional('language', attributes.text('LANGUAGE')),
    ...optional('assocLanguage', attributes.text('ASSOC-LANGUAGE')),
    default: isDefault,
    // A default rendition is chosen by itself even where AUTOSELECT was left out, §4.4.6.1.
    autoselect: isDefault || attributes.flag('AUTOSELECT'),
    // Only subtitles may have it.
    forced: type === 'SUBTITLES' && attributes.flag('FORCED'),
    ...optional('instreamId', attributes.text('INSTREAM-ID')),
    ...optional('characteristics', attributes.text('CHARACTERISTICS')),
    ...optional('channels', attributes.text('CHANNELS')),
  };
}

/** `{ name: value }`, or nothing: an absent attribute stays absent. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [name in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [name in Name]?: Value });
}
