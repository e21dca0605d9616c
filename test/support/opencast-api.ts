import type { StandInAnswer, StandInAsk } from './opencast-ingest.js';
import { readMultipart } from './multipart-reader.js';
import { Refusal, type StandInState, type StandInWorkflow } from './opencast-state.js';

/** Everything of the stand-in beside ingest: the external API, workflows, series, services. */
export function externalApi(server: StandInState, ask: StandInAsk): StandInAnswer {
  const parts = ask.path.split('/').slice(1).map(decodeURIComponent);
  const json = (value: unknown, status = 200): StandInAnswer => ({ status, text: JSON.stringify(value) });
  const [room, what, id, verb] = parts;
  switch (`${ask.method} ${room}/${what ?? ''}`) {
    case 'GET info/me.json':
      return json({ user: { username: server.credentials.user }, roles: ['ROLE_ADMIN'] });
    case 'GET api/workflow-definitions':
      if (!server.definitions.has(id ?? '')) throw new Refusal(404, 'no such definition');
      return json({ identifier: id });
    case 'GET api/events':
      return id === undefined ? json(search(server, ask)) : json(indexed(server, id));
    case 'POST api/events':
      if (verb !== 'track') throw new Refusal(404, 'no such endpoint');
      return addTrack(server, id ?? '', ask);
    case 'POST api/workflows':
      return startWorkflow(server, ask);
    case 'GET services/count': {
      const counted = ask.query.get('operation') === 'uri-track' ? server.busy : 0;
      return { status: 200, text: String(counted), contentType: 'text/plain' };
    }
    case 'GET workflow/instance': {
      const found = server.workflows.find((each) => `${each.id}.json` === id);
      if (!found) throw new Refusal(404, 'no such workflow');
      if (found.states.length > 1) found.states.shift();
      return json({ workflow: shown(found) });
    }
    case 'GET workflow/mediaPackage': {
      const found = server.workflows.filter((each) => each.mediaPackageId === id);
      const list = found.map(shown);
      // Made of XML by rule: a single one is no list.
      return json({ workflows: { workflow: list.length === 1 ? list[0] : list } });
    }
    default:
      if (ask.method === 'GET' && room === 'series') return series(server, what ?? '');
      throw new Refusal(404, 'no such endpoint');
  }
}

function shown({ id, definition, states }: StandInWorkflow): object {
  const state = states[0];
  const failed = state === 'FAILED';
  return {
    id: Number(id),
    template: definition,
    state,
    operations: {
      operation: [
        { id: 'ingest', state: 'SUCCEEDED', description: 'Ingest' },
        {
          id: 'encode',
          state: failed ? 'FAILED' : state === 'SUCCEEDED' ? 'SUCCEEDED' : 'RUNNING',
          description: 'Encode',
        },
      ],
    },
  };
}

function series({ series: all }: StandInState, name: string): StandInAnswer {
  const [, id, form] = /^(.*)\.(json|xml)$/.exec(name) ?? [];
  const found = all.get(id ?? '');
  if (!found) throw new Refusal(404, 'no such series');
  if (found.forbidden) throw new Refusal(401, 'not authorized');
  const values = {
    identifier: id!,
    title: found.title,
    ...(found.publisher !== undefined && { publisher: found.publisher }),
  };
  if (form === 'json') {
    const terms = Object.fromEntries(Object.entries(values).map(([term, value]) => [term, [{ value }]]));
    return { status: 200, text: JSON.stringify({ 'http://purl.org/dc/terms/': terms }) };
  }
  const children = Object.entries(values).map(([term, value]) => `<dcterms:${term}>${value}</dcterms:${term}>`);
  const text = `<dublincore xmlns:dcterms="http://purl.org/dc/terms/">${children.join('')}</dublincore>`;
  return { status: 200, text, contentType: 'text/xml' };
}

/** Events that search finds by now. */
function found(server: StandInState): StandInWorkflow[] {
  const visible = server.workflows.filter(({ startedAt }) => Date.now() - startedAt >= server.indexLagMs);
  return [...new Map(visible.map((each) => [each.mediaPackageId, each])).values()];
}

function eventOf({ mediaPackageId, terms, states }: StandInWorkflow): object {
  const succeeded = states[0] === 'SUCCEEDED';
  return {
    identifier: mediaPackageId,
    title: terms.title ?? '',
    source: terms.source ?? '',
    is_part_of: terms.isPartOf ?? '',
    processing_state: states[0],
    status: succeeded ? 'EVENTS.EVENTS.STATUS.PROCESSED' : 'EVENTS.EVENTS.STATUS.PROCESSING',
    publication_status: succeeded ? ['internal', 'engage-player'] : ['internal'],
  };
}

function indexed(server: StandInState, id: string): object {
  const event = found(server).find(({ mediaPackageId }) => mediaPackageId === id);
  if (!event) throw new Refusal(404, 'no such event');
  return eventOf(event);
}

function search(server: StandInState, { query }: StandInAsk): object[] {
  const [, source] = /^source:(.*)$/s.exec(query.get('filter') ?? '') ?? [];
  if (source === undefined) throw new Refusal(400, 'this stand-in searches by source alone');
  return found(server)
    .filter(({ terms }) => terms.source === source)
    .map(eventOf);
}

function runs(server: StandInState, id: string): boolean {
  return server.workflows.some(
    ({ mediaPackageId, states }) => mediaPackageId === id && ['INSTANTIATED', 'RUNNING', 'PAUSED'].includes(states[0]!),
  );
}

function addTrack(server: StandInState, eventId: string, ask: StandInAsk): StandInAnswer {
  indexed(server, eventId);
  if (runs(server, eventId)) throw new Refusal(409, 'a workflow is running');
  const parts = new Map(readMultipart(ask.contentType, ask.body).map((part) => [part.name, part]));
  const field = (name: string): string => parts.get(name)?.body.toString() ?? '';
  if (!/^[^/]+\/[^/]+$/.test(field('flavor'))) throw new Refusal(400, 'no flavor');
  if (parts.get('track')?.fileName === undefined) throw new Refusal(400, 'no track');
  if (field('overwriteExisting') === 'true') {
    const stays = ({ flavor }: { flavor: string }) => flavor !== field('flavor');
    for (const workflow of server.workflows.filter(({ mediaPackageId }) => mediaPackageId === eventId))
      workflow.elements = workflow.elements.filter(stays);
    const others = server.added.filter((track) => track.eventId !== eventId || stays(track));
    server.added.splice(0, server.added.length, ...others);
  }
  server.added.push({ eventId, flavor: field('flavor'), tags: field('tags'), text: field('track') });
  return { status: 200, text: '' };
}

function startWorkflow(server: StandInState, { body }: StandInAsk): StandInAnswer {
  const form = new URLSearchParams(body.toString());
  const eventId = form.get('event_identifier') ?? '';
  const definition = form.get('workflow_definition_identifier') ?? '';
  indexed(server, eventId);
  if (!server.definitions.has(definition)) throw new Refusal(404, 'no such definition');
  if (runs(server, eventId)) throw new Refusal(409, 'a workflow is running');
  const of = server.workflows.find(({ mediaPackageId }) => mediaPackageId === eventId)!;
  const workflow = {
    ...of,
    id: String(1000 + server.workflows.length),
    ...{ definition, asked: definition, elements: [], properties: {} },
    states: server.states(definition),
    startedAt: Date.now(),
  };
  server.workflows.push(workflow);
  return { status: 201, text: JSON.stringify({ identifier: workflow.id }) };
}
