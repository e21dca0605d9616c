import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../domain/failure.js';
import type { RunningServer } from '../status/running-server.js';
import { answerOf, clientOf, type Ask, type AskedRequest, type ServerClient } from './server-client.js';

/** Talks to the server that owns the data folder. */
export function serverClient(server: RunningServer): ServerClient {
  return clientOf(server, askServer(server.url));
}

/**
 * Asks the server at the address. Not by `fetch`, which gives up after five minutes without a header, whatever it is that takes so long.
 * @throws Failure server_unreachable, also while the answer is read; the signal's reason
 */
export function askServer(url: string): Ask {
  return async (path, { method = 'GET', headers, body, signal, silenceMs = 0 }) => {
    const unreachable = (error: unknown): Failure => {
      signal?.throwIfAborted();
      const message = `The server at ${url} does not answer: ${error instanceof Error ? error.message : String(error)}.`;
      return new Failure('server_unreachable', message, { cause: error });
    };
    const sent = request(`${url}${path}`, { method, headers, ...(signal && { signal }) });
    sent.setTimeout(silenceMs, () => sent.destroy(new Error(`it has said nothing for ${silenceMs / 1000} s`)));
    try {
      const answer = once(sent, 'response');
      send(sent, body);
      const [response] = (await answer) as [IncomingMessage];
      return answerOf(response.statusCode ?? 500, piecesOf(response, unreachable));
    } catch (error) {
      throw unreachable(error);
    }
  };
}

/** What goes wrong meanwhile shows where the answer is waited for; it may also come before all is sent. */
function send(sent: ClientRequest, body: AskedRequest['body']): void {
  sent.on('error', () => undefined);
  if (body === undefined || typeof body === 'string') sent.end(body);
  else pipeline(body, sent).catch(() => undefined);
}

async function* piecesOf(response: IncomingMessage, failure: (error: unknown) => Failure): AsyncGenerator<Uint8Array> {
  try {
    yield* response as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw failure(error);
  }
}
