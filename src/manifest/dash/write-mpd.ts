import { element, writeXml, type XmlElement } from '../xml.js';
import type {
  AdaptationSet,
  Descriptor,
  EventStream,
  Mpd,
  MpdByteRange,
  Period,
  Representation,
  SegmentBase,
  SegmentTemplate,
} from './mpd.js';

/** Writes a static MPD, with elements and attributes in the schema's order. */
export function writeMpd(mpd: Mpd): string {
  let total = 0;
  const periods = mpd.periods.map((period) => {
    const written = writePeriod(period, total, mpd.indexed ?? false);
    total += period.duration;
    return written;
  });
  return writeXml(
    element(
      'MPD',
      {
        xmlns: 'urn:mpeg:dash:schema:mpd:2011',
        profiles: mpd.profiles.join(','),
        type: 'static',
        mediaPresentationDuration: isoDuration(total),
        minBufferTime: isoDuration(mpd.minBufferTime),
        [mpd.indexed ? 'maxSubsegmentDuration' : 'maxSegmentDuration']: isoDuration(mpd.maxSegmentDuration),
      },
      ...periods,
    ),
  );
}

function writePeriod(
  { id, duration, eventStreams = [], adaptationSets }: Period,
  start: number,
  indexed: boolean,
): XmlElement {
  return element(
    'Period',
    { id, start: isoDuration(start), duration: isoDuration(duration) },
    ...eventStreams.map(writeEventStream),
    ...adaptationSets.map((set) => writeAdaptationSet(set, indexed)),
  );
}

function writeEventStream({ schemeIdUri, timescale, presentationTimeOffset, events }: EventStream): XmlElement {
  return element(
    'EventStream',
    {
      schemeIdUri,
      timescale,
      presentationTimeOffset: presentationTimeOffset === 0 ? undefined : presentationTimeOffset,
    },
    ...events.map(({ presentationTime, duration, id, content }) =>
      element('Event', { presentationTime, duration, id }, content),
    ),
  );
}

function writeAdaptationSet(set: AdaptationSet, indexed: boolean): XmlElement {
  return element(
    'AdaptationSet',
    {
      id: set.id,
      contentType: set.contentType,
      mimeType: set.mimeType,
      lang: set.lang,
      [indexed ? 'subsegmentAlignment' : 'segmentAlignment']: set.segmentAlignment,
      [indexed ? 'subsegmentStartsWithSAP' : 'startWithSAP']: set.startWithSAP,
    },
    // What an AdaptationSet shares with a Representation comes first, §5.3.7.
    ...(set.essentialProperties ?? []).map((property) => writeDescriptor('EssentialProperty', property)),
    ...(set.supplementalProperties ?? []).map((property) => writeDescriptor('SupplementalProperty', property)),
    ...(set.inbandEventStreams ?? []).map((each) => writeDescriptor('InbandEventStream', each)),
    ...(set.label === undefined ? [] : [element('Label', {}, set.label)]),
    ...(set.accessibility ?? []).map((each) => writeDescriptor('Accessibility', each)),
    ...set.roles.map((role) => writeDescriptor('Role', role)),
    ...writeTemplate(set.segmentTemplate),
    ...set.representations.map(writeRepresentation),
  );
}

function writeRepresentation(representation: Representation): XmlElement {
  const { audioChannelConfiguration, segmentTemplate, segmentBase } = representation;
  return element(
    'Representation',
    {
      id: representation.id,
      bandwidth: representation.bandwidth,
      codecs: representation.codecs,
      width: representation.width,
      height: representation.height,
      sar: representation.sar,
      frameRate: representation.frameRate,
      audioSamplingRate: representation.audioSamplingRate,
      maxPlayoutRate: representation.maxPlayoutRate,
      codingDependency: representation.codingDependency,
    },
    ...(audioChannelConfiguration ? [writeDescriptor('AudioChannelConfiguration', audioChannelConfiguration)] : []),
    ...writeBase(segmentBase),
    ...writeTemplate(segmentTemplate),
  );
}

function writeBase(base: SegmentBase | undefined): XmlElement[] {
  if (!base) return [];
  const { baseUrl, timescale, initialization, index } = base;
  return [
    element('BaseURL', {}, baseUrl),
    element(
      'SegmentBase',
      { timescale, indexRange: writeRange(index), indexRangeExact: true },
      element('Initialization', { range: writeRange(initialization) }),
    ),
  ];
}

/** First byte to last. */
function writeRange({ offset, length }: MpdByteRange): string {
  return `${offset}-${offset + length - 1}`;
}

function writeDescriptor(name: string, { schemeIdUri, value }: Descriptor): XmlElement {
  return element(name, { schemeIdUri, value });
}

function writeTemplate(template: SegmentTemplate | undefined): XmlElement[] {
  if (!template) return [];
  const { timescale, presentationTimeOffset, initialization, media, startNumber, segments } = template;
  const attributes = {
    timescale,
    presentationTimeOffset: presentationTimeOffset === 0 ? undefined : presentationTimeOffset, // 0 is the default
    ...('duration' in segments && { duration: segments.duration }),
    startNumber: media.includes('$Number') ? startNumber : undefined,
    initialization,
    media,
  };
  if ('duration' in segments) return [element('SegmentTemplate', attributes)];
  const runs = segments.timeline.map(({ t, d, r }) => element('S', { t, d, r }));
  return [element('SegmentTemplate', attributes, element('SegmentTimeline', {}, ...runs))];
}

/** ISO 8601 duration, to the microsecond. @param seconds zero or more */
export function isoDuration(seconds: number): string {
  return `PT${Number(seconds.toFixed(6))}S`;
}
