import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parsePrivateHost } from '../../net/private-hosts.js';
import { httpClient } from '../../net/request.js';
import { loopbackServer } from '../../../test/support/http-server.js';
import { readMultipart } from '../../../test/support/multipart-reader.js';
import { startOpencastServer, type OpencastServer } from '../../../test/support/opencast-server.js';
import type { OpencastAuth } from './authorization.js';
import { episodeCatalog, type EpisodeTerms } from './dublin-core.js';
import { opencastClient } from './opencast-client.js';
import type { NewElement, Opencast } from './opencast.js';

async function opencast(auth?: Partial<OpencastAuth>): Promise<{ server: OpencastServer; client: Opencast }> {
  const server = await startOpencastServer();
  onTestFinished(() => server.stop());
  server.series.set('20260112345', { title: 'Physics & <Sons>', publisher: 'physics@example.edu' });
  server.series.set('secret', { title: 'Secret', forbidden: true });
  const http = httpClient({ policy: { privateHosts: [parsePrivateHost('127.0.0.1')!] } });
  onTestFinished(() => http.close());
  const own = { kind: 'digest', ...server.credentials, ...auth } as OpencastAuth;
  return { server, client: opencastClient({ baseUrl: `${server.origin}/`, auth: own, http }) };
}

const terms: EpisodeTerms = {
  identifier: '8d636340-8912-d700-9a98-f271c361ef97',
  title: 'Q&A: "a < b"',
  isPartOf: '20260112345',
  created: '2026-11-20T14:00:00Z',
  language: 'en',
  source: 'ZIP-mock_uuid',
  spatial: 'Zoom 123456789',
};

const upload = (name: string, text: string): NewElement['media'] => ({
  kind: 'upload',
  file: {
    fileName: name,
    contentType: 'text/plain',
    size: Buffer.byteLength(text),
    open: async function* () {
      yield await Promise.resolve(Buffer.from(text));
    },
  },
});

describe('authentication with Opencast', () => {
  it('answers the first challenge, then authorises every request beforehand', async () => {
    const { server, client } = await opencast();
    expect(await client.whoAmI()).toBe('ingest');
    expect(await client.whoAmI()).toBe('ingest');
    expect(server.requests).toEqual(['GET /info/me.json', 'GET /info/me.json']);
  });

  it('renews a nonce that grew old, and a large body is not sent for that', async () => {
    const { server, client } = await opencast();
    server.nonceLifeMs = 50;
    await client.whoAmI();
    server.nonceLifeMs = 300_000;
    const old = Date.now() + 60;
    await vi.waitUntil(() => Date.now() > old);
    const draft = await client.createMediaPackage('a');
    let opened = 0;
    const element = upload('a.txt', 'hello');
    if (element.kind !== 'upload') throw new Error();
    const counted = { ...element.file, open: () => (opened++, element.file.open()) };
    const media = { kind: 'upload', file: counted } as const;
    await client.addElement(draft, { kind: 'attachment', flavor: 'chat/source', tags: [], media });
    expect(opened).toBe(1);
  });

  it.each<[string, Partial<OpencastAuth>]>([
    ['a wrong password', { password: 'no' }],
    ['a wrong password by Basic', { kind: 'basic', password: 'no' }],
    ['a token that it does not take', { kind: 'token', token: 'x', header: 'Authorization' }],
  ])('is refused for %s, as a lasting failure', async (_, auth) => {
    const { client } = await opencast(auth);
    await expect(client.whoAmI()).rejects.toMatchObject({ code: 'opencast_forbidden' });
  });

  it('speaks Basic', async () => {
    const { client } = await opencast({ kind: 'basic' });
    expect(await client.whoAmI()).toBe('ingest');
  });

  it('sends a token in the header that was named', async () => {
    const seen: unknown[] = [];
    const server = await loopbackServer((request, response) => {
      seen.push(request.headers.sm_user, request.headers.authorization);
      response.end(JSON.stringify({ user: { username: 'jwt' } }));
    });
    const http = httpClient({ policy: { privateHosts: [parsePrivateHost(server.host)!] } });
    const client = (header: string) =>
      opencastClient({ baseUrl: server.origin, auth: { kind: 'token', token: 'x.y.z', header }, http });
    expect(await client('SM_USER').whoAmI()).toBe('jwt');
    await client('Authorization').whoAmI();
    expect(seen).toEqual(['x.y.z', undefined, undefined, 'Bearer x.y.z']);
  });

  it('takes a login page for what it is, and follows no redirect', async () => {
    const { server, client } = await opencast();
    server.fault = () => ({ kind: 'login-page' });
    await expect(client.whoAmI()).rejects.toMatchObject({ code: 'opencast_forbidden' });
  });

  it.each([500, 502, 503, 429])('takes %i for passing', async (status) => {
    const { server, client } = await opencast();
    server.fault = () => ({ kind: 'status', status, text: '<html><b>Out of</b> order</html>' });
    await expect(client.whoAmI()).rejects.toMatchObject({
      code: 'opencast_unavailable',
      kind: 'passing',
      message: expect.stringContaining('"Out of order"') as string,
    });
    server.fault = () => ({ kind: 'cut' });
    await expect(client.whoAmI()).rejects.toMatchObject({ code: 'opencast_unavailable' });
  });
});

