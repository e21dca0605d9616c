import { MalformedError } from '../bits/malformed.js';
import { parseSpliceInfo, type SpliceEvent, type SpliceInfo } from '../codec/scte35/splice-info-section.js';
import type { Splice } from '../model/timed-metadata.js';
import { rescale } from '../timing/timescale.js';
import type { PlannedDateRange } from './date-range-cues.js';
import type { SegmentFacts } from './planned-manifest.js';
import type { PlannedTrack, Presentation } from './presentation.js';

/** A programme is left for advertisements, or returned to. */
export interface Cue {
  /** Ticks of 90 kHz on the period's time line. */
  readonly time: number;
  readonly out: boolean;
  /** Ticks of 90 kHz, as announced. */
  readonly duration?: number;
  /** It ends by itself after its duration. */
  readonly autoReturn?: boolean;
  /** What opens a break is closed by its own kind alone: a segmentation_type_id that begins something; absent for splice_insert() and tags. */
  readonly typeId?: number;
  /** splice_info_section, base64; tags may have none. */
  readonly section?: string;
  /** What is shown, as EXT-X-ASSET has it: `CAID=0x...`. */
  readonly asset?: string;
}

/** Where the messages of SCTE 35 are taken from: ScteMarkersSource. */
export type CueSource = 'SEGMENTS' | 'MANIFEST';

/**
 * segmentation_type_ids that begin what MediaPackage takes for advertisements, SCTE 35 Table 23: breaks, advertisements, placement opportunities and
 * blocks of them; each is ended by the next number.
 */
const beginnings: ReadonlySet<number> = new Set([0x22, 0x30, 0x32, 0x34, 0x36, 0x44, 0x46]);
const titleIdentifier = 0x08;

/** The track whose segments carry the messages, and are cut first. */
export function leadingTrack({ tracks }: Presentation): PlannedTrack | undefined {
  return tracks.find(({ kind, trickOf }) => kind === 'video' && trickOf === undefined) ?? tracks[0];
}

/**
 * The cues of each period, in the order of their times.
 * @param wanted absent: from the segments where the source has a stream of them, else from its playlist
 */
export function spliceCues(presentation: Presentation, facts: SegmentFacts, wanted: CueSource | undefined): Cue[][] {
  const source = wanted ?? (presentation.timedMetadata?.includes('scte35') ? 'SEGMENTS' : 'MANIFEST');
  return presentation.periods.map((_, period) => {
    const cues = source === 'SEGMENTS' ? fromSegments(presentation, period, facts) : fromTags(presentation, period);
    return cues.sort((a, b) => a.time - b.time);
  });
}

type AnnouncedCues = Map<string, Cue>;

/**
 * Renditions repeat each other's messages, and messages are repeated until they take effect. Those of a segment stand in the order in which they came, so that
 * one may be withdrawn.
 */
function fromSegments({ tracks }: Presentation, period: number, facts: SegmentFacts): Cue[] {
  const settled: AnnouncedCues = new Map();
  for (const track of tracks) {
    const announced = new Map<SpliceEvent, AnnouncedCues>();
    const segments = track.periods[period]?.segments ?? [];
    for (const splice of segments.flatMap(({ name }) => facts.get(name)?.splices ?? []))
      announce(splice, announced, settled);
    for (const cues of announced.values()) for (const [key, cue] of cues) settled.set(key, cue);
  }
  return [...settled.values()];
}

/** What is cancelled does not happen unless it has happened before, SCTE 35 §9.7.3 and §10.3.3. */
function announce({ time, section }: Splice, announced: Map<SpliceEvent, AnnouncedCues>, settled: AnnouncedCues): void {
  const info = readSection(section);
  for (const [index, { event, cue }] of eventsOf(info, section, time).entries()) {
    const cues = announced.get(event) ?? new Map<string, Cue>();
    announced.set(event, cues.set(`${index} ${time} ${section}`, cue));
  }
  for (const event of info?.cancelled ?? []) {
    for (const [key, cue] of announced.get(event) ?? []) if (cue.time < time) settled.set(key, cue);
    announced.delete(event);
  }
}

/** What a message says. @param section base64 */
function cuesOf(section: string, time: number): Cue[] {
  return eventsOf(readSection(section), section, time).map(({ cue }) => cue);
}

interface EventCue {
  readonly event: SpliceEvent;
  readonly cue: Cue;
}

