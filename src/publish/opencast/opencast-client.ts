import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import type { HttpClient } from '../../net/request.js';
import type { Timeouts } from '../../net/timeouts.js';
import type { OpencastAuth } from './authorization.js';
import { readSeriesTerms } from './dublin-core.js';
import { ingestRequests } from './ingest-requests.js';
import type { Opencast, OpencastEvent, OpencastWorkflow } from './opencast.js';
import { opencastHttp, type OpencastHttp } from './opencast-http.js';

export interface OpencastOptions {
  readonly baseUrl: string;
  readonly auth: OpencastAuth;
  readonly http: HttpClient;
  /** How long a request may last in which Opencast fetches or takes in media. */
  readonly mediaTimeouts?: Partial<Timeouts>;
}

/** milliseconds: an hour for one file; a request with several lasts as long as they do together */
const defaultMediaTimeouts: Partial<Timeouts> = { headers: 6 * 3600_000, total: 6 * 3600_000 };

export function opencastClient({ mediaTimeouts = defaultMediaTimeouts, ...options }: OpencastOptions): Opencast {
  const http = opencastHttp(options);
  return { ...lookups(http), ...ingestRequests(http, mediaTimeouts), ...eventRequests(http, mediaTimeouts) };
}

type Verbs<Names extends keyof Opencast> = Pick<Opencast, Names>;

function lookups({
  ask,
}: OpencastHttp): Verbs<
  | 'whoAmI'
  | 'series'
  | 'seriesCatalog'
  | 'hasWorkflowDefinition'
  | 'event'
  | 'eventsBySource'
  | 'workflowsOf'
  | 'workflow'
  | 'runningIngests'
> {
  return {
    async whoAmI(signal) {
      const { text } = await ask({ path: '/info/me.json', signal });
      const { user } = answer(meSchema, text, '/info/me.json');
      if (user.username === 'anonymous')
        throw new Failure(
          'opencast_forbidden',
          'Opencast takes us for anybody: it did not look at our user and password.',
        );
      return user.username;
    },
    async series(id, signal) {
      const path = `/series/${encodeURIComponent(id)}.json`;
      const { status, text } = await ask({ path, expected: [200, 401, 404], signal });
      if (status === 404) return undefined;
      if (status === 401)
        throw new Failure(
          'opencast_forbidden',
          `Opencast answers 401 for the series ${id}: our user may not read it.`,
          {
            details: { series: id },
          },
        );
      return readSeriesTerms(text);
    },
    async seriesCatalog(id, signal) {
      return (await ask({ path: `/series/${encodeURIComponent(id)}.xml`, signal })).text;
    },
    async hasWorkflowDefinition(id, signal) {
      const path = `/api/workflow-definitions/${encodeURIComponent(id)}`;
      return (await ask({ path, expected: [200, 404], signal })).status === 200;
    },
    async event(id, signal) {
      const path = `/api/events/${encodeURIComponent(id)}?withpublications=true`;
      const { status, text } = await ask({ path, accept: apiType, expected: [200, 404], signal });
      return status === 404 ? undefined : eventOf(answer(eventSchema, text, path));
    },
    async eventsBySource(source, signal) {
      const query = new URLSearchParams({ filter: `source:${source}`, limit: String(maxEvents) });
      const path = `/api/events?${query.toString()}`;
      const { text } = await ask({ path, accept: apiType, signal });
      return answer(z.array(eventSchema), text, '/api/events').map(eventOf);
    },
    async workflowsOf(mediaPackageId, signal) {
      const path = `/workflow/mediaPackage/${encodeURIComponent(mediaPackageId)}/instances.json`;
      const { status, text } = await ask({ path, expected: [200, 404], signal });
      return status === 404 ? [] : instancesOf(text, path);
    },
    async workflow(id, signal) {
      const path = `/workflow/instance/${encodeURIComponent(id)}.json`;
      const { status, text } = await ask({ path, expected: [200, 404], signal });
      return status === 404 ? undefined : instancesOf(text, path)[0];
    },
    async runningIngests(signal) {
      const count = async (operation: string): Promise<number> => {
        const query = `serviceType=org.opencastproject.ingest&operation=${operation}&status=RUNNING`;
        const { text } = await ask({ path: `/services/count?${query}`, signal });
        return answer(z.coerce.number().int().nonnegative(), text.trim(), '/services/count', String);
      };
      const counts = await Promise.all(['track', 'uri-track'].map(count));
      return counts.reduce((sum, each) => sum + each, 0);
    },
  };
}

/** Version 1.1.0 of the external API is the first with a filter by source; later ones answer it as well. */
const apiType = 'application/v1.1.0+json, application/json;q=0.9';
/** A source names one recording: more events than this of one are nobody's intention. */
const maxEvents = 100;

