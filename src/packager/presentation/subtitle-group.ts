import type { Media } from '../../manifest/hls/multivariant-playlist.js';
import { languageName, uniqueNames } from './audio-groups.js';
import { mediaPlaylistName } from './manifest-names.js';
import type { HlsManifest } from './planned-manifest.js';
import type { PlannedText } from './presentation.js';

/** All variants have the same subtitles. */
export const subtitleGroupId = 'subtitles';

/** EXT-X-MEDIA of TYPE=SUBTITLES, RFC 8216bis §4.4.6.1: one DEFAULT at most, and what is DEFAULT is AUTOSELECT. */
export function subtitleGroup(manifest: HlsManifest, texts: readonly PlannedText[]): Media[] {
  const names = uniqueNames(texts.map(textName));
  const defaultIndex = texts.findIndex(({ media }) => media.default);
  return texts.map(({ id, media: { language, autoselect, forced, characteristics } }, index) => ({
    type: 'SUBTITLES',
    groupId: subtitleGroupId,
    name: names[index] ?? id,
    uri: mediaPlaylistName(manifest, id),
    ...(language !== undefined && { language }),
    default: index === defaultIndex,
    autoselect: autoselect || index === defaultIndex,
    forced,
    ...(characteristics !== undefined && { characteristics }),
  }));
}

/** What the source calls it, or its language in English. */
export function textName({ media: { name, language } }: PlannedText): string {
  return name ?? languageName(language) ?? 'Subtitles';
}