function eventsOf(info: SpliceInfo | undefined, section: string, time: number): EventCue[] {
  if (!info) return [];
  const { insert, segmentations } = info;
  const opening: EventCue[] = insert
    ? [{ event: `insert ${insert.eventId}`, cue: { time, section, ...insertCue(insert) } }]
    : [];
  return [
    ...opening,
    ...segmentations.flatMap(({ eventId, typeId, duration, upidType, upid }): EventCue[] => {
      const out = beginnings.has(typeId);
      if (!out && !beginnings.has(typeId - 1)) return [];
      const cue = {
        ...{ time, section, out, typeId: out ? typeId : typeId - 1 },
        ...(out && duration !== undefined && { duration }),
        ...(upid.length > 0 && { asset: `${upidType === titleIdentifier ? 'CAID' : 'UPID'}=0x${hex(upid)}` }),
      };
      return [{ event: `segmentation ${eventId}`, cue }];
    }),
  ];
}

function insertCue({ out, duration, autoReturn }: NonNullable<SpliceInfo['insert']>): Omit<Cue, 'time'> {
  return { out, autoReturn, ...(duration !== undefined && { duration }) };
}

function readSection(section: string): SpliceInfo | undefined {
  try {
    return parseSpliceInfo(Uint8Array.from(atob(section), (letter) => letter.charCodeAt(0)));
  } catch (error) {
    // No base64 (DOMException), or no message: a tag may say anything.
    if (error instanceof MalformedError || error instanceof DOMException) return undefined;
    throw error;
  }
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('');
}

/** From the tags that stand before the segments of the leading track: where they stand is when they take effect. */
function fromTags(presentation: Presentation, period: number): Cue[] {
  const listed = leadingTrack(presentation)?.periods[period];
  return [
    ...(listed?.segments ?? []).flatMap(({ markers = [], start }) =>
      tagCues(markers, rescale(start, listed?.track.timescale ?? 1, 90_000)),
    ),
    ...rangeCues(presentation.dateRanges, period),
  ];
}

/** What the EXT-X-DATERANGEs say that begin in a period. */
export function rangeCues(ranges: readonly PlannedDateRange[] = [], period: number): Cue[] {
  return ranges.filter((range) => range.period === period).flatMap(cuesOfRange);
}

/** SCTE35-OUT, SCTE35-IN and SCTE35-CMD of an EXT-X-DATERANGE, RFC 8216bis §4.4.5.1.1. */
function cuesOfRange({ splice, time, start, end, duration }: PlannedDateRange): Cue[] {
  if (!splice) return [];
  const { kind, section } = splice;
  if (kind === 'SCTE35-CMD') return cuesOf(section, time);
  if (kind === 'SCTE35-IN') return [{ time: time + ((end ?? start) - start) * 90, out: false, section }];
  return [{ time, out: true, section, ...(duration !== undefined && { duration: Math.round(duration * 90_000) }) }];
}

function tagCues(markers: readonly string[], time: number): Cue[] {
  const sections = markers.flatMap((marker) => sectionTag.exec(marker)?.[1] ?? []);
  const [section] = sections;
  const asset = markers.flatMap((marker) => /^EXT-X-ASSET:(.+)$/.exec(marker)?.[1] ?? [])[0];
  const known = { ...(section !== undefined && { section }), ...(asset !== undefined && { asset }) };
  const plain = markers.flatMap((marker): Cue[] => {
    if (/^EXT-X-CUE-IN\b/.test(marker)) return [{ time, out: false }];
    const out = /^EXT-X-CUE-OUT(?::(?:.*DURATION=)?"?([\d.]{1,20}))?/.exec(marker);
    if (!out || marker.startsWith('EXT-X-CUE-OUT-CONT')) return [];
    const duration = Math.round(Number(out[1]) * 90_000);
    return [{ time, out: true, ...known, ...(Number.isFinite(duration) && duration > 0 && { duration }) }];
  });
  return plain.length > 0 ? plain : sections.flatMap((each) => cuesOf(each, time));
}

/** Tags with a message in base64. */
const sectionTag =
  /^(?:EXT-OATCLS-SCTE35:|EXT-X-SPLICEPOINT-SCTE35:|EXT-X-SCTE35:(?:[^"]*,)?CUE=)"?([A-Za-z0-9+/]{20,6000}={0,2})/;
