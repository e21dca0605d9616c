import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Failure } from '../../domain/failure.js';
import { faultOf, HttpFault } from '../http-fault.js';
import { guardedLookup, shownUrl, type UrlPolicy } from '../safe-url.js';
import type { Timeouts } from '../timeouts.js';
import { Connection } from './connection.js';
import { bodyPieces } from './direct-body.js';
import { readResponseHead, type ResponseHead, type ResponseHeaders } from './response-head.js';

/** An answer whose body goes straight into memory of the reader's. */
export interface DirectResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** where the answer came from, after redirects */
  readonly url: URL;
  /**
   * The body, once: pieces that each lie in the memory that was given for it, and fill it but for the last.
   * @param memory asked for when a piece begins; may be used again when its piece is done with
   * @throws HttpFault cut, timeout or encoded; the signal's reason
   */
  read(memory: () => Uint8Array): AsyncIterable<Uint8Array>;
  /** Lets the body go: unread. */
  discard(): void;
}

export interface DirectRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
  readonly signal?: AbortSignal;
  /** Called once, when the exchange holds its connection no more. */
  readonly leave: () => void;
}

export interface DirectClient {
  /** GET, and the answer to it, whatever it is. @throws HttpFault; the signal's reason */
  get(request: DirectRequest): Promise<DirectResponse>;
  /** Closes idle connections. */
  close(): void;
}

/** bytes of a head */
const maxHead = 16 * 1024;
/** Connections that the server had closed meanwhile, met one after the other, before that counts as an error. */
const maxStaleConnections = 4;
/** Answers before the answer (103 Early Hints and the like). */
const maxInterim = 8;
/** bytes and milliseconds that may be spent on a body nobody wants, to keep its connection */
const maxDiscarded = 64 * 1024;
const discardTime = 2000;

/** GET over HTTP/1.1 with kept connections, for bodies that are large and many. */
export function directClient(policy: UrlPolicy): DirectClient {
  const resting = new Map<string, Set<Connection>>();

  function connectionTo(url: URL): Connection {
    const kept = resting.get(url.origin) ?? new Set();
    resting.set(url.origin, kept);
    const [connection] = kept;
    if (connection) {
      kept.delete(connection);
      return connection;
    }
    const opened = new Connection(url, guardedLookup(url, policy));
    opened.onClose = () => void kept.delete(opened);
    return opened;
  }

  function keep(url: URL, connection: Connection): void {
    connection.rest();
    if (!connection.closed) resting.get(url.origin)?.add(connection);
  }

  return {
    async get(request) {
      const { url, signal } = request;
      for (let stale = 0; ; stale++) {
        signal?.throwIfAborted();
        const exchange = new Exchange(connectionTo(url), request, (connection) => keep(url, connection));
        const head = await exchange.start();
        if (head !== 'stale') return exchange.response(head);
        if (stale >= maxStaleConnections) throw new HttpFault('cut', `${shownUrl(url)} broke off the connection`);
      }
    },
    close() {
      for (const kept of resting.values()) for (const connection of kept) connection.destroy(undefined);
    },
  };
}

/** One request and its answer on a connection. */
class Exchange {
  readonly #connection: Connection;
  readonly #request: DirectRequest;
  readonly #keep: (connection: Connection) => void;
  readonly #total: NodeJS.Timeout;
  readonly #abort = (): void =>
    this.#connection.destroy(new Error('cancelled', { cause: this.#request.signal?.reason }));
  #over = false;
  #begun = false;

