import { Failure } from '../../domain/failure.js';
import { readXml, type ReadElement } from '../../manifest/xml-reader.js';
import { shownUrl } from '../../net/safe-url.js';
import { maxAllManifestBytes } from './manifest.js';
import { resolveReference } from './resource.js';

/**
 * Remote elements of an MPD, ISO/IEC 23009-1 §5.5: an element with `xlink:href` stands for the elements of its own name in the document
 * there, which take its place. A mirror has to have all of them, so it makes no difference whether a player would ask `onLoad` or `onRequest`.
 */

const href = 'xlink:href';
/** §5.5.3: such an element is as if it were not there. */
const resolveToZero = 'urn:mpeg:dash:resolve-to-zero:2013';
/** Remote elements inside remote elements. */
const maxRemoteDepth = 4;
/** Of one MPD: a day of a Period for each half minute. */
const maxRemoteElements = 3000;
/** Segments and times, of which there may be a million, refer to nothing remote. */
const leaves: ReadonlySet<string> = new Set(['S', 'SegmentURL', 'SegmentTimeline', 'BaseURL']);

/** @returns the text of a document, of which each is asked for once */
export type FetchRemote = (url: string) => Promise<string>;

interface Place {
  /** what references of this level begin at */
  readonly base: string;
  /** The documents that this level came from, the MPD first. */
  readonly from: readonly string[];
}

/**
 * The MPD with remote elements put in. What has none is given back as it is.
 * @throws ManifestError; Failure source_invalid for a circle or a document without such an element, source_too_large, source_unsupported
 *   for MPDs that import others; what `fetch` throws
 */
export async function withRemoteElements(mpd: ReadElement, url: string, fetch: FetchRemote): Promise<ReadElement> {
  let count = 0;
  const documents = new Map<string, Promise<RemoteDocument>>();
  let placedCharacters = 0;

  async function inside(element: ReadElement, { base, from }: Place): Promise<ReadElement> {
    if (element.name === 'ImportedMPD') throw importsMpd(element, from);
    if (leaves.has(element.name) || element.children.length === 0) return element;
    const place = { base: baseOf(element, base), from };
    const children: ReadElement[] = [];
    let changed = false;
    for (const child of element.children) {
      const became = await placed(child, place);
      changed ||= became.length !== 1 || became[0] !== child;
      for (const each of became) children.push(each);
    }
    return changed ? { ...element, children } : element;
  }

  /** What stands in the place of an element. */
  async function placed(element: ReadElement, place: Place): Promise<readonly ReadElement[]> {
    const reference = element.attributes[href];
    if (reference === undefined) return [await inside(element, place)];
    if (reference.trim() === resolveToZero) return [];
    const target = resolveReference(reference.trim(), place.base);
    if (target === undefined) throw unusable(element, place, 'a data: address is no remote element');
    if (place.from.includes(target)) throw unusable(element, place, `${shownUrl(target)} refers to itself (xlink)`);
    if (place.from.length > maxRemoteDepth)
      throw tooMuch(place, `has remote elements in more than ${maxRemoteDepth} levels (maxRemoteDepth)`);
    // Counted as often as one is put in: few documents that refer to each other can make very many elements.
    if (++count > maxRemoteElements)
      throw tooMuch(place, `has more than ${maxRemoteElements} remote elements (maxRemoteElements)`);
    const document = documents.get(target) ?? fetch(target).then(documentOf);
    documents.set(target, document);
    const { roots, characters } = await document;
    placedCharacters += characters;
    if (placedCharacters > maxAllManifestBytes)
      throw tooMuch(place, `has remote elements of more than ${maxAllManifestBytes} characters (maxAllManifestBytes)`);
    const found = roots.filter(({ name }) => name === element.name);
    if (found.length === 0)
      throw unusable(element, place, `${shownUrl(target)} has no ${element.name.slice(0, 60)} to put in its place`);
    const within = { base: place.base, from: [...place.from, target] };
    const became: ReadElement[] = [];
    // What is put in may itself lie elsewhere.
    for (const each of found) became.push(...(await placed(each, within)));
    return became;
  }

  return inside(mpd, { base: url, from: [url] });
}

interface RemoteDocument {
  readonly roots: readonly ReadElement[];
  readonly characters: number;
}

/** A remote document may have several elements side by side, Periods for one: no document of XML, so that it gets a root. */
function documentOf(text: string): RemoteDocument {
  const bare = text.replace(/^\uFEFF?\s{0,1000}<\?xml[^>]{0,1000}\?>/, '');
  return { roots: readXml(`<remote>${bare}</remote>`).children, characters: text.length };
}

/** As in dash-resources.ts: the first BaseURL counts. */
function baseOf(element: ReadElement, above: string): string {
  const first = element.children.find(({ name }) => name === 'BaseURL');
  return (first && resolveReference(first.text, above)) ?? above;
}

function unusable(element: ReadElement, { from }: Place, why: string): Failure {
  const shown = shownUrl(from.at(-1) ?? '');
  return new Failure('source_invalid', `${shown}, line ${element.line}: ${why}.`, {
    details: { url: shown, line: element.line },
  });
}

function tooMuch({ from }: Place, what: string): Failure {
  const shown = shownUrl(from[0] ?? '');
  return new Failure('source_too_large', `${shown} ${what}.`, { details: { url: shown } });
}

function importsMpd({ line }: ReadElement, from: readonly string[]): Failure {
  const shown = shownUrl(from.at(-1) ?? '');
  return new Failure(
    'source_unsupported',
    `${shown}, line ${line}: the MPD imports another one (ImportedMPD), which a mirror does not follow. Harvest that MPD.`,
    { details: { url: shown, line } },
  );
}
