import type { AdaptationSet, Period } from '../../manifest/dash/mpd.js';
import { element } from '../../manifest/xml.js';
import { id3Scheme } from '../isobmff/boxes/emsg.js';
import type { Presentation } from './presentation.js';
import type { PeriodPart } from './split-periods.js';

/** Messages as base64 in XML, SCTE 214-1 §6.7.3. */
const spliceScheme = 'urn:scte:scte35:2014:xml+bin';
const spliceNamespace = 'http://www.scte.org/schemas/35/2016';
const timescale = 90_000;

/** The messages that take effect in a Period, at its start at the earliest. */
export function spliceEvents(part: PeriodPart | undefined): Pick<Period, 'eventStreams'> {
  const cues = (part?.cues ?? []).filter(({ section }) => section !== undefined);
  if (!part || cues.length === 0) return {};
  const presentationTimeOffset = Math.round(part.offset * timescale);
  const events = cues.map(({ time, duration, section = '' }, id) => ({
    presentationTime: Math.max(time, presentationTimeOffset),
    ...(duration !== undefined && { duration }),
    id: id + 1,
    content: element('Signal', { xmlns: spliceNamespace }, element('Binary', {}, section)),
  }));
  return { eventStreams: [{ schemeIdUri: spliceScheme, timescale, presentationTimeOffset, events }] };
}

/** ID3 tags come with the segments of these sets. */
export function inbandEvents({ timedMetadata }: Presentation): Pick<AdaptationSet, 'inbandEventStreams'> {
  return timedMetadata?.includes('id3') ? { inbandEventStreams: [id3Scheme] } : {};
}