  constructor(connection: Connection, request: DirectRequest, keep: (connection: Connection) => void) {
    this.#connection = connection;
    this.#request = request;
    this.#keep = keep;
    const { total } = request.timeouts;
    const expire = (): void => connection.destroy(this.#timeout(`did not finish within ${total / 1000} s`));
    this.#total = setTimeout(expire, total);
    request.signal?.addEventListener('abort', this.#abort, { once: true });
  }

  /** Sends the request and waits for the head of its answer. */
  async start(): Promise<ResponseHead | 'stale'> {
    const { url, timeouts } = this.#request;
    const connection = this.#connection;
    try {
      if (!connection.reused) {
        this.#limit(timeouts.connect, 'accept a connection');
        await connection.connected();
      }
      this.#limit(timeouts.headers, 'answer');
      connection.send(requestText(url, this.#request.headers));
      const head = await this.#head();
      connection.limitTime(undefined);
      return head;
    } catch (error) {
      const untouched = connection.reused && !(error instanceof HttpFault) && connection.unread === 0;
      this.#end('broken', false); // the place is kept for another try, or given back by who asked
      this.#request.signal?.throwIfAborted();
      if (untouched) return 'stale';
      if (error instanceof HttpFault || error instanceof Failure) throw error;
      throw faultOf(error, url);
    }
  }

  async #head(): Promise<ResponseHead> {
    for (let interim = 0; interim < maxInterim; interim++) {
      const text = await this.#connection.textUntil('\r\n\r\n', maxHead);
      if (text === undefined) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      const head = readHead(text, this.#request.url);
      if (head.status >= 200) return head;
    }
    throw new HttpFault('cut', `${shownUrl(this.#request.url)} does not come to its answer`);
  }

  response(head: ResponseHead): DirectResponse {
    const { url } = this.#request;
    const { status, headers, framing } = head;
    if (framing.kind === 'bytes' && framing.length === 0) this.#end(head.keepAlive ? 'whole' : 'broken');
    return {
      status,
      headers,
      url,
      read: (memory) => this.#read(head, memory),
      discard: () => {
        if (!this.#over) void this.#discard(head);
      },
    };
  }

  async *#read(head: ResponseHead, memory: () => Uint8Array): AsyncGenerator<Uint8Array> {
    const { url, timeouts, signal } = this.#request;
    const coding = head.headers['content-encoding'] ?? 'identity';
    const connection = this.#connection;
    let whole = false;
    this.#begun = true;
    try {
      if (coding !== 'identity')
        throw new HttpFault(
          'encoded',
          `${shownUrl(url)} answers in the content coding ${coding}, which was not asked for`,
        );
      if (this.#over) return;
      const wait = (): void =>
        connection.limitTime(timeouts.idle, () => this.#timeout(`sent nothing for ${timeouts.idle / 1000} s`));
      wait();
      for await (const piece of bodyPieces(connection, head.framing, memory)) {
        // Counts only while somebody waits for the next piece: back-pressure of ours is no silence of theirs.
        connection.limitTime(undefined);
        yield piece;
        wait();
      }
      whole = true;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HttpFault) throw error;
      throw new HttpFault('cut', `${shownUrl(url)} broke off in the middle`, { cause: error });
    } finally {
      this.#end(whole && head.keepAlive ? 'whole' : 'broken');
    }
  }

  /** A short body runs out, so that the connection can be used again; a long one is cut. */
  async #discard(head: ResponseHead): Promise<void> {
    const length = head.framing.kind === 'bytes' ? head.framing.length : Infinity;
    if (this.#begun || length > maxDiscarded || !head.keepAlive) return this.#end('broken');
    const timer = setTimeout(() => this.#end('broken'), discardTime).unref();
    const sink = new Uint8Array(length);
    try {
      for await (const piece of this.#read(head, () => sink)) void piece;
    } catch {
      // nobody wanted it
    } finally {
      clearTimeout(timer);
    }
  }

  #limit(milliseconds: number, what: string): void {
    const fault = (): HttpFault => this.#timeout(`did not ${what} within ${milliseconds / 1000} s`);
    this.#connection.limitTime(milliseconds, fault);
  }

  #timeout(text: string): HttpFault {
    return new HttpFault('timeout', `${shownUrl(this.#request.url)} ${text}`);
  }

  /** @param leaving the place is given back */
  #end(state: 'whole' | 'broken', leaving = true): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#total);
    this.#request.signal?.removeEventListener('abort', this.#abort);
    if (state === 'whole') this.#keep(this.#connection);
    else this.#connection.destroy(undefined);
    if (leaving) this.#request.leave();
  }
}

/** @throws HttpFault cut */
function readHead(text: string, url: URL): ResponseHead {
  try {
    return readResponseHead(text);
  } catch (error) {
    throw new HttpFault('cut', `${shownUrl(url)} does not answer as HTTP/1.1 has it`, { cause: error });
  }
}

/** RFC 9112 §3: the WHATWG serialization of an address has no blank and no control character. */
function requestText(url: URL, headers: Readonly<Record<string, string>>): string {
  let text = `GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}connection: keep-alive\r\n\r\n`;
}
