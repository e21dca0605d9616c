import { childOf, childrenOf, type ReadElement, readXml } from '../../manifest/xml-reader.js';
import { mpdSchema } from './mpd-schema.js';
import { Findings, type KnownObjects, referredName, type RuleProblem } from './problem.js';
import { checkSchema } from './schema.js';

/** The schema of ISO/IEC 23009-1, and the rules of its text and of DASH-IF IOP for a static MPD with segment templates or indexed files. @throws ManifestError when it is not well-formed */
export function checkMpd(file: string, text: string, objects?: KnownObjects): RuleProblem[] {
  const findings = new Findings(file);
  const root = readXml(text);
  findings.expect(root.name === 'MPD', 'dash.root', () => `the root element is ${root.name}`);
  for (const breach of checkSchema(mpdSchema, root)) findings.expect(false, 'dash.schema', () => breach);
  const { type = 'static', mediaPresentationDuration } = root.attributes;
  findings.expect(type === 'static', 'dash.static', () => `MPD@type is ${type}`);
  const periods = childrenOf(root, 'Period');
  const total = seconds(mediaPresentationDuration);
  findings.expect(
    total !== undefined || periods.every(({ attributes }) => attributes.duration),
    'dash.duration',
    () => 'a static MPD says how long it lasts (§5.3.1.2)',
  );
  const lasts = periods.map(
    ({ attributes }) => seconds(attributes.duration) ?? (periods.length === 1 ? total : undefined),
  );
  const sum = lasts.reduce<number>((all, each) => all + (each ?? NaN), 0);
  if (total !== undefined && !Number.isNaN(sum))
    findings.expect(
      Math.abs(sum - total) < 1e-3,
      'dash.duration',
      () => `Periods last ${sum} s, the presentation ${total} s`,
    );
  for (const [index, period] of periods.entries())
    checkPeriod(period, {
      file,
      findings,
      objects,
      duration: lasts[index],
      onDemand: isOnDemand(root.attributes.profiles),
    });
  return findings.problems;
}

interface PeriodCheck {
  readonly file: string;
  readonly findings: Findings;
  readonly objects: KnownObjects | undefined;
  /** seconds */
  readonly duration: number | undefined;
  /** The MPD is of the on-demand profile. */
  readonly onDemand: boolean;
}

function isOnDemand(profiles = ''): boolean {
  return profiles.split(',').some((profile) => profile.trim() === 'urn:mpeg:dash:profile:isoff-on-demand:2011');
}

function checkPeriod(period: ReadElement, check: PeriodCheck): void {
  const { findings } = check;
  const sets = childrenOf(period, 'AdaptationSet');
  findings.expect(
    sets.length > 0 || check.duration === 0 || 'xlink:href' in period.attributes,
    'dash.period',
    () => `Period ${period.attributes.id ?? ''} has no AdaptationSet, and a duration (§5.3.2.2)`,
  );
  const ids = sets.map(({ attributes }) => attributes.id);
  const representations = sets.flatMap((set) => childrenOf(set, 'Representation').map((each) => ({ set, each })));
  const named = representations.map(({ each }) => each.attributes.id);
  findings.expect(
    new Set(named).size === named.length,
    'dash.representation-id',
    () => `two Representations of a Period have one id: ${named.join(', ')} (§5.3.5.2)`,
  );
  for (const set of sets) {
    for (const { attributes } of childrenOf(set, 'EssentialProperty'))
      if (attributes.schemeIdUri === 'http://dashif.org/guidelines/trickmode')
        findings.expect(
          ids.includes(attributes.value),
          'dash.trick-mode',
          () => `trick mode of set ${attributes.value}, which there is none of`,
        );
  }
  for (const { set, each } of representations) checkRepresentation(set, each, [period, set, each], check);
}

