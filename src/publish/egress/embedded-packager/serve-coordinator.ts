import type { MessagePort } from 'node:worker_threads';
import type { Egress } from '../egress.js';
import type { CoordinatorReply, CoordinatorRequest } from './coordinator-messages.js';
import { packagingFailure } from './packaging-failure.js';

/** Makes the endpoints that a coordinated egress asks for, until the port is closed. */
export function serveCoordinator(port: MessagePort, egress: Egress): void {
  const underWay = new Map<number, AbortController>();
  const reply = (message: CoordinatorReply): void => port.postMessage(message);

  async function produce({ id, job }: Extract<CoordinatorRequest, { kind: 'produce' }>): Promise<void> {
    const { signal } = register(id);
    try {
      const result = await egress.produce({ ...job, signal }, (progress) => reply({ kind: 'progress', id, progress }));
      reply({ kind: 'produced', id, result });
    } catch (error) {
      const { code, message, details } = packagingFailure(error, signal);
      reply({ kind: 'failed', id, failure: { code, message, details } });
    } finally {
      underWay.delete(id);
    }
  }

  function register(id: number): AbortController {
    const controller = new AbortController();
    underWay.set(id, controller);
    return controller;
  }

  port.on('message', (request: CoordinatorRequest) => {
    if (request.kind === 'cancel') underWay.get(request.id)?.abort();
    else void produce(request);
  });
}
