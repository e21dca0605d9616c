import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { storedToken, type StoredToken } from '../../domain/api-token.js';
import { Failure, toFailure } from '../../domain/failure.js';
import type { WebhookReceiver } from '../../source/zoom/receive-webhook.js';
import type { RecordingViews } from '../../status/recording-views.js';
import type { OnDemandAnswer } from '../../workflow/ingest-on-demand.js';
import type { ScheduleReport } from '../../workflow/sync-schedule.js';
import { checkRole, tokenOfSecret } from '../authenticate.js';
import type { ApiServer } from '../http-types.js';
import { statusOfMeeting, statusOfMeetings } from './ingest-status.js';

/** The doors of zoom-recording-ingester, kept as they were for Zoom, Opencast's "+Zoom" tool and the script of the spreadsheet. */
export interface ZoomIngester {
  readonly receive: WebhookReceiver;
  readonly ingest: (json: unknown) => Promise<OnDemandAnswer>;
  readonly views: Pick<RecordingViews, 'ofMeeting' | 'progressOfMeeting' | 'progressSince'>;
  readonly updateSchedule: () => Promise<ScheduleReport>;
  /** May this address ask /ingest and /status without a token? */
  readonly isAllowed: (address: string) => boolean;
  /** Of SCHEDULE_UPDATE_SECRET. */
  readonly scheduleSecret: string | undefined;
}

/** bytes; a recording with hundreds of participants' files has about one million */
const webhookLimit = 4 * 1024 * 1024;
const requestLimit = 64 * 1024;
/** The most that /status looks back, in seconds. */
const mostSeconds = 3600;

const hidden = { logLevel: 'warn', schema: { hide: true } } as const;
const corsHeaders = { 'access-control-allow-origin': '*' } as const;

/** Registers the routes in a scope whose bodies come as the bytes that were signed, whatever their type is said to be. */
export function zoomIngesterRoutes(
  app: ApiServer,
  { zoom, tokens }: { zoom: ZoomIngester; tokens: () => readonly StoredToken[] },
): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (reply.statusCode >= 400) refusedLine(request.log, request.routeOptions.url ?? '', reply.statusCode);
    done();
  });
  app.post('/new_recording', { ...hidden, bodyLimit: webhookLimit }, async (request, reply) => {
    const { status, body, notice } = await zoom.receive({
      body: bytesOf(request),
      signature: headerOf(request, 'x-zm-signature'),
      timestamp: headerOf(request, 'x-zm-request-timestamp'),
    });
    if (notice !== undefined) request.log.warn({ status }, notice);
    if (body === undefined) return reply.code(status).send();
    return typeof body === 'string' ? text(reply, status, body) : reply.code(status).send(body);
  });

  ingestRoutes(app, zoom, tokens);

  app.get<{ Querystring: Record<string, unknown> }>('/status', hidden, async (request, reply) => {
    letIn(request, zoom, tokens);
    const may = { watch: request.headers.authorization !== undefined };
    const { meeting_id: meetingId, seconds } = request.query;
    if (meetingId !== undefined) {
      if (!isDigits(meetingId, 20)) return text(reply, 400, `Invalid meeting_id: ${shown(meetingId)}`);
      return reply.send({ records: statusOfMeeting(await zoom.views.progressOfMeeting(meetingId), may) });
    }
    if (seconds === undefined)
      return text(reply, 400, "Missing identifer in query params. Must include one of 'meeting_id', 'seconds'");
    if (!isDigits(seconds, 9)) return text(reply, 400, `Invalid request seconds: ${shown(seconds)}`);
    if (Number(seconds) > mostSeconds)
      return text(reply, 400, `Invalid number of seconds. Seconds must be <= ${mostSeconds}`);
    const since = Date.now() - Number(seconds) * 1000;
    return reply.send({ records: statusOfMeetings(await zoom.views.progressSince(since), may) });
  });

  app.post('/schedule_update', { ...hidden, bodyLimit: requestLimit }, async (request, reply) => {
    const { scheduleSecret } = zoom;
    const own = scheduleSecret === undefined ? [] : [storedToken('schedule', scheduleSecret)];
    checkToken(request, [...tokens(), ...own]);
    const updated = await zoom.updateSchedule().catch(toFailure);
    if (updated instanceof Failure) {
      if (updated.code === 'internal') throw updated;
      request.log.error({ code: updated.code }, updated.message);
      return text(reply, 500, `${updated.message} ${updated.help}`);
    }
    const { problems, source } = updated;
    for (const problem of problems) request.log.warn(problem, 'a row of the schedule is not usable');
    const rows = problems.map((problem) => `${problem.source} line ${problem.line}: ${problem.reason}`);
    return text(
      reply,
      200,
      ['Success', ...(rows.length > 0 ? [`Rows of ${source} that are not usable:`, ...rows] : [])].join('\n'),
    );
  });
}