function checkRepresentation(
  set: ReadElement,
  representation: ReadElement,
  levels: readonly ReadElement[],
  check: PeriodCheck,
): void {
  const { findings } = check;
  const { id = '', bandwidth } = representation.attributes;
  findings.expect(
    Number(bandwidth) > 0,
    'dash.bandwidth',
    () => `${id}: @bandwidth is ${bandwidth ?? 'missing'} (§5.3.5.2)`,
  );
  const { mimeType = '', codecs = '' } = { ...set.attributes, ...representation.attributes };
  findings.expect(mimeType !== '', 'dash.codecs', () => `${id}: no @mimeType (§5.3.7.2)`);
  // Files of text and of images are no codecs in a container.
  findings.expect(
    codecs !== '' || /^(?:text|image)\/|^application\/ttml/.test(mimeType),
    'dash.codecs',
    () => `${id}: no @codecs (§5.3.7.2)`,
  );
  if (set.attributes.contentType === 'text' && mimeType === 'application/mp4')
    findings.expect(
      /^(?:wvtt|stpp(?:\..+)?)$/.test(codecs),
      'dash.text',
      () => `${id}: text in fragments is wvtt or stpp; given: ${codecs} (ISO/IEC 14496-30)`,
    );
  const templates = levels.flatMap((level) => childOf(level, 'SegmentTemplate') ?? []);
  const base = childOf(representation, 'SegmentBase');
  findings.expect(
    !check.onDemand || templates.length === 0,
    'dash.on-demand',
    () => `${id}: in the on-demand profile a Representation is one file and has no SegmentTemplate (§8.3)`,
  );
  if (base) checkIndexedFile(representation, base, check);
  if (templates.length === 0) return;
  const merged = Object.assign({}, ...templates.map(({ attributes }) => attributes)) as ReadElement['attributes'];
  const timeline = templates.findLast((template) => childOf(template, 'SegmentTimeline'));
  checkTemplate({ id, attributes: merged, timeline: timeline && childOf(timeline, 'SegmentTimeline') }, check);
}

/** The index, and the init segment before it, lie in the file that BaseURL names. */
function checkIndexedFile(
  representation: ReadElement,
  base: ReadElement,
  { file, findings, objects }: PeriodCheck,
): void {
  const { id = '' } = representation.attributes;
  const index = byteRange(base.attributes.indexRange);
  const initialization = byteRange(childOf(base, 'Initialization')?.attributes.range);
  findings.expect(index !== undefined, 'dash.index', () => `${id}: SegmentBase has no @indexRange (DASH-IF IOP)`);
  if (index && initialization)
    findings.expect(
      initialization.last < index.first,
      'dash.index',
      () =>
        `${id}: the index at byte ${index.first} lies in the init segment, which ends at byte ${initialization.last}`,
    );
  if (!objects) return;
  const reference = childOf(representation, 'BaseURL')?.text ?? '';
  const size = objects.get(referredName(file, reference) ?? '');
  findings.expect(size !== undefined, 'dash.reference', () => `${id}: ${reference} does not exist`);
  for (const range of [index, initialization])
    if (range && size !== undefined)
      findings.expect(
        range.last < size,
        'dash.byte-range',
        () => `${id}: a range of ${reference} ends at byte ${range.last} of ${size}`,
      );
}

/** `first-last` */
export function byteRange(text = ''): { first: number; last: number } | undefined {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(text) ?? [];
  return first === undefined || Number(last) < Number(first) ? undefined : { first: Number(first), last: Number(last) };
}

interface Template {
  readonly id: string;
  readonly attributes: ReadElement['attributes'];
  readonly timeline: ReadElement | undefined;
}

