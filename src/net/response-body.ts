import type { IncomingMessage } from 'node:http';
import { HttpFault } from './http-fault.js';
import { shownUrl } from './safe-url.js';

interface BodyOptions {
  readonly url: URL;
  /** milliseconds between two pieces */
  readonly idle: number;
  /** ends the exchange when its whole time is up */
  readonly total: AbortSignal;
  readonly signal?: AbortSignal;
}

/** An answer's body piece by piece, as fast as it is taken; ends early only by an error. A reader that stops early closes the connection. */
export async function* readBody(
  message: IncomingMessage,
  { url, idle, total, signal }: BodyOptions,
): AsyncGenerator<Uint8Array> {
  const coding = message.headers['content-encoding'] ?? 'identity';
  if (coding !== 'identity') {
    message.destroy();
    throw new HttpFault('encoded', `${shownUrl(url)} answers in the content coding ${coding}, which was not asked for`);
  }
  let fault: HttpFault | undefined;
  const stop = (text: string): void => {
    fault = new HttpFault('timeout', `${shownUrl(url)} ${text}`);
    message.destroy(fault);
  };
  const expire = (): void => stop('did not finish in time');
  total.addEventListener('abort', expire, { once: true });
  // Counts only while somebody waits for the next piece: back-pressure of ours is no silence of theirs.
  const wait = (): NodeJS.Timeout => setTimeout(() => stop(`sent nothing for ${idle / 1000} s`), idle);
  let timer = wait();
  try {
    for await (const piece of message as AsyncIterable<Buffer>) {
      clearTimeout(timer);
      yield piece;
      timer = wait();
    }
    if (!message.complete) throw new HttpFault('cut', `${shownUrl(url)} broke off in the middle`);
  } catch (error) {
    signal?.throwIfAborted();
    if (fault) throw fault;
    if (error instanceof HttpFault) throw error;
    throw new HttpFault('cut', `${shownUrl(url)} broke off in the middle`, { cause: error });
  } finally {
    clearTimeout(timer);
    total.removeEventListener('abort', expire);
    if (!message.complete) message.destroy();
  }
}
