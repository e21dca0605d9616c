import type { PackagingConfiguration } from '../../domain/packaging-configuration.js';
import { wvtt } from '../isobmff/boxes/wvtt.js';
import { stpp } from '../isobmff/boxes/stpp.js';
import { canonicalLanguage } from '../model/language.js';
import { textInitSegment } from '../isobmff/text-init-segment.js';
import type { AssetIndex, IndexedText, TextMedia } from '../model/asset-index.js';
import { type Cue, textTimescale } from '../model/text.js';
import { rescale } from '../timing/timescale.js';
import { writeWebVtt } from '../codec/webvtt/write-webvtt.js';
import type { SegmentTemplateFormat } from './planned-manifest.js';
import type { InitSegment, PlannedSegment, PlannedText, PlannedTrack } from './presentation.js';
import { fragmentNames, segmentName, segmentNames, textSegmentNames } from './segment-names.js';
import type { PlannedOutput, SegmentTask, TextFormat } from './segment-task.js';

/** Bits per second in the addresses of Smooth Streaming: a nominal figure, as those of other tracks may be. */
const nominalBitRate = 1000;

export interface TextPlanOptions {
  readonly format: TextFormat;
  readonly segmentTemplateFormat: SegmentTemplateFormat;
  /** Of each period: ticks of 90 kHz that media have at its time 0. */
  readonly clocks: readonly number[];
  /** Of Smooth Streaming: where the client manifest lies. */
  readonly folder?: string;
}

export interface TextPlan {
  readonly texts: readonly PlannedText[];
  readonly tasks: readonly Omit<SegmentTask, 'id'>[];
  readonly initSegments: readonly InitSegment[];
}

/** @param nth from 1 */
export function textId(nth: number): string {
  return `text_${nth}`;
}

/** What a configuration makes of subtitles; `TextFormat` is our extension. What MediaPackage VOD makes of them is the default. */
export function textFormat({ CmafPackage, DashPackage, MssPackage }: PackagingConfiguration): TextFormat {
  if (MssPackage) return 'dfxp';
  // Of fragments of text, HLS has those of IMSC1 alone (RFC 8216bis §3.1.5); DASH plays them, too.
  const usual = DashPackage || CmafPackage?.DashManifests ? 'STPP' : 'WEBVTT';
  const asked = CmafPackage?.TextFormat ?? DashPackage?.TextFormat ?? usual;
  return ({ WEBVTT: 'webvtt', WVTT: 'wvtt', STPP: 'stpp' } as const)[asked];
}

/** Lists the segments of every rendition of subtitles: as long as those of the picture, empty ones, too, so that none is missing. */
export function planTexts(index: AssetIndex, main: PlannedTrack | undefined, options: TextPlanOptions): TextPlan {
  const texts = (index.texts ?? []).map((source, at) => ({ source, text: planText(source, at + 1, main, options) }));
  const tasks = (main?.periods ?? []).flatMap(({ segments }, period) => {
    const cues = texts.map(({ source, text }) =>
      shareCues(source.periods[period]?.cues ?? [], text.periods[period]?.segments ?? []),
    );
    return segments.map((segment, nth): Omit<SegmentTask, 'id'> => ({
      reads: [],
      segments: [],
      period: { origin: 0, tracks: [] },
      outputs: texts.map(({ source, text }, of) =>
        planOutput({ source, text, period, nth, cues: cues[of]?.[nth] ?? [] }, options),
      ),
      rendition: 'text',
      segmentNumber: segment.number,
    }));
  });
  return {
    texts: texts.map(({ text }) => text),
    tasks: texts.length > 0 ? tasks : [],
    initSegments: texts.flatMap(({ source, text }) => initSegments(source, text)),
  };
}

