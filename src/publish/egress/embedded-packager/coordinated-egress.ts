import type { Worker } from 'node:worker_threads';
import { Failure, toFailure } from '../../../domain/failure.js';
import type { Egress, EndpointJob, EndpointResult, LargeEndpoint, ReportProgress } from '../egress.js';
import type {
  CoordinatorCall,
  CoordinatorReply,
  CoordinatorRequest,
  CoordinatorResult,
} from './coordinator-messages.js';

export interface CoordinatedEgress extends Egress {
  /** Ends the thread and those that it started; what was under way fails with `cancelled`. */
  close(): Promise<void>;
}

export interface CoordinatedEgressOptions {
  readonly check: Egress['check'];
  readonly spawn: () => Worker;
}

interface UnderWay {
  readonly report: ReportProgress;
  readonly resolve: (result: CoordinatorResult) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Packages in a thread that plans, keeps the books and writes manifests (of an asset of 54 000 segments, most of a second of computing), and has threads of
 * its own for the media: who serves requests is held up by none of it. The thread starts at the first need; one that dies fails what it
 * had under way, and another takes its place.
 */
export function coordinatedEgress({ check, spawn }: CoordinatedEgressOptions): CoordinatedEgress {
  let worker: Worker | undefined;
  let closed = false;
  let lastId = 0;
  const underWay = new Map<number, UnderWay>();

  function start(): Worker {
    const started = spawn();
    started.on('message', (reply: CoordinatorReply) => hear(started, reply));
    started.on('error', (error) => lose(started, `The packaging coordinator failed: ${error.message}`));
    started.on('exit', (code) => lose(started, `The packaging coordinator ended with code ${code}.`));
    return started;
  }

  function hear(from: Worker, reply: CoordinatorReply): void {
    const endpoint = underWay.get(reply.id);
    if (reply.kind === 'progress') return endpoint?.report(reply.progress);
    underWay.delete(reply.id);
    if (reply.kind === 'done') endpoint?.resolve(reply.result);
    else endpoint?.reject(toFailure(reply.failure));
    // An idle thread does not keep the process alive.
    if (underWay.size === 0) from.unref();
  }

  function lose(lost: Worker, message: string): void {
    if (worker !== lost) return;
    worker = undefined;
    const failure = closed
      ? new Failure('cancelled', 'The packaging coordinator was stopped.')
      : new Failure('internal', message);
    for (const { reject } of underWay.values()) reject(failure);
    underWay.clear();
  }

  function send(request: CoordinatorRequest): void {
    worker ??= start();
    worker.ref();
    worker.postMessage(request);
  }

  async function call(
    asked: CoordinatorCall,
    { signal, ...job }: EndpointJob,
    report: ReportProgress,
  ): Promise<CoordinatorResult> {
    signal?.throwIfAborted();
    if (closed) throw new Failure('cancelled', 'The packaging coordinator was stopped.');
    const id = ++lastId;
    const onAbort = (): void => {
      if (underWay.has(id)) send({ kind: 'cancel', id });
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        underWay.set(id, { report, resolve, reject });
        send({ id, job, ...asked });
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    check,
    produce: async (job, report) => (await call({ kind: 'produce' }, job, report)) as EndpointResult,
    produceUpTo: async (most, job, report) =>
      (await call({ kind: 'produce up to', most }, job, report)) as EndpointResult | LargeEndpoint,
    producePart: async (job, part, report) => void (await call({ kind: 'part', part }, job, report)),

    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}
