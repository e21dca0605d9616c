import { Failure } from '../../domain/failure.js';
import { ManifestError } from '../../manifest/manifest-error.js';
import { childOf, childrenOf, readXml, type ReadElement } from '../../manifest/xml-reader.js';
import { shownUrl } from '../../net/safe-url.js';
import { compileTemplate } from './dash-template.js';
import { segmentAddresses } from './dash-timing.js';
import { resolveReference, type Resource } from './resource.js';

/** @throws ManifestError naming the line; Failure source_live for a dynamic MPD */
export function readMpd(text: string, url: string): ReadElement {
  const mpd = readXml(text);
  if (mpd.name !== 'MPD') throw new ManifestError('invalid', `MPD expected; given: ${mpd.name.slice(0, 60)}`, mpd.line);
  if (mpd.attributes.type !== 'dynamic') return mpd;
  throw new Failure('source_live', `${shownUrl(url)} is a dynamic MPD: it is live.`, {
    details: { url: shownUrl(url) },
  });
}

/**
 * Every resource of a static MPD with its remote elements put in, ISO/IEC 23009-1: segments, initialization segments, indexes, single files, sidecar text, thumbnails. Of
 * several BaseURLs (alternatives to each other) the first is taken. What a player asks of services (licences, UTCTiming, steering, metrics)
 * is left alone.
 * @throws ManifestError naming the line; Failure url_refused
 */
export function* dashResources(mpd: ReadElement, url: string): Generator<Resource> {
  const base = baseOf(mpd, url);
  const periods = childrenOf(mpd, 'Period');
  if (periods.length === 0) throw new ManifestError('invalid', 'the MPD has no Period', mpd.line);
  for (const { attributes, line } of childrenOf(mpd, 'InitializationSet')) {
    if (attributes.initialization !== undefined)
      yield { url: addressOf(attributes.initialization, base, line), kind: 'media' };
  }
  const durations = periodDurations(mpd, periods);
  for (const [index, period] of periods.entries()) {
    yield* periodResources(period, { manifest: url, base: baseOf(period, base), duration: durations[index] });
  }
}

/** What a Representation inherits. */
interface Scope {
  /** where the MPD came from */
  readonly manifest: string;
  /** absolute */
  readonly base: string;
  /** seconds */
  readonly duration: number | undefined;
}

function* periodResources(period: ReadElement, scope: Scope): Generator<Resource> {
  for (const set of childrenOf(period, 'AdaptationSet')) {
    const base = baseOf(set, scope.base);
    for (const representation of childrenOf(set, 'Representation')) {
      const levels = [period, set, representation];
      yield* representationResources(levels, { ...scope, base: baseOf(representation, base) });
    }
  }
}

function* representationResources(levels: readonly ReadElement[], scope: Scope): Generator<Resource> {
  const representation = levels.at(-1);
  if (!representation) return;
  const kind = textTypes.test(typeOf(levels)) ? 'text' : 'media';
  const addressing = ['SegmentTemplate', 'SegmentList', 'SegmentBase'] as const;
  // The lowest level that says how segments are addressed decides it, §5.3.9.1.
  const name = levels
    .toReversed()
    .map((level) => addressing.find((each) => childOf(level, each)))
    .find((found) => found !== undefined);
  switch (name) {
    case 'SegmentTemplate':
      yield* templateResources(representation, inherited(levels, name), scope, kind);
      return;
    case 'SegmentList':
      yield* listResources(representation, inherited(levels, name), scope, kind);
      return;
    case 'SegmentBase':
    case undefined:
      yield* singleFile(representation, inherited(levels, 'SegmentBase'), scope, kind);
  }
}

/** Attributes of a segment element merged over its levels, and its child elements, of which the lowest of a name counts, §5.3.9.2. */
interface SegmentElement {
  readonly attributes: Readonly<Record<string, string | undefined>>;
  child(name: string): ReadElement | undefined;
  children(name: string): readonly ReadElement[];
  readonly line: number;
}