describe('looking things up in Opencast', () => {
  it('tells a series, a missing one and one that we may not read', async () => {
    const { client } = await opencast();
    expect(await client.series('20260112345')).toEqual({ title: 'Physics & <Sons>', publisher: 'physics@example.edu' });
    expect(await client.series('none')).toBeUndefined();
    await expect(client.series('secret')).rejects.toMatchObject({
      code: 'opencast_forbidden',
      message: expect.stringContaining('series secret') as string,
    });
  });

  it('knows which workflow definitions there are', async () => {
    const { client } = await opencast();
    expect(await client.hasWorkflowDefinition('fast')).toBe(true);
    expect(await client.hasWorkflowDefinition('no/such')).toBe(false);
  });

  it('counts the ingests that run', async () => {
    const { server, client } = await opencast();
    server.busy = 7;
    expect(await client.runningIngests()).toBe(7);
  });
});

describe('ingest into Opencast', () => {
  it('grows a media package element by element, by address and by upload, and starts its workflow', async () => {
    const { server, client } = await opencast();
    const media = await loopbackServer((_, response) => void response.end('video bytes'));
    let draft = await client.createMediaPackage(terms.identifier);
    draft = await client.addCatalog(draft, episodeCatalog(terms));
    const url = `${media.origin}/s/000-view.mp4?X-Amz-Signature=secret`;
    draft = await client.addElement(draft, {
      kind: 'track',
      flavor: 'presenter/source',
      tags: ['archive'],
      media: { kind: 'url', url },
    });
    draft = await client.addElement(draft, {
      kind: 'track',
      flavor: 'captions/source',
      tags: ['lang:en', 'generator:zoom'],
      media: upload('t.vtt', 'WEBVTT\n\né'),
    });
    const started = await client.ingest(draft, {
      workflow: 'fast',
      properties: { zoomRecordingTimes: 'a_b', 'x&y': '=' },
    });

    expect(started.mediaPackageId).toBe(terms.identifier);
    const [workflow] = server.workflows;
    expect(workflow).toMatchObject({
      id: started.id,
      definition: 'fast',
      properties: { zoomRecordingTimes: 'a_b', 'x&y': '=' },
      terms: { title: 'Q&A: "a < b"', source: 'ZIP-mock_uuid', isPartOf: '20260112345' },
    });
    expect(workflow!.elements.map(({ flavor, tags, size, text }) => [flavor, tags, size, text])).toEqual([
      ['dublincore/episode', [], expect.any(Number), expect.any(String)],
      ['presenter/source', ['archive'], 11, undefined],
      ['captions/source', ['lang:en', 'generator:zoom'], 10, 'WEBVTT\n\né'],
    ]);
    await expect(client.ingest(draft, { workflow: 'fast', properties: {} })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('hands everything over in one request, flavor and tags before each medium', async () => {
    const { server, client } = await opencast();
    const media = await loopbackServer((_, response) => void response.end('12345'));
    const started = await client.addMediaPackage({
      workflow: 'fast',
      terms: Object.entries(terms) as [string, string][],
      seriesCatalog: await client
        .seriesCatalog('20260112345')
        .then((text) => text.replaceAll('&', '&amp;').replaceAll('<Sons>', '')),
      properties: { zoomMeetingStart: '2026-11-20T14:00:00Z' },
      elements: ['multipart/chunked+source', 'presentation/chunked+source', 'presentation/chunked+source'].map(
        (flavor, index) => ({
          kind: 'track',
          flavor,
          tags: index === 1 ? ['one', 'two'] : [],
          media: { kind: 'url', url: `${media.origin}/${index}.mp4` },
        }),
      ),
    });
    expect(started.mediaPackageId).toBe(terms.identifier);
    expect(media.requests).toEqual(['GET /0.mp4', 'GET /1.mp4', 'GET /2.mp4']);
    const [workflow] = server.workflows;
    expect(workflow!.terms.title).toBe('Q&A: "a < b"');
    expect(workflow!.properties).toEqual({ zoomMeetingStart: '2026-11-20T14:00:00Z' });
    expect(workflow!.elements.filter(({ kind }) => kind === 'track').map(({ flavor, tags }) => [flavor, tags])).toEqual(
      [
        ['multipart/chunked+source', []],
        ['presentation/chunked+source', ['one', 'two']],
        ['presentation/chunked+source', []],
      ],
    );
  });

  it('hands over attachments in it as zoom-recording-ingester does: behind the media, each with its flavor', async () => {
    let parts: string[] = [];
    const server = await loopbackServer((request, response) => {
      void buffer(request).then((body) => {
        const read = readMultipart(request.headers['content-type'], body);
        parts = read.map(({ name, body: value }) => `${name}=${value.toString()}`);
        response.end('<workflow id="1"><mediapackage id="a"/></workflow>');
      });
    });
    const http = httpClient({ policy: { privateHosts: [parsePrivateHost('127.0.0.1')!] } });
    onTestFinished(() => http.close());
    const auth = { kind: 'basic', user: 'u', password: 'p' } as const;
    await opencastClient({ baseUrl: server.origin, auth, http }).addMediaPackage({
      ...{ workflow: 'fast', terms: [['identifier', 'a']], seriesCatalog: undefined, properties: { x: 'y' } },
      elements: (['track', 'attachment', 'attachment'] as const).map((kind, index) => ({
        ...{ kind, flavor: `${kind}/chunked+source`, tags: [] },
        media: { kind: 'url', url: `https://media/${index}` },
      })),
    });
    expect(parts).toEqual([
      ...['identifier=a', 'x=y', 'flavor=track/chunked+source', 'mediaUri=https://media/0'],
      ...['flavor=attachment/chunked+source', 'attachmentUri=https://media/1'],
      ...['flavor=attachment/chunked+source', 'attachmentUri=https://media/2'],
    ]);
  });

  it('learns from Opencast that a medium cannot be fetched: only exactly 200 is good', async () => {
    const { server, client } = await opencast();
    const media = await loopbackServer((_, response) => void response.writeHead(403).end());
    const draft = await client.createMediaPackage('a');
    const element = { kind: 'track', flavor: 'presenter/source', tags: [] } as const;
    await expect(
      client.addElement(draft, { ...element, media: { kind: 'url', url: `${media.origin}/a.mp4` } }),
    ).rejects.toMatchObject({ code: 'opencast_unavailable' });
    expect(server.files.size).toBe(0);
  });

  it('discards what will not be ingested', async () => {
    const { server, client } = await opencast();
    const draft = await client.addElement(await client.createMediaPackage('a'), {
      kind: 'attachment',
      flavor: 'chat/source',
      tags: [],
      media: upload('chat.txt', 'hi'),
    });
    expect(server.files.size).toBe(1);
    await client.discard(draft);
    expect(server.files.size).toBe(0);
  });

  it('follows a workflow, finds the event by id and by source once the index has it, and adds a track to it', async () => {
    const { server, client } = await opencast();
    server.states = () => ['INSTANTIATED', 'RUNNING', 'SUCCEEDED'];
    server.indexLagMs = 3_600_000;
    let draft = await client.createMediaPackage(terms.identifier);
    draft = await client.addCatalog(draft, episodeCatalog(terms));
    const { id } = await client.ingest(draft, { workflow: 'fast', properties: {} });

    expect(await client.workflowsOf(terms.identifier)).toMatchObject([
      { id, state: 'INSTANTIATED', definition: 'fast' },
    ]);
    expect(await client.workflowsOf('other')).toEqual([]);
    expect(await client.event(terms.identifier)).toBeUndefined();
    expect(await client.eventsBySource('ZIP-mock_uuid')).toEqual([]);
    server.indexLagMs = 0;
    expect(await client.eventsBySource('ZIP-mock_uuid')).toMatchObject([{ id: terms.identifier }]);

    const file = upload('t.vtt', 'WEBVTT') as Extract<NewElement['media'], { kind: 'upload' }>;
    const facts = { flavor: 'captions/source', tags: ['lang:en'] };
    expect(await client.workflow(id)).toMatchObject({
      state: 'RUNNING',
      operation: 'Encode',
      operations: { done: 1, total: 2 },
    });
    await expect(
      client.addTrackToEvent(terms.identifier, file.file, { ...facts, overwrites: true }),
    ).rejects.toMatchObject({
      code: 'opencast_busy',
    });
    expect(await client.workflow(id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await client.event(terms.identifier)).toMatchObject({
      processingState: 'SUCCEEDED',
      publications: ['engage-player'],
    });
    await client.addTrackToEvent(terms.identifier, file.file, { ...facts, overwrites: true });
    expect(server.added).toEqual([
      { eventId: terms.identifier, flavor: 'captions/source', tags: 'lang:en', text: 'WEBVTT' },
    ]);
    const next = await client.startWorkflow(terms.identifier, { workflow: 'publish', properties: {} });
    expect((await client.workflowsOf(terms.identifier)).map((each) => each.id)).toEqual([id, next.id]);
    await expect(client.startWorkflow('none', { workflow: 'publish', properties: {} })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});
