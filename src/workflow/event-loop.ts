import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { toFailure } from '../domain/failure.js';
import { inSpan } from '../domain/span.js';
import type { ZoomEvent } from '../domain/zoom-event.js';
import type { EventInbox, WaitingEvent } from '../status/event-inbox.js';
import { eventLine } from './recording-lines.js';
import { storedFailure } from './stored-failure.js';

export interface EventLoopOptions {
  readonly inbox: EventInbox;
  /** What a stored body says; undefined when this Reelway does not understand it. */
  readonly read: (body: unknown) => ZoomEvent | undefined;
  /** @returns what came of it */
  readonly handle: (event: ZoomEvent, receivedAt: Date) => Promise<string>;
  readonly log: Logger;
  /** No other process can work on this inbox: what a predecessor had taken when it was killed, or waits after a failure, is begun at once. */
  readonly alone: boolean;
  /** milliseconds between looks when nobody calls; default 1000 */
  readonly pollMs?: number;
}

export interface EventLoop {
  /** There is something to do: look now. */
  readonly wake: () => void;
  /** Lets the event at hand end; the others are found at the next start. */
  readonly stop: () => Promise<void>;
}

/** events that are taken at a time */
const batch = 50;
/** milliseconds after which another process may take what this one took and has not said for so long that it still works on */
const lease = 15_000;
const renewEvery = lease / 3;
/** milliseconds before the second attempt at an event, doubled for each further one, and the most; nothing is ever given up */
const firstPause = 2000;
const longestPause = 600_000;
/** milliseconds that states of recordings are kept for their times: longer than Zoom keeps what was put into its trash */
const keepFor = 120 * 86_400_000;
const forgetEvery = 3_600_000;
/**
 * Webhooks of one second beyond which their answers go before what they ask for: Zoom waits for three seconds and remembers who was late, a recording has minutes.
 * Handling one costs as much processor time as answering ten.
 */
const storm = 100;
/** milliseconds between two events while there is a storm */
const stormPause = 100;

/** Works on what the inbox holds, in order, until it is stopped. What cannot be done now is tried again later, and holds up nothing. */
export function startEventLoop({ inbox, read, handle, log, alone, pollMs = 1000 }: EventLoopOptions): EventLoop {
  const stopping = new AbortController();
  let woken = new AbortController();
  let forgotten = Date.now();
  const arrivals = lastSecond();

  async function work(event: WaitingEvent): Promise<void> {
    try {
      const news = read(event.body);
      const span = { name: 'handle an event of Zoom', kind: 'job', facts: {}, parent: event.trace } as const;
      const outcome = await inSpan(span, async () => (news ? handle(news, event.receivedAt) : 'not understood'));
      await inbox.handled(event.key, outcome);
      eventLine(log, { key: event.key, name: nameOf(event.body), outcome });
    } catch (error) {
      const failure = toFailure(error);
      const pause = Math.min(longestPause, firstPause * 2 ** Math.min(event.failedAttempts, 20));
      log.warn({ event: event.key, code: failure.code, reason: failure.message, pause }, 'an event of Zoom waits');
      await inbox.failed(event.key, storedFailure(failure), pause);
    }
  }

  async function turn(): Promise<number> {
    const events = await inbox.take(batch, lease);
    let done = 0;
    const keep = () =>
      inbox
        .keep(
          events.slice(done).map(({ key }) => key),
          lease,
        )
        .catch(() => undefined);
    const renewing = setInterval(() => void keep(), renewEvery);
    try {
      for (; done < events.length; done++) {
        if (arrivals.count() > storm) await sleep(stormPause, undefined, stopping).catch(() => undefined);
        if (stopping.signal.aborted) break;
        await work(events[done]!);
      }
    } finally {
      clearInterval(renewing);
      // What a stop leaves is for whoever comes next, at once.
      if (done < events.length)
        await inbox.keep(
          events.slice(done).map(({ key }) => key),
          0,
        );
    }
    if (Date.now() - forgotten > forgetEvery) {
      forgotten = Date.now();
      await inbox.forgetStates(forgotten - keepFor);
    }
    return events.length;
  }

  async function run(): Promise<void> {
    // Should the database not answer: then the leases run out.
    if (alone) await inbox.takeBack().catch(() => undefined);
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      const done = await turn().catch((error: unknown) => {
        log.warn({ reason: toFailure(error).message }, 'events of Zoom wait for the database');
        return 0;
      });
      if (done < batch && !stopping.signal.aborted) await sleep(pollMs, undefined, woken).catch(() => undefined);
    }
  }

  const running = run();
  return {
    wake() {
      arrivals.add();
      woken.abort();
    },
    async stop() {
      stopping.abort();
      woken.abort();
      await running;
    },
  };
}

function nameOf(body: object): string {
  return 'event' in body && typeof body.event === 'string' ? body.event : '';
}

/** Counts what happened in the second before, to a tenth of it. */
function lastSecond() {
  const parts: number[] = Array.from({ length: 10 }, () => 0);
  let latest = 0;
  function part(): number {
    const now = Math.floor(performance.now() / 100);
    for (let each = Math.max(latest + 1, now - 9); each <= now; each++) parts[each % 10] = 0;
    latest = now;
    return now % 10;
  }
  return {
    add: () => void parts[part()]!++,
    count() {
      part();
      return parts.reduce((sum, each) => sum + each, 0);
    },
  };
}
