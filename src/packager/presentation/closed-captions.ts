import type { AdaptationSet, Descriptor } from '../../manifest/dash/mpd.js';
import type { Media, Variant } from '../../manifest/hls/multivariant-playlist.js';
import { canonicalLanguage, iso639 } from '../model/language.js';
import type { SourceCaptions } from '../model/asset-index.js';
import { uniqueNames } from './audio-groups.js';
import type { PlannedTrack, Presentation } from './presentation.js';

type Captions = Presentation['captions'];

const groupId = 'captions';
const schemes = { cea608: 'urn:scte:dash:cc:cea-608:2015', cea708: 'urn:scte:dash:cc:cea-708:2015' } as const;

function announced(captions: Captions): readonly SourceCaptions[] {
  return captions === undefined || captions === 'none' ? [] : captions;
}

/** EXT-X-MEDIA of TYPE=CLOSED-CAPTIONS, RFC 8216bis §4.4.6.1. */
export function captionGroup(captions: Captions): Media[] {
  const all = announced(captions);
  const names = uniqueNames(all.map(({ name }) => name));
  const defaultIndex = all.findIndex((each) => each.default);
  return all.map(({ instreamId, autoselect, characteristics, ...each }, index) => {
    const language = canonicalLanguage(each.language);
    return {
      type: 'CLOSED-CAPTIONS',
      groupId,
      name: names[index] ?? instreamId,
      ...(language !== undefined && { language }),
      default: index === defaultIndex,
      autoselect: autoselect || index === defaultIndex,
      forced: false,
      instreamId,
      ...(characteristics !== undefined && { characteristics }),
    };
  });
}

/** What a variant says: that there are none stands at all of them or at none, §4.4.6.2. */
export function captionReference(captions: Captions, { kind }: PlannedTrack): Pick<Variant, 'closedCaptions'> {
  if (captions === 'none') return { closedCaptions: 'NONE' };
  return kind === 'video' && announced(captions).length > 0 ? { closedCaptions: groupId } : {};
}

/** EXT-X-VERSION that is needed at least, §8: services of CEA-708. */
export function captionVersion(captions: Captions): number {
  return announced(captions).some(({ instreamId }) => instreamId.startsWith('SERVICE')) ? 7 : 1;
}

/** What DASH says of them at the video, SCTE 214-1 §7.2: `CC1=eng;CC3=spa`, `1=lang:eng`. */
export function captionDescriptors(captions: Captions): Pick<AdaptationSet, 'accessibility'> {
  const all = announced(captions);
  const cea608 = all.filter(({ instreamId }) => instreamId.startsWith('CC'));
  const cea708 = all.filter(({ instreamId }) => instreamId.startsWith('SERVICE'));
  const descriptors = [
    ...describe(schemes.cea608, cea608, ({ instreamId, language }) => `${instreamId}=${iso639(language)}`),
    ...describe(
      schemes.cea708,
      cea708,
      ({ instreamId, language }) => `${instreamId.slice(7)}=lang:${iso639(language)}`,
    ),
  ];
  return descriptors.length > 0 ? { accessibility: descriptors } : {};
}

function describe(
  schemeIdUri: string,
  captions: readonly SourceCaptions[],
  value: (captions: SourceCaptions) => string,
): Descriptor[] {
  return captions.length === 0 ? [] : [{ schemeIdUri, value: captions.map(value).join(';') }];
}
