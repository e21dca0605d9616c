import { childrenOf, type ReadElement } from '../../manifest/xml-reader.js';
import type { InspectedTrack } from './inspection.js';

/** What an MPD names: Representations, events, captions within the pictures; by Periods. */
export function describeMpd(mpd: ReadElement): InspectedTrack[] {
  const periods = childrenOf(mpd, 'Period');
  return periods.flatMap((period, index) => {
    const part = periods.length > 1 ? ` part ${index + 1}` : '';
    const sets = childrenOf(period, 'AdaptationSet');
    return [
      ...sets.flatMap((set) => childrenOf(set, 'Representation').map((each) => representation(set, each, part))),
      ...childrenOf(period, 'EventStream').map((stream) =>
        events(stream, `MPD${part}`, `${childrenOf(stream, 'Event').length} events`),
      ),
      ...sets.flatMap((set) =>
        childrenOf(set, 'InbandEventStream').map((stream) =>
          events(stream, `set ${set.attributes.id ?? '?'}${part}`, 'in the segments'),
        ),
      ),
      ...sets.flatMap((set) => childrenOf(set, 'Accessibility').flatMap((each) => captions(each, part))),
    ];
  });
}

function representation(set: ReadElement, each: ReadElement, part: string): InspectedTrack {
  const of = { ...set.attributes, ...each.attributes };
  const format =
    of.width === undefined
      ? [of.audioSamplingRate && `${of.audioSamplingRate} Hz`]
      : [`${of.width}x${of.height ?? '?'}`, of.frameRate && `${of.frameRate} fps`];
  return {
    name: `${of.id ?? '?'}${part}`,
    kind: of.contentType ?? of.mimeType?.split('/', 1)[0] ?? '?',
    codec: of.codecs ?? '?',
    ...(of.lang !== undefined && { language: of.lang }),
    format: format.filter(Boolean).join(' '),
    ...(of.bandwidth !== undefined && { bandwidth: Number(of.bandwidth) }),
  };
}

function events({ attributes }: ReadElement, name: string, format: string): InspectedTrack {
  return { name, kind: 'events', codec: attributes.schemeIdUri ?? '?', format };
}

/** `CC1=eng;CC3=spa`, `1=lang:eng`, SCTE 214-1 §7.2. */
function captions({ attributes: { schemeIdUri = '', value = '' } }: ReadElement, part: string): InspectedTrack[] {
  const cea = /^urn:scte:dash:cc:cea-(608|708):2015$/.exec(schemeIdUri)?.[1];
  if (cea === undefined) return [];
  return value.split(';').map((each) => {
    const [stream = '?', said] = each.split('=', 2);
    const language = said?.replace(/^lang:/, '').slice(0, 3);
    const name = cea === '708' ? `SERVICE${stream}` : stream;
    return { name: `${name}${part}`, kind: 'captions', codec: `CEA-${cea}`, ...(language && { language }), format: '' };
  });
}