function inherited(levels: readonly ReadElement[], name: string): SegmentElement {
  const elements = levels.map((level) => childOf(level, name)).filter((element) => element !== undefined);
  return {
    attributes: Object.assign({}, ...elements.map(({ attributes }) => attributes)) as Record<string, string>,
    child: (child) => elements.map((element) => childOf(element, child)).findLast((found) => found !== undefined),
    children: (child) =>
      elements.map((element) => childrenOf(element, child)).findLast(({ length }) => length > 0) ?? [],
    line: elements.at(-1)?.line ?? levels.at(-1)?.line ?? 1,
  };
}

function* templateResources(
  representation: ReadElement,
  element: SegmentElement,
  scope: Scope,
  kind: Resource['kind'],
): Generator<Resource> {
  const { base, duration } = scope;
  const { attributes, line } = element;
  const { id, bandwidth } = representation.attributes;
  const compile = (text: string) =>
    compileTemplate(text, { id, bandwidth }, { line, resolve: (reference) => addressOf(reference, base, line) });
  for (const text of [attributes.initialization, attributes.bitstreamSwitching]) {
    if (text !== undefined) yield { url: compile(text).expand({}), kind: 'media' };
  }
  yield* headResources(element, scope);
  const templates = [attributes.media, attributes.index].flatMap((text) => (text === undefined ? [] : [compile(text)]));
  if (attributes.media === undefined) yield wholeFile(representation, scope, kind);
  if (templates.length === 0) return;
  const timeline = element.child('SegmentTimeline');
  for (const segment of segmentAddresses({ attributes, timeline, periodDuration: duration, line })) {
    const values = { Number: segment.number, Time: segment.time, SubNumber: 1 };
    for (const template of templates) {
      const parts = template.uses.has('SubNumber') ? segment.subSegments : 1;
      for (let part = 1; part <= parts; part++) {
        values.SubNumber = part;
        const url = template.expand(values);
        yield segment.optional ? { url, kind, optional: true } : { url, kind };
      }
    }
  }
}

function* listResources(
  representation: ReadElement,
  element: SegmentElement,
  scope: Scope,
  kind: Resource['kind'],
): Generator<Resource> {
  const { base } = scope;
  yield* headResources(element, scope);
  const segments = element.children('SegmentURL');
  if (segments.length === 0) yield wholeFile(representation, scope, kind);
  for (const { attributes, line } of segments) {
    // Without @media the BaseURL itself is the segment's file, §5.3.9.3.2.
    yield ranged(addressOf(attributes.media ?? '', base, line), attributes.mediaRange, kind);
    if (attributes.index !== undefined)
      yield ranged(addressOf(attributes.index, base, line), attributes.indexRange, 'media');
  }
}

/** One file, with its segments found by its `sidx`: the mirror takes it whole. */
function* singleFile(
  representation: ReadElement,
  element: SegmentElement,
  scope: Scope,
  kind: Resource['kind'],
): Generator<Resource> {
  const file = wholeFile(representation, scope, kind);
  yield* headResources(element, scope);
  yield ranged(file.url, element.attributes.indexRange, kind);
}

/** The BaseURL's file, which is the only media of a Representation whose segments nothing names, §5.3.9.1. @throws ManifestError when it is none */
function wholeFile({ attributes: { id = '?' }, line }: ReadElement, scope: Scope, kind: Resource['kind']): Resource {
  if (namesFile(scope)) return { url: scope.base, kind };
  throw new ManifestError('invalid', `the Representation ${id.slice(0, 60)} names no media`, line);
}

