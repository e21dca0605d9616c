import { readMultipart, type ReadPart } from './multipart-reader.js';
import {
  fetchElement,
  readMediaPackage,
  readTerms,
  Refusal,
  workingFiles,
  writeMediaPackage,
  type MediaPackage,
  type StandInElement,
  type StandInWorkflow,
  type StoredElement,
} from './opencast-state.js';

export interface StandInAsk {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export interface StandInAnswer {
  readonly status: number;
  readonly text: string;
  readonly contentType?: string;
}

/** The ingest endpoint, IngestRestService and IngestServiceImpl. */
export interface IngestService {
  readonly workflows: StandInWorkflow[];
  readonly definitions: Set<string>;
  readonly files: ReadonlyMap<string, StoredElement>;
  /** undefined: not of this service */
  answer(ask: StandInAsk): Promise<StandInAnswer | undefined>;
}

const active = ['INSTANTIATED', 'RUNNING', 'PAUSED', 'FAILING'];
const dublinCoreTerms = new Set(
  'identifier title creator contributor publisher created temporal isPartOf type license language source spatial subject rights rightsHolder description extent'.split(
    ' ',
  ),
);

export function ingestService(states: (definition: string) => string[]): IngestService {
  const repository = workingFiles();
  const workflows: StandInWorkflow[] = [];
  const definitions = new Set(['fast', 'default', 'attach-transcript', 'publish']);
  const xml = (text: string): StandInAnswer => ({ status: 200, text, contentType: 'text/xml' });

  function catalog(mediaPackageId: string, text: string, flavor: string): StandInElement {
    const url = repository.store(mediaPackageId, Buffer.from(text), 'dublincore.xml');
    return { kind: 'catalog', flavor, tags: [], url };
  }

  function start(mediaPackage: MediaPackage, asked: string, properties: Record<string, string>): StandInAnswer {
    const { id, elements } = mediaPackage;
    if (workflows.some((each) => each.mediaPackageId === id && active.includes(each.states[0]!)))
      throw new Refusal(409, 'A workflow is already active');
    const stored = elements.map((element) => {
      const file = repository.files.get(element.url);
      if (!file) throw new Refusal(500, `${element.url} is not there`);
      return { ...element, ...file };
    });
    const episode = stored.find(({ flavor }) => flavor === 'dublincore/episode');
    // "Workflow definition not found, using default workflow instead"
    const definition = definitions.has(asked) ? asked : 'default';
    const workflow = {
      id: String(1000 + workflows.length),
      ...{ definition, asked, mediaPackageId: id, elements: stored, properties },
      terms: episode?.text === undefined ? {} : readTerms(episode.text),
      states: states(definition),
      startedAt: Date.now(),
    };
    workflows.push(workflow);
    return xml(
      `<wf:workflow xmlns:wf="http://workflow.opencastproject.org" id="${workflow.id}" state="${workflow.states[0]}"><mp:mediapackage xmlns:mp="http://mediapackage.opencastproject.org" id="${id}"/></wf:workflow>`,
    );
  }

  async function addElement(kind: 'track' | 'attachment', ask: StandInAsk): Promise<StandInAnswer> {
    const parts = partsOf(ask);
    const seen = new Map<string, string>();
    for (const { name, fileName, body } of parts) {
      if (fileName !== undefined) return added(kind, seen, { bytes: body, name: fileName });
      seen.set(name, body.toString());
    }
    const url = seen.get('url');
    if (url === undefined) throw new Refusal(400, 'neither url nor BODY');
    return added(kind, seen, await fetchElement(url));
  }

  function added(
    kind: 'track' | 'attachment',
    fields: ReadonlyMap<string, string>,
    { bytes, name }: { bytes: Buffer; name: string },
  ): StandInAnswer {
    // What comes after the file is not seen: both must have come before.
    const mediaPackage = readMediaPackage(fields.get('mediaPackage'));
    const flavor = flavorOf(fields.get('flavor'));
    const tags = (fields.get('tags') ?? '').split(',').filter((tag) => tag !== '');
    const url = repository.store(mediaPackage.id, bytes, name);
    return xml(
      writeMediaPackage({ ...mediaPackage, elements: [...mediaPackage.elements, { kind, flavor, tags, url }] }),
    );
  }

  async function addMediaPackage(asked: string, ask: StandInAsk): Promise<StandInAnswer> {
    let id: string = crypto.randomUUID();
    let flavor: string | undefined;
    let tags: string[] = [];
    const elements: StandInElement[] = [];
    const terms: [string, string][] = [];
    const properties: Record<string, string> = {};
    const parts = readMultipart(ask.contentType, ask.body);
    for (const [index, { name, fileName, body }] of parts.entries()) {
      const value = body.toString();
      if (fileName === undefined && value === '') continue;
      if (fileName !== undefined || name === 'mediaUri') {
        const { bytes, name: file } =
          fileName === undefined ? await fetchElement(value) : { bytes: body, name: fileName };
        elements.push({ kind: 'track', flavor: flavorOf(flavor), tags, url: repository.store(id, bytes, file) });
        tags = [];
      } else if (name === 'flavor') flavor = flavorOf(value);
      else if (name === 'tag') tags.push(value);
      else if (name === 'seriesDCCatalog') {
        readTerms(value);
        elements.push(catalog(id, value, 'dublincore/series'));
      } else if (dublinCoreTerms.has(name)) {
        if (name === 'identifier') id = value;
        terms.push([name, value]);
      } else {
        // A property; but the Opencast of zoom-recording-ingester makes an attachment of it, with the flavor before it.
        if (name === 'attachmentUri' && parts[index - 1]?.name !== 'flavor') throw new Refusal(400, 'no flavor');
        properties[name] = value;
      }
    }
    if (!elements.some(({ kind }) => kind === 'track')) throw new Refusal(400, 'no media');
    if (terms.length === 0) throw new Refusal(400, 'no Dublin Core');
    const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const children = terms.map(([name, value]) => `<dcterms:${name}>${escape(value)}</dcterms:${name}>`).join('');
    const episode = `<dublincore xmlns:dcterms="http://purl.org/dc/terms/">${children}</dublincore>`;
    return start({ id, elements: [catalog(id, episode, 'dublincore/episode'), ...elements] }, asked, properties);
  }

  return {
    workflows,
    definitions,
    files: repository.files,
    async answer(ask) {
      const [, room, verb, name] = ask.path.split('/').map(decodeURIComponent);
      if (room !== 'ingest') return undefined;
      const fields = () => new Map(partsOf(ask).map((part) => [part.name, part.body.toString()]));
      switch (`${ask.method} ${verb}`) {
        case 'PUT createMediaPackageWithID':
          return xml(writeMediaPackage({ id: name ?? '', elements: [] }));
        case 'POST addDCCatalog': {
          const form = fields();
          const { id, elements } = readMediaPackage(form.get('mediaPackage'));
          readTerms(form.get('dublinCore') ?? '');
          const added = catalog(id, form.get('dublinCore') ?? '', form.get('flavor') ?? 'dublincore/episode');
          return xml(writeMediaPackage({ id, elements: [...elements, added] }));
        }
        case 'POST addTrack':
          return addElement('track', ask);
        case 'POST addAttachment':
          return addElement('attachment', ask);
        case 'POST addMediaPackage':
          return addMediaPackage(name ?? '', ask);
        case 'POST ingest': {
          const { mediaPackage, ...properties } = Object.fromEntries(fields());
          return start(readMediaPackage(mediaPackage), name ?? '', properties);
        }
        case 'POST discardMediaPackage':
          repository.remove(readMediaPackage(fields().get('mediaPackage')));
          return { status: 200, text: '' };
        default:
          throw new Refusal(404, 'no such endpoint');
      }
    },
  };
}

function partsOf({ contentType, body }: StandInAsk): ReadPart[] {
  if (contentType?.startsWith('multipart/')) return readMultipart(contentType, body);
  return [...new URLSearchParams(body.toString())].map(([name, value]) => ({
    name,
    fileName: undefined,
    body: Buffer.from(value),
  }));
}

function flavorOf(text: string | undefined): string {
  if (text === undefined || !/^[^/]+\/[^/]+$/.test(text)) throw new Refusal(400, `no flavor: ${text}`);
  return text;
}
