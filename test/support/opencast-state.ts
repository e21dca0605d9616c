import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import { XMLParser } from 'fast-xml-parser';

/** What the stand-in of Opencast knows, and the rules of its ingest service. */

export interface StandInElement {
  readonly kind: 'track' | 'attachment' | 'catalog';
  readonly flavor: string;
  readonly tags: readonly string[];
  /** in the working file repository */
  readonly url: string;
}

export interface StoredElement {
  readonly sha256: string;
  readonly size: number;
  readonly text: string | undefined;
}

export interface StandInWorkflow {
  readonly id: string;
  readonly definition: string;
  /** as asked for, which may be one that there is not */
  readonly asked: string;
  readonly mediaPackageId: string;
  /** of the event, as it is now */
  elements: readonly (StandInElement & StoredElement)[];
  readonly properties: Readonly<Record<string, string>>;
  /** of the episode, last value of each term */
  readonly terms: Readonly<Record<string, string>>;
  states: string[];
  readonly startedAt: number;
}

/** What tests see and set. */
export interface StandInState {
  readonly credentials: { readonly user: string; readonly password: string };
  readonly series: Map<string, StandInSeries>;
  readonly definitions: Set<string>;
  /** Every workflow that was started, oldest first. */
  readonly workflows: StandInWorkflow[];
  /** Tracks that were added to events afterwards. */
  readonly added: { eventId: string; flavor: string; tags: string; text: string }[];
  /** milliseconds after which a new event is found by search */
  indexLagMs: number;
  /** Ingests that run, beside what the tests do. */
  busy: number;
  /** The states that a new workflow goes through, one at each look. */
  states: (definition: string) => string[];
}

export interface StandInSeries {
  readonly title: string;
  readonly publisher?: string;
  /** 401 even for who is logged in */
  readonly forbidden?: boolean;
}

/** An answer that is a refusal. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface MediaPackage {
  readonly id: string;
  readonly elements: StandInElement[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  isArray: (name) => ['element', 'tag'].includes(name),
});

export function writeMediaPackage({ id, elements }: MediaPackage): string {
  const lines = elements.map(
    ({ kind, flavor, tags, url }) =>
      `<element kind="${kind}" type="${flavor}" url="${url}">${tags.map((tag) => `<tag>${tag}</tag>`).join('')}</element>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><mediapackage xmlns="http://mediapackage.opencastproject.org" id="${id}">${lines.join('')}</mediapackage>`;
}

export function readMediaPackage(xml: string | undefined): MediaPackage {
  interface Read {
    mediapackage?: {
      '@id'?: string;
      element?: { '@kind': StandInElement['kind']; '@type': string; '@url': string; tag?: string[] }[];
    };
  }
  const { mediapackage } = parser.parse(xml ?? '') as Read;
  const id = mediapackage?.['@id'];
  if (id === undefined) throw new Refusal(400, 'the media package cannot be read');
  const elements = (mediapackage?.element ?? []).map((each) => ({
    kind: each['@kind'],
    flavor: each['@type'],
    url: each['@url'],
    tags: each.tag ?? [],
  }));
  return { id, elements };
}

/** IngestServiceImpl.addContentToRepo: nobody is authorised, redirects of GET are followed, anything but exactly 200 is an error. */
export async function fetchElement(address: string): Promise<{ bytes: Buffer; name: string }> {
  if (!/^https?:/.test(address)) throw new Refusal(400, `cannot fetch ${address}`);
  const answer = await get(address, 5);
  if (answer.status !== 200) throw new Refusal(500, `${address} answered ${answer.status}`);
  const last = decodeURIComponent(new URL(address).pathname.split('/').at(-1) ?? '');
  const named = /filename="?([^";]+)"?/.exec(answer.disposition)?.[1];
  const name = /\.\w+$/.test(last) ? last : named;
  if (name === undefined) throw new Refusal(500, 'No filename extension found');
  return { bytes: answer.bytes, name };
}

function get(address: string, redirects: number): Promise<{ status: number; bytes: Buffer; disposition: string }> {
  return new Promise((resolve, reject) => {
    http
      .get(address, (message) => {
        const { location } = message.headers;
        if (location !== undefined && message.statusCode! >= 300 && message.statusCode! < 400 && redirects > 0) {
          message.resume();
          resolve(get(new URL(location, address).href, redirects - 1));
          return;
        }
        const pieces: Buffer[] = [];
        message.on('data', (piece: Buffer) => pieces.push(piece));
        message.on('error', (error) => reject(new Refusal(500, String(error))));
        message.on('end', () =>
          resolve({
            status: message.statusCode ?? 0,
            bytes: Buffer.concat(pieces),
            disposition: message.headers['content-disposition'] ?? '',
          }),
        );
      })
      .on('error', (error) => reject(new Refusal(500, String(error))));
  });
}

/** Files of media packages that are being put together or were ingested. */
export function workingFiles() {
  const files = new Map<string, StoredElement>();
  return {
    files,
    store(mediaPackageId: string, bytes: Buffer, name: string): string {
      const url = `http://opencast.invalid/files/${mediaPackageId}/${randomUUID()}/${encodeURIComponent(name)}`;
      const text = /\.(vtt|txt|xml|json)$/i.test(name) ? bytes.toString('utf8') : undefined;
      files.set(url, { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, text });
      return url;
    },
    remove(mediaPackage: MediaPackage): void {
      for (const { url } of mediaPackage.elements) files.delete(url);
    },
  };
}

/** The terms of an episode catalog. */
export function readTerms(catalog: string): Record<string, string> {
  if (/<!DOCTYPE|<!ENTITY/i.test(catalog)) throw new Refusal(400, 'no DTD');
  const { dublincore } = parser.parse(catalog) as { dublincore?: Record<string, unknown> };
  if (!dublincore) throw new Refusal(400, 'no Dublin Core catalog');
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : ((value as Record<string, string>)['#text'] ?? '');
  return Object.fromEntries(
    Object.entries(dublincore)
      .filter(([name]) => name.startsWith('dcterms:'))
      .map(([name, value]) => [name.slice('dcterms:'.length), text(value)]),
  );
}
