import type { MessagePort } from 'node:worker_threads';
import { packagingFailure } from './packaging-failure.js';
import type { PackagingEngine } from './packaging-engine.js';
import type { ThreadReply, ThreadRequest } from './thread-messages.js';

/** Answers the requests of a threaded engine with an engine of this thread, until the port is closed. */
export function serveThread(port: MessagePort, engine: PackagingEngine): void {
  const underWay = new Map<number, AbortController>();
  const reply = (message: ThreadReply): void => port.postMessage(message);

  async function answer(request: Exclude<ThreadRequest, { kind: 'cancel' }>): Promise<void> {
    const { id } = request;
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      if (request.kind === 'index')
        reply({
          kind: 'indexed',
          id,
          result: await engine.index(request.source, controller.signal, request.sourceRole),
        });
      else reply({ kind: 'made', id, result: await engine.make(request.work, controller.signal) });
    } catch (error) {
      const { code, message, details } = packagingFailure(error, controller.signal);
      reply({ kind: 'failed', id, failure: { code, message, details } });
    } finally {
      underWay.delete(id);
    }
  }

  port.on('message', (request: ThreadRequest) => {
    if (request.kind === 'cancel') underWay.get(request.id)?.abort();
    else void answer(request);
  });
}