/** Initialization and RepresentationIndex, as elements of their own, §5.3.9.2.2: without @sourceURL the range is one of the BaseURL's file. */
function* headResources(element: SegmentElement, scope: Scope): Generator<Resource> {
  for (const name of ['Initialization', 'RepresentationIndex', 'BitstreamSwitching']) {
    const given = element.child(name);
    const { sourceURL, range } = given?.attributes ?? {};
    if (!given || (sourceURL === undefined && range === undefined)) continue;
    if (sourceURL === undefined && !namesFile(scope))
      throw new ManifestError('invalid', `${name} is a range of no file: neither @sourceURL nor a BaseURL`, given.line);
    yield ranged(addressOf(sourceURL ?? '', scope.base, given.line), range, 'media');
  }
}

/** Is the BaseURL that of a file, and not of a folder? */
function namesFile({ base, manifest }: Scope): boolean {
  return !base.endsWith('/') && base !== manifest;
}

/** `first-last`, bytes, §5.3.9.2.2 */
function ranged(url: string, range: string | undefined, kind: Resource['kind']): Resource {
  const [, last] = /^\s*\d{1,15}-(\d{1,15})\s*$/.exec(range ?? '') ?? [];
  return last === undefined ? { url, kind } : { url, kind, atLeast: Number(last) + 1 };
}

/** An element's first BaseURL, resolved against that of the level above, §5.6. */
function baseOf(element: ReadElement, above: string): string {
  const first = element.children.find(({ name }) => name === 'BaseURL');
  return first ? addressOf(first.text, above, first.line) : above;
}

function addressOf(reference: string, base: string, line: number): string {
  const url = resolveReference(reference, base);
  if (url === undefined) throw new ManifestError('invalid', 'a data: address is no segment', line);
  return url;
}

const textTypes = /^(text\/|application\/(ttml|x-subrip|smil))/i;

function typeOf(levels: readonly ReadElement[]): string {
  return levels.findLast((level) => level.attributes.mimeType !== undefined)?.attributes.mimeType ?? '';
}

/** Milliseconds of a static MPD, for people to read: what it says itself, else its Periods together; 0 where neither is said. @throws ManifestError */
export function mpdDurationMs(mpd: ReadElement): number {
  const periods = periodDurations(mpd, childrenOf(mpd, 'Period')).reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return Math.round((readDuration(mpd, 'mediaPresentationDuration') ?? periods) * 1000);
}

/** Durations in seconds, §5.3.2.1: given, or up to the start of the next Period, or to the end of the presentation. */
function periodDurations(mpd: ReadElement, periods: readonly ReadElement[]): (number | undefined)[] {
  const total = readDuration(mpd, 'mediaPresentationDuration');
  const given = periods.map((period) => readDuration(period, 'duration'));
  const starts: (number | undefined)[] = [];
  for (const [index, period] of periods.entries()) {
    const [before, lasted] = [starts[index - 1], given[index - 1]];
    const follows = before === undefined || lasted === undefined ? undefined : before + lasted;
    starts.push(readDuration(period, 'start') ?? (index === 0 ? 0 : follows));
  }
  return periods.map((_, index) => {
    const start = starts[index];
    const end = index + 1 < periods.length ? starts[index + 1] : total;
    if (given[index] !== undefined) return given[index];
    return start === undefined || end === undefined ? undefined : Math.max(0, end - start);
  });
}

/** An ISO 8601 duration (XML Schema Part 2 §3.2.6) in seconds; years and months by their average, as they are of no use here. */
function readDuration(element: ReadElement, name: string): number | undefined {
  const text = element.attributes[name]?.trim();
  if (text === undefined) return undefined;
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?|\.\d+)S)?)?$/.exec(
    text,
  );
  if (!match || text.length > 60 || !/\d/.test(text))
    throw new ManifestError(
      'invalid',
      `@${name} must be a duration such as PT1H2M3.5S; given: ${text.slice(0, 60)}`,
      element.line,
    );
  const units = [31_556_952, 2_629_746, 86_400, 3600, 60, 1];
  return units.reduce((seconds, unit, index) => seconds + unit * Number(match[index + 1] ?? 0), 0);
}
