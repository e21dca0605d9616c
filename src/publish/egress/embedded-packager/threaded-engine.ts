import type { Worker } from 'node:worker_threads';
import { Failure, toFailure } from '../../../domain/failure.js';
import type { MadeSegments, PackagingEngine, SourceIndex } from './packaging-engine.js';
import type { ThreadReply, ThreadRequest } from './thread-messages.js';

/** Tasks that one thread has under way: while it packages one, the other is read or written. */
export const tasksPerThread = 2;

export interface ThreadedEngine extends PackagingEngine {
  /** Ends the threads; what they had under way fails with `cancelled`. */
  close(): Promise<void>;
}

export interface ThreadedEngineOptions {
  readonly threads: number;
  readonly spawn: () => Worker;
}

type Work =
  Omit<Extract<ThreadRequest, { kind: 'index' }>, 'id'> | Omit<Extract<ThreadRequest, { kind: 'make' }>, 'id'>;

interface Request {
  readonly id: number;
  readonly work: Work;
  readonly resolve: (result: SourceIndex | MadeSegments) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly underWay: Map<number, Request>;
}

/**
 * Packages in worker threads, which start at the first need and stay warm. Requests of all jobs stand in one line, first come first
 * served. A thread that dies fails what it had under way, and another takes its place. Idle threads do not keep the process alive.
 */
export function threadedEngine({ threads: most, spawn }: ThreadedEngineOptions): ThreadedEngine {
  const threads = new Set<Thread>();
  const line: Request[] = [];
  let lastId = 0;
  let closed = false;

  function start(): Thread {
    const worker = spawn();
    const thread: Thread = { worker, underWay: new Map() };
    threads.add(thread);
    worker.on('message', (reply: ThreadReply) => settle(thread, reply));
    worker.on('error', (error) => lose(thread, `A packaging thread failed: ${error.message}`));
    worker.on('exit', (code) => lose(thread, `A packaging thread ended with code ${code}.`));
    return thread;
  }

  function settle(thread: Thread, reply: ThreadReply): void {
    const request = thread.underWay.get(reply.id);
    thread.underWay.delete(reply.id);
    if (reply.kind === 'failed') request?.reject(toFailure(reply.failure));
    else request?.resolve(reply.result);
    if (thread.underWay.size === 0) thread.worker.unref();
    dispatch();
  }

  function lose(thread: Thread, message: string): void {
    if (!threads.delete(thread)) return;
    const failure = closed
      ? new Failure('cancelled', 'The packaging threads were stopped.')
      : new Failure('internal', message);
    for (const request of thread.underWay.values()) request.reject(failure);
    dispatch();
  }

  /** The least busy thread with room; a new one while there may be more. */
  function roomyThread(): Thread | undefined {
    const [least] = [...threads].sort((a, b) => a.underWay.size - b.underWay.size);
    if (least && least.underWay.size === 0) return least;
    if (threads.size < most) return start();
    return least && least.underWay.size < tasksPerThread ? least : undefined;
  }

  function dispatch(): void {
    while (line.length > 0 && !closed) {
      const thread = roomyThread();
      const request = thread && line.shift();
      if (!request) return;
      thread.underWay.set(request.id, request);
      thread.worker.ref();
      thread.worker.postMessage({ ...request.work, id: request.id } satisfies ThreadRequest);
    }
  }

  function cancel(id: number, signal: AbortSignal): void {
    const waiting = line.findIndex((request) => request.id === id);
    if (waiting >= 0) line.splice(waiting, 1)[0]?.reject(signal.reason);
    for (const { worker, underWay } of threads)
      if (underWay.has(id)) worker.postMessage({ kind: 'cancel', id } satisfies ThreadRequest);
  }

  async function ask(work: Work, signal: AbortSignal | undefined): Promise<SourceIndex | MadeSegments> {
    signal?.throwIfAborted();
    if (closed) throw new Failure('cancelled', 'The packaging threads were stopped.');
    const id = ++lastId;
    const onAbort = (): void => signal && cancel(id, signal);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        line.push({ id, work, resolve, reject });
        dispatch();
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    concurrency: most * tasksPerThread,
    index: (source, signal, sourceRole) => ask({ kind: 'index', source, sourceRole }, signal) as Promise<SourceIndex>,
    make: (work, signal) => ask({ kind: 'make', work }, signal) as Promise<MadeSegments>,
    async close() {
      closed = true;
      for (const request of line.splice(0))
        request.reject(new Failure('cancelled', 'The packaging threads were stopped.'));
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}