function planText(
  { media }: IndexedText,
  nth: number,
  main: PlannedTrack | undefined,
  { format, segmentTemplateFormat, folder }: TextPlanOptions,
): PlannedText {
  const id = textId(nth);
  const level = folder === undefined ? undefined : { folder, stream: id, bitrate: nominalBitRate };
  return {
    id,
    media: inLanguage(media, canonicalLanguage(media.language)),
    format,
    ...(level && { qualityLevel: level }),
    periods: (main?.periods ?? []).map(({ segments, track }, period) => {
      const names = level
        ? fragmentNames(level)
        : format === 'webvtt'
          ? textSegmentNames(id)
          : segmentNames(id, period + 1, { container: 'cmaf', format: segmentTemplateFormat });
      const planned = segments.map(({ start, end, number, programDateTime }): PlannedSegment => {
        const from = rescale(start, track.timescale, textTimescale);
        return {
          name: segmentName(names.media, number, from),
          number,
          start: from,
          end: rescale(end, track.timescale, textTimescale),
          sap: 1,
          ...(programDateTime !== undefined && { programDateTime }),
        };
      });
      return { track: { timescale: textTimescale }, ...names, segments: planned };
    }),
  };
}

function inLanguage({ name, characteristics, ...flags }: TextMedia, language: string | undefined): TextMedia {
  return {
    default: flags.default,
    autoselect: flags.autoselect,
    forced: flags.forced,
    ...(name !== undefined && { name }),
    ...(language !== undefined && { language }),
    ...(characteristics !== undefined && { characteristics }),
  };
}

/** For each segment the cues that are shown in it; the first has those before it, the last those after it, too. */
function shareCues(cues: readonly Cue[], segments: readonly PlannedSegment[]): Cue[][] {
  const shares: Cue[][] = segments.map(() => []);
  let first = 0;
  for (const cue of cues) {
    // Cues come by their starts, so no later one begins in an earlier segment.
    while (first + 1 < segments.length && (segments[first]?.end ?? 0) <= cue.start) first += 1;
    for (let at = first; at < segments.length && (at === first || (segments[at]?.start ?? 0) < cue.end); at += 1)
      shares[at]?.push(cue);
  }
  return shares;
}

interface TextSegmentPlace {
  readonly source: IndexedText;
  readonly text: PlannedText;
  readonly period: number;
  /** within the period */
  readonly nth: number;
  readonly cues: readonly Cue[];
}

const contentTypes: Readonly<Record<TextFormat, string>> = {
  webvtt: 'text/vtt',
  wvtt: 'application/mp4',
  stpp: 'application/mp4',
  dfxp: 'application/mp4',
};

function planOutput(
  { source, text, period, nth, cues }: TextSegmentPlace,
  { format, clocks }: TextPlanOptions,
): PlannedOutput {
  const segment = text.periods[period]?.segments[nth];
  if (!segment) throw new Error(`${text.id} has no segment ${nth + 1}`);
  const { styles = [], regions = [] } = source.periods[period] ?? {};
  const { language } = text.media;
  return {
    name: segment.name,
    contentType: contentTypes[format],
    container: 'text',
    format,
    ...(language !== undefined && { language }),
    start: segment.start,
    end: segment.end,
    sequenceNumber: segment.number,
    clock: format === 'webvtt' ? (clocks[period] ?? 0) : 0,
    document: { styles, regions, cues },
  };
}

function initSegments(source: IndexedText, { periods, format, media: { language } }: PlannedText): InitSegment[] {
  return periods.flatMap(({ initSegment: name, track: { timescale } }, period) => {
    if (name === undefined) return [];
    const { styles = [], regions = [] } = source.periods[period] ?? {};
    const entry =
      format === 'wvtt'
        ? ({ kind: 'text', sampleEntry: wvtt(writeWebVtt({ styles, regions, cues: [] }).trimEnd()) } as const)
        : ({ kind: 'subt', sampleEntry: stpp() } as const);
    return [{ name, bytes: textInitSegment({ timescale, language, ...entry }), contentType: 'application/mp4' }];
  });
}
