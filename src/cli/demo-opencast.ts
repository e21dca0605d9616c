import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { startDemoServer } from './demo-server.js';

/** Opencast as far as the demo needs it: one series, one workflow, and an ingest service that fetches media itself, as Opencast does. */
export interface DemoOpencast {
  /** Settings of Reelway that lead to it. */
  readonly settings: Readonly<Record<string, string>>;
  /** What was ingested since the start. */
  readonly events: readonly DemoEvent[];
  readonly close: () => Promise<void>;
}

export interface DemoEvent {
  readonly id: string;
  /** of the workflow definition */
  readonly workflow: string;
  readonly tracks: number;
  readonly bytes: number;
}

export const demoSeries = { id: 'demo-series', title: 'Moving pictures 101' };
const workflowDefinition = 'fast';

export async function startDemoOpencast(): Promise<DemoOpencast> {
  const user = { name: 'reelway', password: randomBytes(16).toString('hex') };
  const authorization = `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  const events: DemoEvent[] = [];
  /** bytes of each track, by media package */
  const tracks = new Map<string, number[]>();

  async function ingest(action: string, subject: string, form: URLSearchParams): Promise<Answer> {
    const id = action === 'createMediaPackageWithID' ? subject : mediaPackageId(form.get('mediaPackage') ?? '');
    const fetched = tracks.get(id) ?? [];
    tracks.set(id, fetched);
    if (action === 'addTrack') fetched.push(await sizeOf(form.get('url') ?? ''));
    if (action !== 'ingest') return { status: 200, text: mediaPackage(id) };
    const bytes = fetched.reduce((sum, size) => sum + size, 0);
    events.push({ id, workflow: subject, tracks: fetched.length, bytes });
    return { status: 200, text: `<workflow id="${events.length}" state="RUNNING">${mediaPackage(id)}</workflow>` };
  }

  /** Workflows are numbered from 1, one for each event. */
  function workflows(): { id: number; template: string; state: string; event: string }[] {
    return events.map(({ id: event, workflow: template }, index) => ({
      id: index + 1,
      template,
      state: 'SUCCEEDED',
      event,
    }));
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname } = new URL(request.url ?? '/', 'http://opencast');
    const body = await text(request);
    const [room = '', what = '', subject = ''] = pathname.split('/').slice(1).map(decodeURIComponent);
    if (request.headers.authorization !== authorization) return { status: 401, text: '' };
    switch (`${room}/${what}`) {
      case 'info/me.json':
        return json({ user: { username: user.name } });
      case `series/${demoSeries.id}.json`:
        return json({ 'http://purl.org/dc/terms/': { title: [{ value: demoSeries.title }] } });
      case 'api/workflow-definitions':
        return subject === workflowDefinition ? json({ identifier: subject }) : notFound;
      case 'api/events':
        return subject === '' ? json([]) : notFound;
      case 'services/count':
        return { status: 200, text: '0' };
      case 'workflow/mediaPackage':
        return json({ workflows: { workflow: workflows().filter(({ event }) => event === subject) } });
      case 'workflow/instance':
        return json({ workflow: workflows().find(({ id }) => `${id}.json` === subject) });
      default:
        return room === 'ingest' ? ingest(what, subject, new URLSearchParams(body)) : notFound;
    }
  }

  const server = await startDemoServer(async (request, response) => {
    const { status, text: body } = await answer(request);
    response.writeHead(status).end(body);
  });
  return {
    settings: {
      OPENCAST_BASE_URL: server.origin,
      OPENCAST_AUTH: 'basic',
      OPENCAST_API_USER: user.name,
      OPENCAST_API_PASSWORD: user.password,
      DEFAULT_OC_WORKFLOW: workflowDefinition,
    },
    events,
    close: server.close,
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const notFound: Answer = { status: 404, text: '' };

function json(value: unknown): Answer {
  return { status: 200, text: JSON.stringify(value) };
}

function mediaPackage(id: string): string {
  return `<mediapackage xmlns="http://mediapackage.opencastproject.org" id="${id}"/>`;
}

/** Of what we gave away before. */
function mediaPackageId(xml: string): string {
  return /\bid="([^"]*)"/.exec(xml)?.[1] ?? '';
}

/** Fetches the media, which Opencast does within the request. @returns bytes */
async function sizeOf(url: string): Promise<number> {
  const response = await fetch(url);
  const { byteLength } = await response.arrayBuffer();
  if (response.status === 200) return byteLength;
  throw new Error(`The media at ${new URL(url).pathname} answered ${response.status}.`);
}
