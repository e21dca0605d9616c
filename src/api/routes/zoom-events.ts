import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import type { ArchivedEvent } from '../../status/event-archive.js';
import type { RecordingDesk } from '../../workflow/recording-desk.js';
import { problemSchema, zoomEventPageSchema, type zoomEventSchema } from '../contract.js';
import type { ApiServer } from '../http-types.js';

const security = [{ token: [] }];
const tags = ['recordings'];

/** What Zoom sent. */
export function zoomEventRoutes(app: ApiServer, { desk }: { desk: Pick<RecordingDesk, 'events' | 'replay'> }): void {
  app.get(
    '/api/zoom-events',
    {
      schema: {
        summary: 'What Zoom sent and what came of it, the newest first',
        ...{ tags, security },
        querystring: z.object({
          uuid: z.string().optional().describe('Of a recording.'),
          waiting: z.stringbool().optional().describe('Only what is not handled yet, or only what is.'),
          limit: z.coerce.number().int().min(1).max(500).default(50),
          cursor: z
            .string()
            .regex(/^\d{1,15}$/)
            .optional(),
        }),
        response: { 200: zoomEventPageSchema, 400: problemSchema },
      },
    },
    async ({ query: { uuid, waiting, limit, cursor } }) => {
      const afterSequence = cursor === undefined ? undefined : Number(cursor);
      const found = await desk.events({ uuid, waiting, afterSequence, limit: limit + 1 });
      const shown = found.slice(0, limit);
      const last = found.length > limit ? shown.at(-1) : undefined;
      return { events: shown.map(zoomEventView), next: last ? String(last.sequence) : null };
    },
  );

  app.post(
    '/api/zoom-events/replay',
    {
      schema: {
        summary: 'Handle an event of Zoom once more, or all of a recording',
        ...{ tags, security },
        body: z.object({ key: z.string().optional(), uuid: z.string().optional() }),
        response: { 200: z.object({ replayed: z.int() }), 400: problemSchema, 404: problemSchema },
      },
    },
    async ({ body: { key, uuid } }) => {
      if (key !== undefined) return { replayed: await desk.replay({ key }) };
      if (uuid !== undefined) return { replayed: await desk.replay({ uuid }) };
      throw new Failure('invalid_request', 'Either the key of an event or the uuid of a recording is needed.');
    },
  );
}

export function zoomEventView(event: ArchivedEvent): z.input<typeof zoomEventSchema> {
  const { key, event: name, uuid, receivedAt, handledAt, outcome, failedAttempts, failure, body } = event;
  return {
    ...{ key, event: name, uuid: uuid ?? null, receivedAt: receivedAt.toISOString(), body },
    ...{ handledAt: handledAt?.toISOString() ?? null, outcome: outcome ?? null, failedAttempts },
    failure: failure ? { code: failure.code, message: failure.message } : null,
  };
}