function ingestRoutes(app: ApiServer, zoom: ZoomIngester, tokens: () => readonly StoredToken[]): void {
  const answer = (reply: FastifyReply, { status, ...body }: { status: number; message: string }) =>
    reply.code(status).headers(corsHeaders).type('application/json; charset=utf-8').send(JSON.stringify(body));

  app.options('/ingest', hidden, (_, reply) =>
    reply
      .code(204)
      .headers({
        ...corsHeaders,
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'Content-Type, Authorization, X-Amz-Date, X-Api-Key, X-Amz-Security-Token',
        'access-control-max-age': '3600',
      })
      .send(),
  );

  app.post('/ingest', { ...hidden, bodyLimit: requestLimit }, async (request, reply) => {
    try {
      letIn(request, zoom, tokens);
      const body = bytesOf(request);
      if (body.byteLength === 0) return answer(reply, { status: 400, message: 'Bad data. No body found in event.' });
      const json = parse(body);
      if (json === undefined)
        return answer(reply, { status: 400, message: 'Webhook notification body is not valid json.' });
      return answer(reply, await zoom.ingest(json));
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'unauthorized') return answer(reply, { status: 401, message: failure.message });
      if (failure.code === 'forbidden') return answer(reply, { status: 403, message: failure.message });
      request.log.error({ err: failure.cause ?? failure, code: failure.code }, failure.message);
      return answer(reply, { status: 500, message: 'Something unexpected happened; the log says what.' });
    }
  });
}

/** An allowed address, or a token. A browser's session does not count: pages of any origin may ask here. */
function letIn(request: FastifyRequest, { isAllowed }: ZoomIngester, tokens: () => readonly StoredToken[]): void {
  if (request.headers.authorization === undefined) {
    if (isAllowed(request.ip)) return;
    throw new Failure(
      'unauthorized',
      `The request carries no token, and INGEST_ALLOWED_IPS does not list ${request.ip}.`,
    );
  }
  checkToken(request, tokens());
}

/** @throws Failure unauthorized, forbidden */
function checkToken(request: FastifyRequest, tokens: readonly StoredToken[]): void {
  const [, secret] = /^Bearer +([\x21-\x7E]{1,512})$/i.exec(request.headers.authorization ?? '') ?? [];
  if (secret === undefined) throw new Failure('unauthorized', 'The request carries no token.');
  checkRole(request, tokenOfSecret(tokens, secret));
}

/** A line of the log that deploy/aws/lib/alarms.ts counts by. */
export function refusedLine(log: Pick<FastifyBaseLogger, 'warn'>, route: string, status: number): void {
  log.warn({ route, status }, 'answered with an error');
}

function bytesOf({ body }: FastifyRequest): Uint8Array {
  return Buffer.isBuffer(body) ? body : new Uint8Array(0);
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function text(reply: FastifyReply, status: number, body: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(body);
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** ASCII digits: a repeated parameter is a list, and other digits are none. */
function isDigits(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most && /^\d+$/.test(value);
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 100);
}
