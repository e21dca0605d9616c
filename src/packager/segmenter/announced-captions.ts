import type { Media, MultivariantPlaylist } from '../../manifest/hls/multivariant-playlist.js';
import type { AssetIndex, SourceCaptions } from '../model/asset-index.js';

/**
 * What a playlist says of captions within the pictures: each stream of them once, with what is said first; `none` when every variant says that
 * there are none. Undefined when it says nothing: then pictures are searched (CaptionSearch).
 */
export function announcedCaptions({ media, variants }: MultivariantPlaylist): AssetIndex['captions'] {
  const byStream = new Map<string, SourceCaptions>();
  for (const each of media) {
    if (each.type !== 'CLOSED-CAPTIONS' || each.instreamId === undefined) continue;
    if (/^(?:CC[1-4]|SERVICE[1-9]\d?)$/.test(each.instreamId) && !byStream.has(each.instreamId))
      byStream.set(each.instreamId, sourceCaptions(each, each.instreamId));
  }
  if (byStream.size > 0) return [...byStream.values()];
  const none = variants.length > 0 && variants.every(({ closedCaptions }) => closedCaptions === 'NONE');
  return none ? 'none' : undefined;
}

function sourceCaptions(media: Media, instreamId: string): SourceCaptions {
  const { name, language, autoselect, characteristics } = media;
  return {
    ...{ instreamId, name, autoselect, default: media.default },
    ...(language !== undefined && { language }),
    ...(characteristics !== undefined && { characteristics }),
  };
}