const meSchema = z.object({ user: z.object({ username: z.string() }) });

const eventSchema = z.object({
  identifier: z.string(),
  title: z.string().nullish(),
  processing_state: z.string().nullish(),
  publication_status: z.array(z.string()).nullish(),
});

function eventOf(event: z.infer<typeof eventSchema>): OpencastEvent {
  return {
    id: event.identifier,
    title: event.title ?? '',
    processingState: event.processing_state ?? '',
    publications: (event.publication_status ?? []).filter((channel) => channel !== 'internal'),
  };
}

const stateSchema = z.enum(['INSTANTIATED', 'RUNNING', 'PAUSED', 'SUCCEEDED', 'FAILED', 'FAILING', 'STOPPED']);
const operationSchema = z.object({
  id: z.string().nullish(),
  description: z.string().nullish(),
  state: z.string().nullish(),
});
/** Numbers or texts, one or several: the JSON is made of XML by rule, and the rule changed between versions. */
const workflowSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  template: z.string().nullish(),
  state: stateSchema,
  operations: z
    .union([
      z.object({ operation: z.union([operationSchema, z.array(operationSchema)]).nullish() }),
      z.array(operationSchema),
      z.literal(''),
    ])
    .nullish(),
});

function instancesOf(text: string, path: string): OpencastWorkflow[] {
  const workflows = z.union([workflowSchema.transform((one) => [one]), z.array(workflowSchema)]);
  const schema = z.union([
    z.object({ workflow: workflows }).transform(({ workflow }) => workflow),
    z.object({ workflows: z.object({ workflow: workflows }) }).transform(({ workflows: { workflow } }) => workflow),
    workflows,
  ]);
  return answer(schema, text, path)
    .map(workflowOf)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

function workflowOf({ id, template, state, operations }: z.infer<typeof workflowSchema>): OpencastWorkflow {
  const listed = Array.isArray(operations) ? operations : operations ? (operations.operation ?? []) : [];
  const all = Array.isArray(listed) ? listed : [listed];
  const current = all.find((operation) => ['RUNNING', 'FAILED', 'PAUSED', 'RETRY'].includes(operation.state ?? ''));
  return {
    id,
    definition: template ?? '',
    state,
    operation: current?.description ?? current?.id ?? undefined,
    operations: {
      done: all.filter((operation) => ['SUCCEEDED', 'SKIPPED'].includes(operation.state ?? '')).length,
      total: all.length,
    },
  };
}

function eventRequests(
  { ask }: OpencastHttp,
  mediaTimeouts: Partial<Timeouts>,
): Verbs<'addTrackToEvent' | 'startWorkflow'> {
  return {
    async addTrackToEvent(eventId, file, { flavor, tags, overwrites }, signal) {
      const { multipart } = await import('./multipart.js');
      const { status, text } = await ask({
        method: 'POST',
        path: `/api/events/${encodeURIComponent(eventId)}/track`,
        expected: [200, 404, 409],
        multipart: multipart([
          { name: 'flavor', value: flavor },
          { name: 'tags', value: tags.join(',') },
          { name: 'overwriteExisting', value: String(overwrites) },
          { name: 'track', file },
        ]),
        timeouts: mediaTimeouts,
        signal,
      });
      checkEventAnswer(status, eventId, text);
    },
    async startWorkflow(eventId, { workflow, properties }, signal) {
      const { status, text } = await ask({
        method: 'POST',
        path: '/api/workflows',
        expected: [201, 404, 409],
        form: {
          event_identifier: eventId,
          workflow_definition_identifier: workflow,
          configuration: JSON.stringify(properties),
        },
        signal,
      });
      checkEventAnswer(status, eventId, text);
      const schema = z.object({ identifier: z.union([z.string(), z.number()]).transform(String) });
      return { id: answer(schema, text, '/api/workflows').identifier };
    },
  };
}

function checkEventAnswer(status: number, eventId: string, text: string): void {
  if (status === 409)
    throw new Failure('opencast_busy', `Opencast works on the event ${eventId}: ${text.trim().slice(0, 200)}`);
  if (status === 404) throw new Failure('not_found', `Opencast has no event ${eventId}.`);
}

/** @throws Failure opencast_refused when the answer has another form than it should */
function answer<T>(schema: z.ZodType<T>, text: string, path: string, read: (text: string) => unknown = JSON.parse): T {
  let value: unknown;
  try {
    value = read(text);
  } catch {
    value = undefined;
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new Failure(
    'opencast_refused',
    `Opencast's answer to ${path.replace(/\?.*/s, '')} cannot be read: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}
