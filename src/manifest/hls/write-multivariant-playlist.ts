import { type AttributeValue, writeAttributeList } from './attribute-list.js';
import { uriLine } from './tag.js';
import type { IFrameVariant, Media, MultivariantPlaylist, Variant } from './multivariant-playlist.js';

/**
 * Writes a multivariant playlist without variables, which Reelway does not make.
 * @throws ManifestError for a value that HLS cannot express
 */
export function writeMultivariantPlaylist(playlist: Omit<MultivariantPlaylist, 'variables'>): string {
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${playlist.version}`];
  if (playlist.independentSegments) lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  lines.push(...playlist.media.map(writeMedia), ...playlist.variants.flatMap(writeVariant));
  lines.push(...playlist.iFrameVariants.map(writeIFrameVariant));
  return `${lines.join('\n')}\n`;
}

function writeMedia(media: Media): string {
  const attributes = writeAttributeList({
    TYPE: media.type,
    'GROUP-ID': { quoted: media.groupId },
    NAME: { quoted: media.name },
    LANGUAGE: quoted(media.language),
    'ASSOC-LANGUAGE': quoted(media.assocLanguage),
    DEFAULT: media.default,
    AUTOSELECT: media.autoselect,
    // Only subtitles may have it, RFC 8216bis §4.4.6.1.
    FORCED: media.type === 'SUBTITLES' ? media.forced : undefined,
    'INSTREAM-ID': quoted(media.instreamId),
    CHARACTERISTICS: quoted(media.characteristics),
    CHANNELS: quoted(media.channels),
    URI: quoted(media.uri),
  });
  return `#EXT-X-MEDIA:${attributes}`;
}

function writeVariant(variant: Variant): string[] {
  const { closedCaptions } = variant;
  const attributes = writeAttributeList({
    ...streamAttributes(variant),
    'FRAME-RATE': variant.frameRate?.toFixed(3),
    AUDIO: quoted(variant.audio),
    VIDEO: quoted(variant.video),
    SUBTITLES: quoted(variant.subtitles),
    'CLOSED-CAPTIONS': closedCaptions === 'NONE' ? closedCaptions : quoted(closedCaptions),
  });
  return [`#EXT-X-STREAM-INF:${attributes}`, uriLine(variant.uri)];
}

/** §4.4.6.3: as a variant, with its URI, and without what a player chooses other renditions by. */
function writeIFrameVariant(variant: IFrameVariant): string {
  return `#EXT-X-I-FRAME-STREAM-INF:${writeAttributeList({ ...streamAttributes(variant), URI: quoted(variant.uri) })}`;
}

function streamAttributes({ resolution, ...variant }: IFrameVariant): Record<string, AttributeValue> {
  return {
    BANDWIDTH: variant.bandwidth,
    'AVERAGE-BANDWIDTH': variant.averageBandwidth,
    CODECS: quoted(variant.codecs),
    RESOLUTION: resolution && `${resolution.width}x${resolution.height}`,
    'VIDEO-RANGE': variant.videoRange,
    'HDCP-LEVEL': variant.hdcpLevel,
  };
}

function quoted(value: string | undefined): { quoted: string } | undefined {
  return value === undefined ? undefined : { quoted: value };
}
