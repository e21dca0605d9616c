import type { FastifyReply } from 'fastify';
import { toFailure } from '../../domain/failure.js';
import type { RawSlackRequest, SlackRequest } from '../../source/slack/slack-request.js';
import type { SlackApi } from '../../source/slack/slack-api.js';
import type { ApiServer } from '../http-types.js';
import { answerSlack, type SlackDesk, type SlackMessage } from '../slack/answer.js';

export interface SlackDoor {
  /** Is it from Slack, signed and of now? */
  readonly isGenuine: (request: RawSlackRequest) => boolean;
  /** undefined: neither a command nor a button */
  readonly read: (body: Uint8Array) => SlackRequest | undefined;
  readonly respond: SlackApi['respond'];
  readonly desk: SlackDesk;
}

/** bytes; a message that a button is in has at most 50 blocks of 3000 characters */
const bodyLimit = 1_048_576;
/** milliseconds: Slack shows an error after three seconds */
const answerWithin = 2000;

/** `/slack`: the slash command and its buttons. Registered in a scope whose bodies come as the bytes that were signed. */
export function slackRoutes(app: ApiServer, { isGenuine, read, respond, desk }: SlackDoor): void {
  app.post('/slack', { logLevel: 'warn', bodyLimit, schema: { hide: true } }, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : new Uint8Array(0);
    const header = (name: string) => [request.headers[name]].flat()[0];
    const raw = {
      ...{ body, userAgent: header('user-agent'), signature: header('x-slack-signature') },
      timestamp: header('x-slack-request-timestamp'),
    };
    if (!isGenuine(raw))
      return reply.send({ response_type: 'ephemeral', text: 'The request could not be verified as one of Slack.' });
    const wish = read(body);
    if (!wish) return reply.code(400).send();
    const answer = answerSlack(desk, wish);
    const send = (messages: readonly SlackMessage[]) =>
      sendAll(messages, (message) => respond(wish.responseUrl, message)).catch((error: unknown) => {
        const failure = toFailure(error);
        request.log.error({ err: failure.cause ?? failure, code: failure.code }, failure.message);
      });
    // What a button brings about goes to its message; the press itself is only acknowledged.
    if (wish.kind === 'button') {
      void answer.then(send);
      return reply.code(204).send();
    }
    const quick = await Promise.race([answer, expired(answerWithin)]);
    if (quick) return reply.send(quick[0]);
    void answer.then(send);
    return acknowledge(reply);
  });
}

async function sendAll(messages: readonly SlackMessage[], send: (message: SlackMessage) => Promise<void>) {
  for (const message of messages) await send(message);
}

function expired(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds).unref());
}

function acknowledge(reply: FastifyReply): FastifyReply {
  return reply.code(200).send();
}
