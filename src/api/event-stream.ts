import { Readable } from 'node:stream';

export interface EventSource<Event> {
  /** Calls back for each event until the returned function is called. */
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  /** Events of one key replace each other while the reader is slow: it gets the latest. */
  readonly keyOf: (event: Event) => string;
  /** `event:` field */
  readonly name: string;
}

/** milliseconds between comments that keep proxies from closing a quiet stream, and tell us that the reader is gone */
const heartbeatMs = 15_000;
/** milliseconds after which a browser connects again */
const reconnectMs = 2000;
/** Events that wait for a slow reader; beyond, the stream ends and the reader connects again. */
const waitingLimit = 1000;

/**
 * Server-sent events (HTML Living Standard 9.2.5). A slow reader costs at most one event per key: what it could not take is replaced by newer
 * states. The stream ends when the reader leaves; whoever makes it ends it with `destroy` when the server stops.
 */
export function eventStream<Event>({ subscribe, keyOf, name }: EventSource<Event>): Readable {
  const waiting = new Map<string, Event>();
  let wanted = true;
  const stream = new Readable({
    read() {
      wanted = true;
      flush();
    },
    destroy(error, done) {
      clearInterval(heartbeat);
      unsubscribe();
      done(error);
    },
  });

  function flush(): void {
    for (const [key, event] of waiting) {
      if (!wanted) return;
      waiting.delete(key);
      wanted = stream.push(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`);
    }
  }

  const heartbeat = setInterval(() => {
    if (wanted) wanted = stream.push(': still here\n\n');
  }, heartbeatMs).unref();
  stream.push(`retry: ${reconnectMs}\n\n`);
  const unsubscribe = subscribe((event) => {
    waiting.set(keyOf(event), event);
    if (waiting.size > waitingLimit) stream.destroy();
    else flush();
  });
  return stream;
}
