import { element, writeXml } from '../../manifest/xml.js';

/** DCMI Metadata Terms that an episode has; what is undefined or empty is left out. */
export interface EpisodeTerms {
  readonly identifier: string;
  readonly title: string;
  readonly type?: string | undefined;
  readonly isPartOf: string;
  readonly license?: string | undefined;
  readonly publisher?: string | undefined;
  /** W3C-DTF */
  readonly created: string;
  /** DCMI Period */
  readonly temporal?: string | undefined;
  readonly language: string;
  readonly source: string;
  readonly spatial: string;
}

/** The terms that are told, in the order of the type above: the identifier first, which Opencast needs to know before anything else. */
export function toldTerms(terms: EpisodeTerms): [string, string][] {
  const { identifier, ...rest } = terms;
  return [['identifier', identifier] as [string, string], ...Object.entries(rest)].filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
}

/** The catalog `dublincore/episode`, in Opencast's own root element. */
export function episodeCatalog(terms: EpisodeTerms): string {
  const children = toldTerms(terms).map(([name, value]) => {
    const coding = encodings[name];
    return element(`dcterms:${name}`, coding === undefined ? {} : { 'xsi:type': coding }, value);
  });
  return writeXml(
    element(
      'dublincore',
      {
        xmlns: 'http://www.opencastproject.org/xsd/1.0/dublincore/',
        'xmlns:dcterms': 'http://purl.org/dc/terms/',
        'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      },
      ...children,
    ),
  );
}

const encodings: Readonly<Record<string, string>> = { created: 'dcterms:W3CDTF', temporal: 'dcterms:Period' };

/** A DCMI Period, https://www.dublincore.org/specifications/dublin-core/dcmi-period/ */
export function period(start: string, end: string): string {
  return `start=${start}; end=${end}; scheme=W3C-DTF;`;
}

export interface SeriesTerms {
  readonly title: string | undefined;
  readonly publisher: string | undefined;
}

/** Reads what `GET /series/{id}.json` answers: terms under the address of their vocabulary, each a list of values. */
export function readSeriesTerms(json: string): SeriesTerms {
  const catalog: unknown = JSON.parse(json);
  const terms = property(catalog, 'http://purl.org/dc/terms/');
  const first = (name: string): string | undefined => {
    const values = property(terms, name);
    const value = Array.isArray(values) ? property(values[0], 'value') : undefined;
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  return { title: first('title'), publisher: first('publisher') };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
