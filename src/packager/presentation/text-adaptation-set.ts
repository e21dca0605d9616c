import type { AdaptationSet, Descriptor } from '../../manifest/dash/mpd.js';
import type { Addressing } from './dash-addressing.js';
import type { PlannedText } from './presentation.js';
import { textName } from './subtitle-group.js';
import { textCodec } from './track-facts.js';

export const roleScheme = 'urn:mpeg:dash:role:2011';

/** What HLS says of subtitles for people who hear little. */
const forHardOfHearing = 'public.accessibility.describes-music-and-sound';

export interface TextSetPlace {
  readonly position: number;
  readonly addressing: Addressing;
  /** bits per second */
  readonly bandwidth: number;
}

/** Subtitles in fragments of their own; each rendition is a set, whose template is that of the set as MediaPackage has it in every layout. */
export function textAdaptationSet(text: PlannedText, { position, addressing, bandwidth }: TextSetPlace): AdaptationSet {
  const { language, forced, characteristics = '' } = text.media;
  const { segmentTemplate, segmentBase } = addressing;
  const captions = characteristics.split(',').includes(forHardOfHearing);
  const caption: Descriptor = { schemeIdUri: roleScheme, value: 'caption' };
  return {
    id: position,
    contentType: 'text',
    mimeType: 'application/mp4',
    ...(language !== undefined && { lang: language }),
    segmentAlignment: true,
    startWithSAP: 1,
    ...(captions && { accessibility: [caption] }),
    roles: [
      captions ? caption : { schemeIdUri: roleScheme, value: forced ? 'forced-subtitle' : 'subtitle' },
      ...(text.media.default ? [{ schemeIdUri: roleScheme, value: 'main' }] : []),
    ],
    label: textName(text),
    ...(segmentTemplate && { segmentTemplate }),
    representations: [{ id: text.id, bandwidth, codecs: textCodec(text), ...(segmentBase && { segmentBase }) }],
  };
}
