import { pino } from 'pino';
import { apiServer, type ApiServices } from '../src/api/server.js';
import { dashboardServices } from '../test/support/dashboard-services.js';
import { emptyAssets } from '../test/support/empty-assets.js';

/** What is used of an OpenAPI document. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly 'x-role'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses?: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Sections of the page, in its order. */
const tags = ['recordings', 'schedule', 'assets', 'packaging groups', 'jobs', 'health', 'session'];

type Table = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

/** `api.md`: every route that OpenAPI describes. */
export async function apiPage(note: string, table: Table): Promise<string> {
  const operations = Object.entries((await document()).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const unknown = operations.find(({ operation }) => !tags.includes(operation.tags?.[0] ?? ''));
  if (unknown) throw new Error(`${unknown.method} ${unknown.path} has no section in docs/api-reference.ts`);
  const sections = tags.map((tag) => {
    const rows = operations.filter(({ operation }) => operation.tags?.[0] === tag).map(rowOf);
    const title = tag.charAt(0).toUpperCase() + tag.slice(1);
    return `## ${title}\n\n${table(['Route', 'What it does', 'Role', 'Parameters', 'Answers'], rows)}`;
  });
  return ['# HTTP API', note, introduction, ...sections, others].join('\n');
}

const introduction = `
A running server describes the same at \`/api/docs\`, to be browsed and tried, and at \`/api/openapi.json\`. Requests carry \`Authorization: Bearer <secret>\`
with a token of \`REELWAY_API_TOKENS\`; the dashboard's session is as good ([dashboard.md](dashboard.md)). A route says the least role that it needs: a viewer
looks, an operator acts, an admin does everything; none: it needs no token. What the dashboard and the command line do, they do by these routes.

Bodies are JSON. Every error is a problem document (RFC 9457) with a stable \`code\`: [failures.md](failures.md). Beside the answers below every route may
answer 400 (the request is not right), 401 (no token), 403 (not for this role) and 500. Lists come in pages: \`next\` of an answer is the \`cursor\` of the next
request, and null at the end. Times are ISO 8601 in UTC, sizes bytes, durations milliseconds. A uuid of Zoom in a path is encoded: \`%2F\` for a slash.

Of a parameter, \`?\` says that it may be left out, \`…\` that it may be given several times, and what follows \`=\` counts without it.
`;

const others = `## Other doors

| Door | For | More |
| --- | --- | --- |
| \`POST /new_recording\`, \`POST /ingest\`, \`GET /status\`, \`POST /schedule_update\`, \`POST /slack\` | what zoom-recording-ingester had | [moving-from-zoom-ingester.md](moving-from-zoom-ingester.md) |
| \`/mediapackage-vod/...\` | the REST API of MediaPackage VOD, for AWS SDKs and the AWS CLI | [mediapackage.md](mediapackage.md) |
| \`/out/v1/<unguessable id>/...\` | egress endpoints, for players and CDNs | [concepts.md](concepts.md) |
| \`/media/...\` | stored recordings, by token or by a signed path that ends | [security.md](security.md) |
| \`/api/session/oidc\` | sign-in by OpenID Connect | [dashboard.md](dashboard.md#sign-in-with-an-account) |
`;

function rowOf({ path, method, operation }: { path: string; method: string; operation: Operation }): string[] {
  const { summary = '', description, parameters = [], requestBody, responses = {} } = operation;
  const parts = [
    ...parameters.map(({ name, required, ...rest }) => parameterText(name, required === true, rest)),
    ...bodyTexts(requestBody?.content['application/json']?.schema),
  ];
  return [
    `\`${method} ${path}\``,
    description === undefined ? summary : `${summary}. ${description}`,
    operation['x-role'] ?? 'none',
    parts.join('<br>'),
    Object.entries(responses).map(answerText).join('<br>'),
  ];
}

function parameterText(
  name: string,
  required: boolean,
  { schema, description }: { schema: Schema; description?: string },
) {
  const several = schema.type === 'array' ? '…' : '';
  const standard = schema.default === undefined ? '' : ` = ${JSON.stringify(schema.default)}`;
  const said = [description, choicesOf(schema.items ?? schema)].filter((text) => text !== undefined).join(' ');
  return `\`${name}${required ? '' : '?'}${several}${standard}\`${said === '' ? '' : `: ${said}`}`;
}

/** Few enough to be told. */
function choicesOf({ enum: choices }: Schema): string | undefined {
  return choices && choices.length < 8 ? `(${choices.join(', ')})` : undefined;
}

function bodyTexts(schema: Schema | undefined): string[] {
  if (!schema) return [];
  if (!schema.properties) return ['the body'];
  return Object.entries(schema.properties).map(([name, each]) =>
    parameterText(name, (schema.required ?? []).includes(name) && each.default === undefined, {
      schema: each,
      ...(each.description !== undefined && { description: each.description }),
    }),
  );
}

/** `200 RecordingPage`; a problem by its status alone. */
function answerText([status, { content }]: [string, { readonly content?: Content }]): string {
  const name = content?.['application/json']?.schema.$ref?.split('/').at(-1);
  return name === undefined || name === 'Problem' ? status : `${status} ${name}`;
}

/** Of an API with every route and nothing behind it: it is only asked what it is. */
async function document(): Promise<Document> {
  const nothing = new Proxy({}, { get: () => undefined }) as never;
  const services: ApiServices = {
    ...{ log: pino({ level: 'silent' }), version: '', checks: [], tokens: () => [], ...dashboardServices() },
    ...{ jobs: nothing, feed: nothing, assets: emptyAssets, packagingGroups: nothing, endpoints: nothing },
    ...{ logs: nothing, uploads: nothing, recordings: { zoom: nothing, desk: nothing, schedule: nothing } },
  };
  const app = await apiServer(services, { host: '127.0.0.1', port: 0, publicUrl: undefined });
  try {
    await app.ready();
    return app.swagger() as unknown as Document;
  } finally {
    await app.close();
  }
}