function checkTemplate(
  { id, attributes, timeline }: Template,
  { file, findings, objects, duration }: PeriodCheck,
): void {
  const { media = '', initialization, timescale = '1', startNumber = '1' } = attributes;
  const byNumber = media.includes('$Number');
  const byTime = media.includes('$Time');
  findings.expect(
    byNumber !== byTime,
    'dash.template',
    () => `${id}: @media has $Number$ or $Time$: ${media} (§5.3.9.4.4)`,
  );
  const scale = Number(timescale);
  const offset = Number(attributes.presentationTimeOffset ?? 0);
  const periodEnd = duration === undefined ? undefined : offset + duration * scale;
  const times = timeline ? timelineTimes(timeline, { id, findings, periodEnd }) : regularTimes(attributes, duration);
  const last = ((times.at(-1)?.start ?? 0) - offset) / scale;
  // What of the last segment lies beyond the end of the Period is not played: sound seldom ends where the picture is cut.
  if (timeline && duration !== undefined && times.length > 0)
    findings.expect(
      last < duration,
      'dash.timeline',
      () => `${id}: a segment begins at ${last} s of a Period of ${duration} s`,
    );
  if (!objects) return;
  const fill = (template: string, number: number, time: number) =>
    template
      .replace(/\$RepresentationID\$/g, id)
      .replace(/\$Number(?:%0(\d)d)?\$/g, (_, width?: string) => String(number).padStart(Number(width ?? 1), '0'))
      .replace(/\$Time(?:%0(\d)d)?\$/g, (_, width?: string) => String(time).padStart(Number(width ?? 1), '0'));
  const listed = times.map(({ start }, index) => fill(media, Number(startNumber) + index, start));
  for (const reference of [...(initialization === undefined ? [] : [fill(initialization, 0, 0)]), ...listed])
    findings.expect(
      objects.has(referredName(file, reference) ?? ''),
      'dash.reference',
      () => `${id}: ${reference} does not exist`,
    );
}

/** Segments that one MPD may list before the check goes on without them. */
const maxListed = 1_000_000;

interface TimelineCheck {
  readonly id: string;
  readonly findings: Findings;
  /** ticks */
  readonly periodEnd: number | undefined;
}

function timelineTimes(
  timeline: ReadElement,
  { id, findings, periodEnd }: TimelineCheck,
): { start: number; end: number }[] {
  const times: { start: number; end: number }[] = [];
  let time = 0;
  const runs = childrenOf(timeline, 'S');
  for (const [index, { attributes }] of runs.entries()) {
    const start = attributes.t === undefined ? time : Number(attributes.t);
    const each = Number(attributes.d);
    findings.expect(
      start >= time || times.length === 0,
      'dash.timeline',
      () => `${id}: S@t ${start} is before the end of the segment before, ${time} (§5.3.9.6)`,
    );
    findings.expect(each > 0, 'dash.timeline', () => `${id}: S@d is ${attributes.d ?? 'missing'}`);
    time = start;
    const until = Number(runs[index + 1]?.attributes.t ?? periodEnd ?? NaN);
    for (
      let repeat = repeats(attributes, (until - start) / each);
      repeat >= 0 && times.length < maxListed;
      repeat -= 1
    ) {
      times.push({ start: time, end: time + each });
      time += each;
    }
  }
  return times;
}

/** §5.3.9.6: negative, as many as begin before the next run, or the end of the Period. @param room how many that are, with a fraction */
function repeats({ r = '0' }: ReadElement['attributes'], room: number): number {
  return Number(r) >= 0 ? Number(r) : Number.isFinite(room) ? Math.ceil(room - 1e-9) - 1 : 0;
}

/** §5.3.9.5.3: as many as begin within the Period. */
function regularTimes(
  { duration = '0', timescale = '1' }: ReadElement['attributes'],
  period: number | undefined,
): { start: number; end: number }[] {
  const each = Number(duration);
  const count = each > 0 && period !== undefined ? Math.ceil((period * Number(timescale)) / each - 1e-9) : 0;
  return Array.from({ length: Math.min(count, maxListed) }, (_, index) => ({
    start: index * each,
    end: (index + 1) * each,
  }));
}

/** ISO 8601 duration of days and shorter: years and months, which last differently, may be there as 0. */
function seconds(text: string | undefined): number | undefined {
  const match = /^P(?:0+Y)?(?:0+M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text ?? '');
  if (!match) return undefined;
  const [days = 0, hours = 0, minutes = 0, rest = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return days * 86_400 + hours * 3600 + minutes * 60 + rest;
}
